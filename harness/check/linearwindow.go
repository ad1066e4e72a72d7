package check

import (
	"slices"
	"sort"
)

// A window is a part of a register's history that is judged by itself: what was under way at some time between two
// positions. The register may hold anything at first, unless from is beginning.
//
// Operations that reach beyond the window count as of unknown outcome, since they may have come before it or
// may come after it. So what a window contradicts, the whole history does; and a larger window contradicts
// everything that a smaller one inside it does.
type window struct{ from, to int }

// beginning is the position before all others, where the register holds null.
const beginning = -2

// value returns what the register may hold at first.
func (w window) value() int {
	if w.from == beginning {
		return null
	}
	return anything
}

// calls returns those of a register that have a part in the window.
func (w window) calls(all []*registerCall) []*registerCall {
	var inside []*registerCall
	for _, c := range all {
		switch {
		case c.began > w.to || c.ended <= w.from: // outside
		case c.began > w.from && c.ended <= w.to || c.ended == never:
			inside = append(inside, c)
		case c.op.F != "read":
			open := *c
			open.ended = never
			inside = append(inside, &open)
		}
	}
	return inside
}

// scanned is how many completions there are in a window of a history that has too many orders.
const scanned = 20

// spared is by how much fewer steps will do to narrow a window down, or to leave calls out of it, where zones show the contradiction
// anyway.
const spared = 20

// judge tells whether the register is linearizable, and if not, in which window it is not. If there are too many orders, it
// looks at least for a window that has none. Both, and the narrowing down, take up to that many steps.
func (r *registerHistory) judge(steps int) (window, Verdict) {
	cuts := r.cuts()
	whole := window{beginning, never}
	switch {
	case zonesClash(r.calls, whole):
		return r.narrow(steps/spared, cuts), Invalid
	case zonesDecide(r.calls):
		return window{}, Valid
	}
	left := steps
	switch newSearch(&left, null, r.calls).judge() {
	case Valid:
		return window{}, Valid
	case Invalid:
		return r.narrow(steps, cuts), Invalid
	}
	const step = scanned / 2
	for i := 0; i < len(cuts); i += step {
		part := cuts[i:min(i+scanned+1, len(cuts))]
		left = steps * step / len(cuts)
		if r.contradicts(&left, window{part[0], part[len(part)-1]}) {
			return r.narrow(steps, part), Invalid
		}
	}
	return window{}, Unknown
}

// cuts returns the positions where a window may begin or end: the beginning, the same without
// knowing the value there, and those at which operations completed.
func (r *registerHistory) cuts() []int {
	cuts := []int{beginning, -1}
	for _, c := range r.calls {
		if c.ended != never {
			cuts = append(cuts, c.ended)
		}
	}
	slices.Sort(cuts)
	return cuts
}

// contradicts tells whether the window is known to have no order.
func (r *registerHistory) contradicts(left *int, w window) bool {
	calls := w.calls(r.calls)
	return zonesClash(calls, w) || newSearch(left, w.value(), calls).judge() == Invalid
}

// narrow returns the smallest window between two of the cuts that has no order, given that the one from the first to the
// last has none: it ends as early as it can, and begins as late as it can with that. If there are not enough
// steps left, the window stays larger than it need be.
func (r *registerHistory) narrow(left int, cuts []int) window {
	last := 1 + sort.Search(len(cuts)-2, func(i int) bool { return r.contradicts(&left, window{cuts[0], cuts[1+i]}) })
	ending := func(size int) window { return window{cuts[last-size], cuts[last]} }

	size := 1
	for size < last && !r.contradicts(&left, ending(size)) {
		size *= 2 // as contradictions tend to be small, and small windows are judged fast
	}
	least, most := size/2+1, min(size, last)
	return ending(least + sort.Search(most-least, func(i int) bool { return r.contradicts(&left, ending(least+i)) }))
}
