package elle

import (
	"maps"
	"slices"

	"glomers/harness/history"
)

// direct finds the anomalies that are visible without the graph, in one or a few transactions.
func (r *registers) direct(f *findings) {
	failed := make(map[int32]int)       // the failed transaction that wrote a version
	intermediate := make(map[int32]int) // the transaction that overwrote a version of its own
	for t, steps := range r.steps {
		last := make(map[int32]int32) // the version of each key that t wrote
		for _, s := range steps {
			if !s.write {
				continue
			}
			if r.txns[t].status == history.Fail {
				failed[s.version] = t
			}
			key := r.versions[s.version].key
			if v, ok := last[key]; ok {
				intermediate[v] = t
			}
			last[key] = s.version
		}
	}
	for t, steps := range r.steps {
		if r.txns[t].status != history.OK {
			continue
		}
		for _, s := range steps {
			if s.write {
				continue
			}
			if w, ok := failed[s.version]; ok {
				f.add(G1a, func() Case { return r.describeRead(t, w, s.version, "which failed") })
			}
			if w, ok := intermediate[s.version]; ok && w != t {
				f.add(G1b, func() Case { return r.describeRead(t, w, s.version, "which overwrote it itself") })
			}
		}
		r.internal(t, f)
	}
	r.lostUpdates(f)
}

// internal looks for the first read of t that does not return the value that t wrote or read before. After a read of null
// any value is accepted, as in the reference.
func (r *registers) internal(t int, f *findings) {
	state := make(map[int32]int32) // of each key
	for _, s := range r.steps[t] {
		key := r.versions[s.version].key
		if have, ok := state[key]; ok && !s.write && have != s.version && !r.isNull(have) {
			f.add(Internal, func() Case { return r.describeInternal(t, have, s.version) })
			return
		}
		state[key] = s.version
	}
}

// lostUpdates looks for transactions that read the same version of a key and then both wrote the key: in whatever order they
// ran, the later one did not see the write of the earlier one.
func (r *registers) lostUpdates(f *findings) {
	updates := make(map[int32][]int) // the transactions that read a version and wrote its key
	for t, steps := range r.steps {
		if r.txns[t].status != history.OK {
			continue
		}
		read := make(map[int32]int32)   // the first version of each key that t read
		updated := make(map[int32]bool) // keys
		for _, s := range steps {
			key := r.versions[s.version].key
			v, hasRead := read[key]
			switch {
			case s.write && hasRead && !updated[key]:
				updated[key] = true
				updates[v] = append(updates[v], t)
			case !s.write && !hasRead:
				read[key] = s.version
			}
		}
	}
	for _, v := range slices.Sorted(maps.Keys(updates)) {
		if ts := updates[v]; len(ts) > 1 {
			f.add(LostUpdate, func() Case { return r.describeLostUpdate(v, ts) })
		}
	}
}
