package elle

import (
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
	versions, updates := updatesAfterReads(r.log, r.steps, func(s step) (int32, bool, int32) {
		return r.versions[s.version].key, s.write, s.version
	})
	slices.Sort(versions)
	for _, v := range versions {
		if ts := updates[v]; len(ts) > 1 {
			f.add(LostUpdate, func() Case { return r.describeLostUpdate(v, ts) })
		}
	}
}

// updatesAfterReads returns, for the first read of a key in an acknowledged transaction, the transactions that did this read and then
// wrote the key. The reads are in the order of the first such transaction. look returns the key of a step, whether it is a write, and
// what it reads if it is not.
func updatesAfterReads[S any, R comparable](l *log, all [][]S, look func(S) (key int32, write bool, read R)) (reads []R, updates map[R][]int) {
	updates = make(map[R][]int)
	for t, steps := range all {
		if l.txns[t].status != history.OK {
			continue
		}
		first := make(map[int32]R)      // the first read of each key in t
		updated := make(map[int32]bool) // keys
		for _, s := range steps {
			key, write, read := look(s)
			before, hasRead := first[key]
			switch {
			case write && hasRead && !updated[key]:
				updated[key] = true
				if updates[before] == nil {
					reads = append(reads, before)
				}
				updates[before] = append(updates[before], t)
			case !write && !hasRead:
				first[key] = read
			}
		}
	}
	return reads, updates
}
