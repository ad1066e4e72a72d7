package rsm

import (
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

// An Engine decides the order of the commands. It is pure, as every machine of package node: no goroutines, no clock, no I/O. After each
// event, a replica asks it for what was Committed, and then for Reads.
type Engine[M any] interface {
	node.Durable[M]

	// Leader returns the term and its leader, or "" if none is known.
	Leader() (id string, term uint64)
	// Propose puts data, a JSON value, at the end of the log, at the leader. It may get lost when the leader changes.
	Propose(data []byte, now time.Duration) ([]node.Envelope[M], error)
	// Read asks, at the leader, for a moment at which the state machine is up to date. Reads then returns the id.
	Read(id uint64, now time.Duration) ([]node.Envelope[M], error)
	// Announce tells another node what is committed, if that node need not hear of it anyway by now.
	Announce(to string, now time.Duration) []node.Envelope[M]

	Committed() []raft.Entry
	Reads() []raft.ReadResult
	// Compact ends the log's part up to index; snapshot, a JSON value, takes its place.
	Compact(index uint64, snapshot []byte) error

	// Show returns the state, for people and checkers: a value for encoding/json.
	Show() any
}

// A Machine is what is replicated. It is deterministic: with the same commands, every copy gives the same replies and the same snapshot.
type Machine[C, R any] interface {
	// Apply carries out a command.
	Apply(command C) R
	// Read answers a command that changes nothing.
	Read(command C) R
	// Snapshot returns the state, a JSON value.
	Snapshot() ([]byte, error)
	// Restore puts the state of a snapshot in place of the present one.
	Restore(snapshot []byte) error
}
