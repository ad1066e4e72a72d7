// Package elle judges histories of transactions, as the reference checker of that name does (Kingsbury
// and Alvaro, Elle: Inferring Isolation Anomalies from Experimental Observations, VLDB 2020): it infers
// from what transactions read and wrote which must have come before which, and looks for cycles. A cycle
// is a contradiction; of what edges it consists says which consistency models (Adya 1999) it
// contradicts.
//
// The files, in the order in which they work, for both registers and lists:
//
//	txn.go        a history as transactions
//	graph/        edges of process and real time, components, cycles under constraints
//	cycles.go     the classes of cycles, and which are looked for when
//	model.go      which anomalies contradict which models
//	findings.go   what was found, and the verdict
//	asked.go      whether transactions returned what they were asked for
//	explain.go    cycles and registers in sentences
//
// for registers:
//
//	register.go   the checker
//	registers.go  what transactions read and wrote, and the order of versions: the edges
//	direct.go     anomalies that are no cycles
//	blind.go      what the reference does not look at: warnings
//	replicas.go   warnings about nodes that do not replicate
//	decided.go    which weak levels hold: what package weak decided
//	delay.go      how long replication took
//
// and for lists:
//
//	append.go       the checker
//	lists.go        what transactions read and appended
//	listorder.go    the order of elements: the edges
//	listdirect.go   anomalies that are no cycles, and a warning
//	listexplain.go  lists in sentences
package elle
