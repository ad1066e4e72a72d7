// Package bugs makes nodes of Raft cores for explorations, in which the bugs of package raft are to be found after few actions. Such a node
// has nothing but the core and a register (Options.Register), so that an execution is short and a state small:
//
//	write, read    the register, by the log and by a round of heartbeats; a request waits until its node leads
//	members        changes the members, as soon as the node leads
//	compact        puts a snapshot of the register in place of the log, as soon as something is applied
//	peek           answers at once with what the node has
//	timer          a leader sends heartbeats, any other voter starts an election
//
// Options.Counter has a counter in place of the register, which package rsm replicates, for the rule of clients' sessions.
//
// The timer may fire at any time. An election begins without a trial by pre-votes, as if the leader of some term had asked for it, and its message was late
// (raft.TimeoutNow): so every node may be a candidate at any time, as in the published models. With Options.Timeouts, a
// node starts an election only when it has not heard of a leader for an election timeout by its own clock, and asks for pre-votes first.
package bugs
