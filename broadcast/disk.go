package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// This file makes a replica a node.Durable, for -durable. A record is a value of a client.
//
// # Why no acknowledged value is lost
//
// The node that acknowledges a value has it on its disk, for ever, and counts among those that have it as soon as it is up again: see why
// every value reaches every node. So a value is not lost if all nodes are killed at once. Until that node is up again, and if nobody else
// was told of the value before the kill, no read shows it. No read has shown it before, either: neither messages nor reads leave the node with a
// value whose record is not on the disk.
//
// # Why the values of other nodes are not on the disk
//
// It would cost every node a write for each round, instead of one write on one node for each value. A node that has started asks others for
// what it lacks, whether it has a disk or not; and peers believe the latest message about what it has, so they send it what it has lost.

// restore gives a new replica the values that the disk has.
func (r *replica) restore(state []byte, records [][]byte) error {
	r.durable = true
	if state != nil {
		if err := json.Unmarshal(state, &r.have); err != nil {
			return fmt.Errorf("broadcast: %.80q on the disk is no set: %w", state, err)
		}
	}
	for _, record := range records {
		v, err := strconv.ParseInt(string(record), 10, 64)
		if err != nil {
			return fmt.Errorf("broadcast: on the disk: %w", err)
		}
		r.have = r.have.union(set{{v, v}})
	}
	if len(r.have) > 0 {
		r.newsAt = 0 // if all nodes were killed, nobody else has it
	}
	return nil
}

// save makes a record of a client's value.
func (r *replica) save(v int64) {
	if r.durable {
		r.unsaved = append(r.unsaved, strconv.AppendInt(nil, v, 10))
	}
}

// Unsaved returns the records since its last call.
func (r *replica) Unsaved() [][]byte {
	records := r.unsaved
	r.unsaved = nil
	return records
}

// Saved has nothing to do: what waits for the disk waits outside of the replica.
func (r *replica) Saved(int, time.Duration) []envelope { return nil }

// State returns the set of all values. Those of other nodes cost next to nothing here.
func (r *replica) State() []byte {
	b, _ := json.Marshal(r.have) // a set of numbers cannot fail
	return b
}
