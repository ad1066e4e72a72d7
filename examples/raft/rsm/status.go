package rsm

import "fmt"

// A Status is a view of a replica, for people, checkers and explorations.
type Status struct {
	Life     uint64 `json:"life"`
	Leader   string `json:"leader,omitempty"`
	Term     uint64 `json:"term"`
	Applied  uint64 `json:"applied"`  // index in the log
	Snapshot uint64 `json:"snapshot"` // index of the last one
	Writes   int    `json:"writes"`   // that clients of this node wait for
	Reads    int    `json:"reads"`
	Replies  int    `json:"replies"` // that the largest session remembers
	Engine   any    `json:"engine"`
}

// Status returns a view of the replica.
func (r *Replica[M, C, R]) Status() Status {
	replies := 0
	for _, s := range r.sessions {
		replies = max(replies, len(s.Replies))
	}
	return Status{r.own.life, r.leader, r.term, r.applied, r.snapshot, len(r.own.writes), len(r.own.reads), replies, r.engine.Show()}
}

// String describes the replica in a line.
func (r *Replica[M, C, R]) String() string {
	return fmt.Sprintf("life %d, leader %q in term %d, applied %d, waiting: %d writes, %d reads", r.own.life, r.leader, r.term, r.applied, len(r.own.writes), len(r.own.reads))
}
