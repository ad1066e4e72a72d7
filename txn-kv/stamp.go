package main

import (
	"cmp"
	"maps"
)

// A stamp says when a transaction took effect. Stamps order all transactions of all nodes, in agreement with cause and effect
// (Lamport 1978). No two transactions have the same stamp.
type stamp struct {
	// Time is that of a hybrid logical clock (Kulkarni et al. 2014) in µs: the time of the wall clock or, if that is higher, one
	// more than the highest time that the node has seen. So of two transactions that know nothing of each other the later one
	// wins, as far as the wall clocks agree. It is above 0.
	Time int64 `json:"time"`
	// Origin is the life of a node in which the transaction ran; see originOf.
	Origin string `json:"origin"`
}

func (s stamp) compare(t stamp) int {
	return cmp.Or(cmp.Compare(s.Time, t.Time), cmp.Compare(s.Origin, t.Origin))
}

// A vector is a version vector (Parker et al. 1983): for each known origin, the time of its last known transaction, or 0 if it has
// written nothing. It stands for the set of all transactions that have these or earlier times.
type vector map[string]int64

// includes reports whether the transaction with the stamp s is in the set.
func (v vector) includes(s stamp) bool { return s.Time <= v[s.Origin] }

// covers reports whether v knows all origins of w, and all their transactions.
func (v vector) covers(w vector) bool {
	for origin, t := range w {
		if have, known := v[origin]; !known || have < t {
			return false
		}
	}
	return true
}

// raise makes v the union with w.
func (v vector) raise(w vector) {
	for origin, t := range w {
		v[origin] = max(v[origin], t)
	}
}

// knows reports whether v has an origin, even if that has written nothing.
func (v vector) knows(origin string) bool {
	_, known := v[origin]
	return known
}

func (v vector) clone() vector       { return maps.Clone(v) }
func (v vector) equal(w vector) bool { return maps.Equal(v, w) }
