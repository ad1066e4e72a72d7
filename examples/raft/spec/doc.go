// Package spec decides whether what cores of package raft do is allowed by a specification: it validates traces.
//
// Raft.tla is the specification, in TLA+. It says which steps servers may take, in the manner of figure 2 of the paper, but with disks, kills,
// snapshots, and changes of members. This package has the same actions as Go functions, and searches for each event of a recorded run a
// sequence of them that leads from the state before it to what was seen after it:
//
//	core                                     specification
//	 │ receives an append of a newer term      UpdateTerm
//	 │                                         HandleAppendEntriesRequest
//	 │  state: term, vote, log, …  ═══════════ the same?
//	 │  messages that it made      ═══════════ the same?
//	 ▼ writes a record             ═══════════ would a restart give one of the states that it may give?
//
// An event that no sequence explains is a mistake in the core, or in the specification. Tests that look only at results find
// a mistake when it has done harm, which takes luck; this check finds it at the step that the rules do not allow.
//
// The method is that of Cirstea, Kuppe, Loillier and Merz, "Validating Traces of Distributed Programs Against TLA+ Specifications" (2024). They
// run TLC, TLA+'s model checker, on the specification and the trace; RaftTrace.tla is written for that.
//
// # Where to read
//
// state.go has the variables, elections.go, replication.go and disk.go the actions, with the names that they have in Raft.tla. explain.go is the search,
// check.go follows a trace, invariants.go has figure 3. record.go makes a trace of cores that run, and event.go says what is in it.
package spec
