// Package raft is the core of the Raft consensus algorithm: a state machine without goroutines, clocks and I/O, which a test calls
// as functions and a node runs by [node.Drive]. What it decides, it decides from messages, times, and a generator of random numbers.
//
// It follows Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)" (2014), of which
// comments name the sections and figures (§5.4.2, figure 8), and Ongaro's thesis, "Consensus: Bridging Theory and Practice" (2014).
//
// # The way of a proposal
//
//	client        leader n0                              followers n1, n2
//	  │            │                                      │
//	  │ Propose    │ entry into the log                   │
//	  ├───────────▶├─ append (Early) ────────────────────▶│ Receive: the logs agree up to here?
//	  │            │                                      │          entries into the log
//	  │    Unsaved ├─▶ disk                               ├─▶ disk: Unsaved
//	  │            │     │                                │     │
//	  │      Saved │◀────┘                                │◀────┘ only now the reply may leave
//	  │            │◀───────────────────── append_reply ──┤
//	  │            │ a majority has saved it: committed   │
//	  │  Committed │                                      │
//	  │◀───────────┤─ next append or heartbeat (Commit) ─▶│ Committed
//
// # Who does what
//
// A core is a machine of package node whose state survives: after each event the driver saves what Unsaved returns, and holds back the
// messages of the event until that is on disk, unless they are Early. The state machine that is replicated is the business of the caller:
//
//	index, term, out, err := core.Propose(data, now) // at the leader; the others say who that is: Leader
//	out, err = core.Read(id, now)                    // anywhere: linearizable, and without a write
//	for _, e := range core.Committed() {             // after each event
//		// restore e.Snapshot, or apply e.Data
//	}
//	for _, r := range core.Reads() {                 // then
//		// answer the read r.ID
//	}
//	core.Compact(index, snapshot)                    // when the log has become long
//
// # Where to read
//
// rules.go is the list of the rules on which safety rests; each leads to a method that stands with its mechanism and gives the reason.
// election.go has elections, replicate.go and peer.go the way of entries, read.go reads, members.go changes of members, transfer.go
// the hand-over to another leader, durable.go what survives a restart. check.go has figure 3: what must hold after every event. bugs.go has mistakes,
// which the tests must find.
package raft
