package kafka

import (
	"cmp"
	"slices"
)

// findEarlyReads looks for cycles of dependencies. The reference builds a graph of operations. It has an edge from each send to
// each poll that returned its message (wr), and an edge from each ok operation to each operation that began after its end
// (realtime). The reference counts the strongly connected components that contain a cycle. They can be found without the graph:
//
//   - If there is a cycle, there is a cycle of two operations: a send S and a poll P that returned the message of S, but ended
//     before S began. Proof: on any cycle, take the poll P that ended first, and the send S before it, S →wr P. Only realtime edges
//     lead to S from the previous poll of the cycle, so that poll ended before S began; and P ended no later than that poll.
//   - Such a pair spans the time from the end of P to the beginning of S. P reaches every operation that began after the end of P,
//     and every operation that ended before the beginning of S reaches S. So two pairs reach each other if their spans overlap. If
//     their spans do not overlap, the later pair has no way back to the earlier one: a wr edge leads back in time only within the
//     span of a pair.
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
