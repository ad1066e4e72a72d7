// Package etcd runs the replicated state machines of package rsm on go.etcd.io/raft/v3, the Raft core of etcd, CockroachDB and TiKV, in
// place of this project's own, package raft. It is a module of its own, so that nobody else downloads that library.
//
// # How the two fit together
//
// Both are pure: events in, work out. The library hands out a Ready after each event. With AsyncStorageWrites, that has three kinds of
// work, and the driver of a [node.Durable] already tells them apart:
//
//	                     ┌─ Messages to peers ─────────────▶ envelopes; appends, snapshots and heartbeats are Early
//	event ─▶ RawNode ─▶ Ready ─ MsgStorageAppend ──────────▶ a record for Unsaved
//	            ▲        │            └─ Responses to peers ─▶ envelopes that wait for the disk
//	            │        │            └─ Responses to itself ─▶ stepped when Saved says that the record is on disk
//	            │        └─ MsgStorageApply ───────────────▶ Committed
//	            └────────────────┘
//
// A Ready with nothing but a newer commit index makes no record: the commit index need not survive (figure 2 of the Raft paper), and MustSync
// says the same.
//
// # Determinism
//
// The library draws its election timeouts from crypto/rand, which cannot be seeded. This package draws them from Config.Rand, keeps the
// timer itself, and calls Campaign. To a node that does not lead, time passes by TickQuiesced, which only counts: the library needs the
// count to refuse votes while it has heard of a leader, but never starts an election from it. To a leader, time passes by Tick, in which
// nothing is random.
package etcd
