package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// This file makes a replica a node.Durable, for -durable=disk. A record is a counter: the totals that have changed.
//
// # Why nothing is lost, and nothing is counted twice
//
// No client and no other node is told of a total before the record of it is on the disk. So an acknowledged add is never lost, also if all
// nodes are killed at once. A new life keeps the totals of earlier lives, which never change again, and counts from 0 under a name
// of its own, as it does without a disk. So each add is in one total.
//
// # Why the totals of other nodes are on the disk, too
//
// Peers tell a node only what it lacks, by what it has said that it has. It must not forget that in a kill: nobody would tell it again. For
// the same reason a read never shows less than a read before the kill did.

// restore gives a new replica what earlier lives had on the disk.
func (r *replica) restore(state []byte, records [][]byte) error {
	if state != nil {
		records = append([][]byte{state}, records...)
	}
	r.saved = counter{}
	for _, record := range records {
		var totals counter
		if err := json.Unmarshal(record, &totals); err != nil {
			return fmt.Errorf("g-counter: %.80q on the disk is no counter: %w", record, err)
		}
		r.saved.merge(totals)
	}
	if len(r.saved) > 0 {
		r.restored.Reach()
	}
	r.totals.merge(r.saved)
	return nil
}

// Unsaved returns a record of the totals that have grown since its last call. A replica that was not restored has no disk.
func (r *replica) Unsaved() [][]byte {
	if r.saved == nil {
		return nil
	}
	grown := counter{}
	for writer, total := range r.totals {
		if saved, ok := r.saved[writer]; !ok || saved < total {
			grown[writer] = total
		}
	}
	if len(grown) == 0 {
		return nil
	}
	r.saved.merge(grown)
	return [][]byte{grown.record()}
}

// Saved has nothing to do: what waits for the disk waits outside of the replica.
func (r *replica) Saved(int, time.Duration) []envelope { return nil }

// State returns all totals.
func (r *replica) State() []byte { return r.totals.record() }

// record returns the counter as it is on the disk: {"n1@5":3,"n2@7":0}, in the order of the writers.
func (c counter) record() []byte {
	b, _ := json.Marshal(c) // a map of numbers cannot fail
	return b
}
