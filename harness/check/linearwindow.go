package check

import (
	"slices"
	"sort"
)

// A window is a part of a register's history that is judged by itself: what was under way at some time after the
// position from, until the position to. From is beginning for the whole past; otherwise the register may hold anything then.
//
// Operations that reach beyond the window count as of unknown outcome, since they may have come before it or
// may come after it. So what a window contradicts, the whole history does; and a larger window contradicts
// everything that a smaller one inside it does.
type window struct{ from, to int }

const beginning = -1

// state returns what the register may hold at first.
func (w window) state() int {
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

// scanned is how many completions are in a window when there are too many orders of all.
const scanned = 40

// judge tells whether the register is linearizable, and if not, in which window it is not. The search and the
// narrowing down take up to that many steps each.
func (r *registerHistory) judge(steps int) (window, Verdict) {
	s := &search{steps}
	verdict := s.judge(null, r.calls)
	if verdict == Valid {
		return window{}, Valid
	}
	ends := r.ends()
	s.left = steps
	if verdict == Invalid {
		return r.narrow(s, beginning, ends), Invalid
	}
	for i := 0; i < len(ends); i += scanned / 2 {
		s.left = max(1, steps*(scanned/2)/len(ends))
		from, inside := beginning, ends[i:min(i+scanned, len(ends))]
		if i > 0 {
			from = ends[i-1]
		}
		if r.contradicts(s, window{from, inside[len(inside)-1]}) {
			s.left = steps
			return r.narrow(s, from, inside), Invalid
		}
	}
	return window{}, Unknown
}

// ends returns the positions at which operations completed, in order.
func (r *registerHistory) ends() []int {
	var ends []int
	for _, c := range r.calls {
		if c.ended != never {
			ends = append(ends, c.ended)
		}
	}
	slices.Sort(ends)
	return ends
}

// contradicts tells whether the window is known to have no order.
func (r *registerHistory) contradicts(s *search, w window) bool {
	return s.judge(w.state(), w.calls(r.calls)) == Invalid
}

// narrow returns the smallest window that has no order, given that the one from there to the last of the ends has none: it
// ends as early as it can, and begins as late as it can with that. When the search runs out of steps
// the window stays larger than it need be.
func (r *registerHistory) narrow(s *search, from int, ends []int) window {
	last := sort.Search(len(ends)-1, func(i int) bool { return r.contradicts(s, window{from, ends[i]}) })
	shrunk := func(size int) window { return window{ends[last-size], ends[last]} }

	size := 1
	for size <= last && !r.contradicts(s, shrunk(size)) {
		size *= 2 // as contradictions tend to be small, and the search in a small window is short
	}
	least, most := size/2+1, min(size, last+1)
	size = least + sort.Search(most-least, func(i int) bool { return r.contradicts(s, shrunk(least+i)) })
	if size > last {
		return window{from, ends[last]}
	}
	return shrunk(size)
}
