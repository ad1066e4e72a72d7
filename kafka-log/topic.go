package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
)

// An entry is a message with its offset. Its JSON is [offset,msg].
type entry struct {
	offset int64
	msg    json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (e entry) MarshalJSON() ([]byte, error) {
	b := strconv.AppendInt([]byte{'['}, e.offset, 10)
	b = append(b, ',')
	b = append(b, e.msg...)
	return append(b, ']'), nil
}

// A topic is what a node knows of one key.
//
// Node i of n gives its messages the offsets i, i+n, i+2n, …, so no two nodes ever give out the same. An offset is a Lamport timestamp
// (Lamport 1978): it is above all offsets of the key that the node has seen, and the residue breaks ties.
type topic struct {
	key      string
	entries  []entry // Invariant: ascending by offset
	next     int64   // the offset that we shall give out next
	unstable []int64 // the offsets that we gave out and not every node is known to have: not to be shown yet; ascending

	// stated[i] is the bound that node i has stated in the part of its journal that we have: it gives out no lower offset after that
	// part. bounds[i] is the bound that we know: the same, or a higher one if the node has closed an epoch.
	// Invariant: stated[self] = bounds[self] ≤ next, and stated[i] ≤ bounds[i].
	stated, bounds []int64

	own    int64 // the highest offset that we gave out; -1 if there is none
	hidden bool  // our messages may be hidden: the topic is among those of the log
	leapt  int   // the closing after which we have leapt

	committed int64 // the highest committed offset; -1 if there is none
	unstated  bool  // the topic waits for a promise
}

// newTopic returns the topic of a key about which nobody has stated anything.
func newTopic(key string, self, nodes int) *topic {
	t := &topic{key: key, next: int64(self), bounds: make([]int64, nodes), own: -1, committed: -1}
	for i := range t.bounds {
		t.bounds[i] = int64(i)
	}
	t.stated = slices.Clone(t.bounds)
	return t
}

// watermark returns the lowest offset that may still get a message, or that is unstable. Everything below it is here, and never changes.
//
// If an unstable offset were shown and this node were killed, the message would be gone. With orderOnly that is accepted, and no offset is
// unstable.
func (t *topic) watermark(self int) int64 {
	w := t.next
	if len(t.unstable) > 0 {
		w = t.unstable[0]
	}
	for i, bound := range t.bounds {
		if i != self {
			w = min(w, bound)
		}
	}
	return w
}

// insert adds a message. Most messages are newer than all that are here.
func (t *topic) insert(e entry) {
	i := len(t.entries)
	if i > 0 && t.entries[i-1].offset > e.offset {
		i = t.search(e.offset)
	}
	t.entries = slices.Insert(t.entries, i, e)
}

// between returns the entries with offsets from lo to below hi, at most limit of them.
func (t *topic) between(lo, hi int64, limit int) []entry {
	if lo >= hi {
		return nil
	}
	i := t.search(lo)
	j := min(t.search(hi), i+limit)
	return t.entries[i:j:j]
}

// search returns the index of the first entry whose offset is not below offset.
func (t *topic) search(offset int64) int {
	i, _ := slices.BinarySearchFunc(t.entries, offset, func(e entry, o int64) int { return cmp.Compare(e.offset, o) })
	return i
}
