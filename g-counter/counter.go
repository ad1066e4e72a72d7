package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
)

// A counter is a state-based G-Counter (Shapiro et al. 2011): for each writer the sum of what it
// has added. Only the writer itself adds to its total, so of two totals of one writer the larger is
// the newer, and merging is taking the maximum of each. Merging is commutative, associative and idempotent:
// duplicates and reordering do no harm, and a lost counter is made up for by any later one.
//
// Invariant: no total is negative.
type counter map[string]int64

// merge takes over what d has and c has not.
func (c counter) merge(d counter) {
	for writer, total := range d {
		c[writer] = max(c[writer], total)
	}
}

// covers reports whether c has all that d has, so that merging d would not change it.
func (c counter) covers(d counter) bool {
	for writer, total := range d {
		if has, ok := c[writer]; !ok || has < total {
			return false
		}
	}
	return true
}

// value returns the sum of all totals. It may need more bits than each of them.
func (c counter) value() *big.Int {
	sum := new(big.Int)
	for _, total := range c {
		sum.Add(sum, big.NewInt(total))
	}
	return sum
}

// clone returns a copy that later changes of c do not touch.
func (c counter) clone() counter { return maps.Clone(c) }

// UnmarshalJSON accepts what a counter marshals to, {"n1@5":3,"n2@7":0}, or null.
func (c *counter) UnmarshalJSON(b []byte) error {
	var totals map[string]int64
	if err := json.Unmarshal(b, &totals); err != nil {
		return err
	}
	for writer, total := range totals {
		if total < 0 {
			return fmt.Errorf("g-counter: total %d of %s: want none below 0", total, writer)
		}
	}
	*c = totals
	return nil
}
