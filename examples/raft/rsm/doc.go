// Package rsm makes a replicated state machine of a deterministic one: every node applies the same commands in the same order, which a
// consensus engine decides, and a client may ask any node (Schneider, "Implementing Fault-Tolerant Services Using the State Machine
// Approach: A Tutorial", 1990).
//
// # The way of a command
//
//	client     n1, a follower                n0, the leader                       the others
//	  │          │                             │                                    │
//	  │ Do       │ waits for a window          │                                    │
//	  ├─────────▶├─ forward: its batch ───────▶│ waits for a window                 │
//	  │          │                             ├─ append: the batches of all nodes ▶│ (n1, too)
//	  │          │                             │◀──────────────────────────── acks ─┤
//	  │          │◀──── commit index: notice ──┤ committed                          │
//	  │◀─────────┤ applied here: the reply     │
//
// A read is not in the log. The node asks the leader for its commit index, which the leader returns after the round of the same window has
// shown that it is still the leader (ReadIndex), and reads its own copy when that index is applied.
//
// # Exactly once
//
// A node keeps a command until it has applied it, and sends it again when there is another leader, or no answer. So a command may be
// in the log twice. Each command has a number in the session of its node, and the sessions are a part of the replicated state: a number
// that was applied is not applied again (Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 6.3). A node that is started again
// has a new session, with which the old one ends.
//
// # What a client is told
//
// A reply, or an error. The error is definite (code 11) if the command has never left the node, and indefinite (code 0) if it has:
// then it may be applied at any later time.
//
// # Where to read
//
// engine.go has the interfaces: what decides the order, and what is replicated. replica.go puts them together, as a [node.Durable]. requests.go
// keeps what clients wait for, leader.go collects the work of all nodes, sessions.go applies a command once. server.go
// answers clients.
package rsm
