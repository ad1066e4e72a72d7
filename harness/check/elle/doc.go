// Package elle judges histories of transactions, as the reference checker of that name does (Kingsbury
// and Alvaro, Elle: Inferring Isolation Anomalies from Experimental Observations, VLDB 2020): it infers
// from what transactions read and wrote which must have come before which, and looks for cycles. A cycle
// is a contradiction; of what edges it consists says which consistency models (Adya 1999) it
// contradicts.
//
// The files, in the order in which they work:
//
//	txn.go        a history as transactions
//	registers.go  what they read and wrote, and the order of versions: the edges
//	graph/        edges of process and real time, components, cycles under constraints
//	cycles.go     the classes of cycles, and which are looked for when
//	direct.go     anomalies that are no cycles
//	model.go      which anomalies contradict which models
//	explain.go    what was found, in sentences
//	blind.go      what the reference does not look at: warnings
//	replicas.go   warnings about nodes that do not replicate
//	delay.go      how long replication took
package elle
