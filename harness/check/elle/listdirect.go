package elle

import (
	"slices"

	"glomers/harness/history"
)

// direct finds the anomalies that are not cycles.
func (l *lists) direct(f *findings) {
	suspect := l.suspect()
	for t := range l.steps {
		if l.txns[t].status != history.OK {
			continue
		}
		for _, s := range l.steps[t] {
			if s.write {
				continue
			}
			at := l.states[s.at]
			if at.twice {
				f.add(DuplicateElements, func() Case { return l.describeDuplicate(t, s.at) })
			}
			if e := l.elements[at.last]; e.passed && e.writer != int32(t) {
				f.add(G1b, func() Case { return l.describeRead(t, s.at, at.last, "which appended more to it") })
			}
			if suspect[s.at] {
				l.unwritten(t, s.at, f)
			}
		}
		l.internal(t, f)
		l.futureRead(t, f)
	}
	l.lostUpdates(f)
	l.incompatible(f)
	l.dirtyUpdates(f)
}

// suspect reports, for each state, whether it has an element that no transaction can have appended: at most one that failed.
func (l *lists) suspect() []bool {
	all := make([]bool, len(l.states))
	for s, at := range l.states { // shorter ones first
		if at.before >= 0 {
			all[s] = all[at.before] || !l.possible(l.elements[at.last].writer)
		}
	}
	return all
}

// unwritten looks for the elements of a read that should not be there.
func (l *lists) unwritten(t int, s int32, f *findings) {
	for _, e := range l.path(s) {
		switch w := l.elements[e].writer; {
		case l.possible(w):
		case w != nobody:
			f.add(G1a, func() Case { return l.describeRead(t, s, e, "which failed") })
		case len(l.malformed) == 0: // otherwise a malformed transaction may have appended it
			f.add(GarbageRead, func() Case { return l.describeGarbage(t, s, e) })
		}
	}
}

// An expectation is the list that a transaction should read from a key, given its earlier steps: the list that it read, if
// it has read one, and the elements that it appended since.
type expectation struct {
	known    bool
	null     bool // the list was read as null
	list     int32
	appended []int32
}

// internal looks for the first read of t that contradicts the earlier reads and appends of t. After a read of null any list
// is accepted, as in the reference.
func (l *lists) internal(t int, f *findings) {
	expected := make(map[int32]expectation) // by key
	for _, s := range l.steps[t] {
		x := expected[s.key]
		if s.write {
			x.appended = append(x.appended, s.at)
			expected[s.key] = x
			continue
		}
		if !l.meets(s.at, x) {
			f.add(Internal, func() Case { return l.describeInternal(t, s.key, x, s.at) })
			return
		}
		expected[s.key] = expectation{known: true, null: s.null, list: s.at}
	}
}

// meets reports whether a list is as expected.
func (l *lists) meets(s int32, x expectation) bool {
	if x.null && len(x.appended) == 0 {
		return true
	}
	for _, e := range slices.Backward(x.appended) {
		if l.isEmpty(s) || l.states[s].last != e {
			return false
		}
		s = l.states[s].before
	}
	return !x.known || s == x.list
}

// futureRead looks for the first append of t whose element t had already read.
func (l *lists) futureRead(t int, f *findings) {
	for i, s := range l.steps[t] {
		if !s.write || l.elements[s.at].read == 0 {
			continue
		}
		for _, earlier := range l.steps[t][:i] {
			if earlier.key == s.key && !earlier.write && slices.Contains(l.path(earlier.at), s.at) {
				f.add(FutureRead, func() Case { return l.describeFuture(t, earlier.at, s.at) })
				return
			}
		}
	}
}

// lostUpdates looks for transactions that read the same list from a key and then both appended to it: in whatever order they
// ran, the later one did not see the append of the earlier one. Null and [] are different lists here, as in the reference.
func (l *lists) lostUpdates(f *findings) {
	reads, updates := updatesAfterReads(l.log, l.steps, func(s listStep) (int32, bool, listStep) { return s.key, s.write, s })
	for _, read := range reads {
		if ts := updates[read]; len(ts) > 1 {
			f.add(LostUpdate, func() Case { return l.describeLostUpdate(read.at, ts) })
		}
	}
}

// incompatible looks for keys whose reads disagree about the order of elements.
func (l *lists) incompatible(f *findings) {
	found := make(map[int32]bool) // keys
	for s, at := range l.states {
		if key := l.elements[at.last].key; at.forked && !found[key] {
			found[key] = true
			f.add(IncompatibleOrder, func() Case { return l.describeFork(key, int32(s)) })
		}
	}
}

// dirtyUpdates looks for appends of failed transactions that are followed by an append of an acknowledged transaction.
func (l *lists) dirtyUpdates(f *findings) {
	for _, order := range l.order {
		failed := int32(nobody) // the first element since the last acknowledged one whose transaction failed
		for _, e := range order[1:] {
			w := l.elements[e].writer
			switch {
			case w == nobody:
			case l.txns[w].status == history.Fail && failed == nobody:
				failed = e
			case l.txns[w].status == history.OK:
				if before := failed; before != nobody {
					f.add(DirtyUpdate, func() Case { return l.describeDirtyUpdate(before, e) })
				}
				failed = nobody
			}
		}
	}
}

// reordered looks for transactions that appended to a key twice, where a list has the later element without the earlier one
// before it. The reference does not look at the order of the appends of one transaction.
func (l *lists) reordered() []Warning {
	w := Warning{Type: Reordered}
	for t, steps := range l.steps {
		if l.txns[t].status == history.Fail {
			continue
		}
		last := make(map[int32]int32) // elements by key
		for _, s := range steps {
			if !s.write {
				continue
			}
			earlier, ok := last[s.key]
			last[s.key] = s.at
			if !ok || l.follows(s.at, earlier) {
				continue
			}
			if w.Count == 0 {
				w.Text = l.describeReordered(t, earlier, s.at)
			}
			w.Count++
		}
	}
	if w.Count == 0 {
		return nil
	}
	return []Warning{w}
}

// follows reports whether no read contradicts that e comes after earlier, an element of the same key.
func (l *lists) follows(e, earlier int32) bool {
	before, after := l.elements[earlier].place, l.elements[e].place
	return after == 0 || 0 < before && before < after
}
