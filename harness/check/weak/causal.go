package weak

import "slices"

// causal yields the edges of Causal. Let transaction t3 read key x from t1, and let t2 write x. If t2 is a cause of t3, then
// t2 precedes t1. The causes of a transaction are the transactions from which a path of session edges and write→read edges
// leads to it. order is a topological order of these edges.
//
// Of the causes in one session that write x, only the last one needs an edge. For n operations in k sessions this takes
// O(n·k) time. Keeping a vector clock of each transaction would also take O(n·k) memory. Instead, the clocks are computed one
// component at a time: for each session, the number of its transactions that are causes of each transaction. This number
// never falls along a session, so the last write of each key among the causes is found by going through two sessions side by
// side.
func (x *index) causal(order []int32, yield func(implied)) {
	c := &clock{x: x, order: order, count: make([]int32, len(x.h.Txns)), last: newStamps(x.h.Keys)}
	strongest := newStamps(len(x.h.Txns)) // for each t1: the place of the last t2 in the session
	reasons := make([]implied, len(x.h.Txns))
	var ends []int32
	for s, session := range x.sessions {
		if !slices.ContainsFunc(session, func(t int32) bool { return len(x.writes.of(t)) > 0 }) {
			continue
		}
		c.compute(int32(s))
		strongest.clear()
		ends = ends[:0]
		for _, other := range x.sessions {
			c.lastWrites(session, other, func(e implied) {
				switch w, ok := strongest.get(max(e.to, 0)); {
				case e.to == Initial:
					yield(e)
				case c.count[e.to] > x.place[e.from]: // e.from is a cause of e.to anyway
				case !ok:
					ends = append(ends, e.to)
					fallthrough
				case x.place[e.from] > w:
					strongest.set(e.to, x.place[e.from])
					reasons[e.to] = e
				}
			})
		}
		for _, t := range ends {
			yield(reasons[t])
		}
	}
}

// A clock is one component of the vector clocks of all transactions.
type clock struct {
	x     *index
	order []int32
	count []int32 // of each transaction: how many of the session's transactions are its causes
	last  *stamps // of each key: the last of these causes that wrote it
}

func (c *clock) compute(session int32) {
	for _, t := range c.order {
		c.count[t] = 0
		cause := func(p int32) {
			c.count[t] = max(c.count[t], c.count[p])
			if c.x.session[p] == session {
				c.count[t] = max(c.count[t], c.x.place[p]+1)
			}
		}
		if !c.x.in[t] {
			continue
		}
		if at := c.x.place[t]; at > 0 {
			cause(c.x.sessions[c.x.session[t]][at-1])
		}
		for _, r := range c.x.reads.of(t) {
			if r.from != Initial {
				cause(r.from)
			}
		}
	}
}

// lastWrites yields an edge for each read in the session other whose key was written by a cause in the session session. The
// edge comes from the last such cause.
func (c *clock) lastWrites(session, other []int32, yield func(implied)) {
	if c.count[other[len(other)-1]] == 0 {
		return
	}
	c.last.clear()
	n := int32(0)
	for _, t := range other {
		for ; n < c.count[t]; n++ {
			for _, key := range c.x.writes.of(session[n]) {
				c.last.set(key, session[n])
			}
		}
		for i := c.x.reads.first[t]; i < c.x.reads.first[t+1]; i++ {
			if w, ok := c.last.get(c.x.reads.items[i].key); ok {
				c.x.yield(w, t, i, yield)
			}
		}
	}
}
