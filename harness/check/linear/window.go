package linear

import (
	"slices"
	"sort"

	"glomers/harness/check"
)

// A window is a stretch of a register's history that is judged by itself. A call has a part in the window if it completes
// after from and was invoked at or before to. The value at the start of the window is unknown, unless the window starts at
// the beginning of the history.
//
//	position   0     1     2     3     4     5     6     7
//	client 0   |-w 1-|           |------ w 2 ------|
//	client 1               |--- r 1 ---|
//	client 2                                 |--- r 2 ---|
//	window                             [===========]
//
// Here w 1 and r 1 have no part in the window. w 2 and r 2 reach beyond it, so it is open whether they take effect inside. A
// write or a cas that reaches beyond the window counts as an operation of unknown outcome. A read that reaches beyond the
// window shows nothing, and is left out.
//
// A window therefore knows less than the whole history: if the window has no order, the history has none. For the same
// reason, a window has no order if a smaller window inside it has none.
type window struct{ from, to int }

// beginning is a position before all others. The register holds null there.
const beginning = -2

// value returns the value at the start of the window.
func (w window) value() int {
	if w.from == beginning {
		return null
	}
	return anything
}

// calls returns the calls that have a part in the window.
func (w window) calls(all []*call) []*call {
	var inside []*call
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

// scanned is how many completions a window has where judge looks at the windows of a history with too many orders.
const scanned = 20

// spared divides the budget for narrowing a window and for leaving out calls, if zones already show the
// contradiction.
const spared = 20

// judge decides whether the register is linearizable, and if it is not, finds a window without an order. If the whole history
// has too many orders, judge still looks for such a window. Searching and narrowing each take at most the given number of
// steps.
func (r *register) judge(steps int) (window, check.Verdict) {
	cuts := r.cuts()
	whole := window{beginning, never}
	switch {
	case zonesClash(r.calls, whole):
		return r.narrow(steps/spared, cuts), check.Invalid
	case zonesDecide(r.calls):
		return window{}, check.Valid
	}
	left := steps
	switch newSearch(&left, null, r.calls).judge() {
	case check.Valid:
		return window{}, check.Valid
	case check.Invalid:
		return r.narrow(steps, cuts), check.Invalid
	}
	const step = scanned / 2
	for i := 0; i < len(cuts); i += step {
		part := cuts[i:min(i+scanned+1, len(cuts))]
		left = steps * step / len(cuts)
		if r.contradicts(&left, window{part[0], part[len(part)-1]}) {
			return r.narrow(steps, part), check.Invalid
		}
	}
	return window{}, check.Unknown
}

// cuts returns the positions where a window may begin or end: the beginning; -1, which is the same place, but with an unknown
// value; and the completions.
func (r *register) cuts() []int {
	cuts := []int{beginning, -1}
	for _, c := range r.calls {
		if c.ended != never {
			cuts = append(cuts, c.ended)
		}
	}
	slices.Sort(cuts)
	return cuts
}

// contradicts reports whether the window is known to have no order.
func (r *register) contradicts(left *int, w window) bool {
	calls := w.calls(r.calls)
	return zonesClash(calls, w) || newSearch(left, w.value(), calls).judge() == check.Invalid
}

// narrow returns the smallest window between two cuts that has no order. The window from the first to the last cut must have
// none. The result ends at the earliest possible cut, and then begins at the latest possible one. If the steps do not
// suffice, the result is larger than necessary.
func (r *register) narrow(left int, cuts []int) window {
	last := 1 + sort.Search(len(cuts)-2, func(i int) bool { return r.contradicts(&left, window{cuts[0], cuts[1+i]}) })
	ending := func(size int) window { return window{cuts[last-size], cuts[last]} }

	size := 1
	for size < last && !r.contradicts(&left, ending(size)) {
		size *= 2 // most contradictions are small, and judging small windows is fast
	}
	least, most := size/2+1, min(size, last)
	return ending(least + sort.Search(most-least, func(i int) bool { return r.contradicts(&left, ending(least+i)) }))
}
