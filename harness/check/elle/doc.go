// Package elle judges histories of transactions, as the reference checker of the same name does (Kingsbury and Alvaro,
// Elle: Inferring Isolation Anomalies from Experimental Observations, VLDB 2020).
//
// From the values that transactions read and wrote, it infers which transaction must have come before which other one.
// Each such pair is an edge of a graph. A cycle in the graph is a contradiction, and the kinds of its edges say which
// consistency models (Adya 1999) it contradicts.
//
// The files, in the order in which they are used, for both registers and lists:
//
//	txn.go        a history as transactions
//	graph/        edges of process and real time, components, cycles under constraints
//	cycles.go     the classes of cycles, and the order in which they are searched
//	model.go      which anomalies contradict which models
//	findings.go   the anomalies found, and the verdict
//	asked.go      whether transactions answered the request
//	explain.go    cycles and registers in sentences
//
// for registers:
//
//	register.go   the checker
//	registers.go  reads, writes and the order of versions: the edges
//	direct.go     anomalies that are not cycles
//	blind.go      warnings about faults that the reference does not look for
//	replicas.go   warnings about nodes that do not replicate
//	decided.go    which weak levels hold, as decided by package weak
//	delay.go      how long replication took
//
// and for lists:
//
//	append.go       the checker
//	lists.go        reads and appends
//	listorder.go    the order of elements: the edges
//	listdirect.go   anomalies that are not cycles, and a warning
//	listexplain.go  lists in sentences
package elle
