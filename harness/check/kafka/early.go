package kafka

import (
	"cmp"
	"slices"
)

// findEarlyReads looks for cycles of dependencies. The reference builds a graph of operations, with an edge from each send to
// each poll that returned its message (wr), and one from each operation that was ok to each that began later (realtime), and
// counts its strongly connected components that contain a cycle. There is no need for the graph:
//
//   - If there is a cycle, there is one of two operations, a poll that was ok before the send of one of its
//     messages began. For on any cycle take the poll P that ended first, and the send S before it, S →wr P. What leads to S is realtime
//     from another poll (or P), which ended before S began, and P ended no later.
//   - Such a pair spans the time from P's end to S's beginning. P reaches all that began after its end, and all that
//     ended before S began reaches S. So two pairs reach each other if their spans overlap. If they do not, the later one
//     has no way back: a wr edge goes back in time only within the span of a pair.
//
// So the components are the groups of overlapping spans.
func (a *analysis) findEarlyReads() {
	var pairs []EarlyReadCase
	for _, ev := range a.events {
		for _, b := range ev.polls {
			for _, m := range b.entries {
				if m.attempted() && m.invoked > ev.at {
					pairs = append(pairs, EarlyReadCase{b.log.key, m.value, m.invoked, ev.at})
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(x, y EarlyReadCase) int { return cmp.Compare(x.Reader, y.Reader) })
	end := none // of the group's spans
	for _, p := range pairs {
		if p.Reader > end {
			if len(a.early) < a.limit {
				a.early = append(a.early, p)
			}
			a.add(EarlyRead, p)
			a.add(Cycle, p)
		}
		end = max(end, p.Writer)
	}
}
