package weak

// causal yields the edges of Causal: if a transaction reads key x from t1, and t2, which writes x, is a cause of it, then t2 precedes
// t1. The causes of a transaction are those from which sessions and reads lead to it. order is one that agrees with these.
//
// Of the causes in one session that write x, only the last one has to have its edge. For n operations in k sessions that takes O(n·k)
// time. A vector clock of each transaction would take as much memory; instead, the clocks are computed one component after the other:
// for each session, how many of its transactions are causes of each other transaction. That number ascends along every session, so the
// last write of each key among the causes is known by going through two sessions side by side.
func (x *index) causal(order []int32, yield func(implied)) {
	c := newClock(x, order)
	strongest := newStamps(len(x.h.Txns)) // for each t1: the last t2
	reasons := make([]implied, len(x.h.Txns))
	var ends []int32
	for s, session := range x.sessions {
		if !x.writesAny(session) {
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
				case c.count[e.to] > x.place[e.from]: // it is a cause anyway
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

func (x *index) writesAny(session []int32) bool {
	for _, t := range session {
		if len(x.writes.of(t)) > 0 {
			return true
		}
	}
	return false
}

// A clock is one component of the vector clocks of all transactions.
type clock struct {
	x     *index
	order []int32
	count []int32 // of each transaction: how many of the session's transactions are its causes
	last  *stamps // of each key: the last of these that wrote it
}

func newClock(x *index, order []int32) *clock {
	return &clock{x: x, order: order, count: make([]int32, len(x.h.Txns)), last: newStamps(x.h.Keys)}
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

// lastWrites yields an edge for each read in other of a key that one of its causes in session wrote: from the last of these.
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
