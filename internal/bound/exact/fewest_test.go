package exact

import "fmt"

// A Value comes to a node at a tick, before messages are sent in that tick.
type Value struct{ Node, Tick int }

// Fewest returns the least number of messages that bring every value to all nodes in time, if the values are known
// beforehand. There are at most 8 values, in the order of their ticks.
func (c Cluster) Fewest(values []Value) (int, error) {
	if err := c.check(); err != nil {
		return 0, err
	}
	if len(values) == 0 {
		return 0, nil
	}
	if len(values) > 8 {
		return 0, fmt.Errorf("exact: %d values: want at most 8", len(values))
	}
	// A state has a row for this tick and for each of the next Hop-1 ticks: the values that each node has then. Of several
	// ways to the same state, only the cheapest is kept.
	states := map[string]int{string(make([]byte, c.Hop*c.Nodes)): 0}
	end := values[len(values)-1].Tick + c.Latency
	for tick := values[0].Tick; tick <= end; tick++ {
		next := map[string]int{}
		for s, cost := range states {
			rows := []byte(s)
			for v, x := range values {
				if x.Tick == tick {
					for d := range c.Hop {
						rows[d*c.Nodes+x.Node] |= 1 << v
					}
				}
			}
			if c.late(rows[:c.Nodes], values, tick) {
				continue
			}
			c.spread(rows, func(s string, messages int) {
				if old, known := next[s]; !known || cost+messages < old {
					next[s] = cost + messages
				}
			})
		}
		states = next
	}
	best := impossible
	for _, cost := range states {
		best = min(best, cost)
	}
	return best, nil
}

// late reports whether a node still lacks a value whose time is up.
func (c Cluster) late(have []byte, values []Value, tick int) bool {
	for v, x := range values {
		if x.Tick+c.Latency > tick {
			continue
		}
		for _, h := range have {
			if h&(1<<v) == 0 {
				return true
			}
		}
	}
	return false
}

// spread calls f with each state that can follow from the rows by messages, sent at this tick, that bring something new.
func (c Cluster) spread(rows []byte, f func(next string, messages int)) {
	n := c.Nodes
	now := rows[:n]
	arrive := append([]byte(nil), rows[(c.Hop-1)*n:]...)
	var visit func(link, messages int)
	visit = func(link, messages int) {
		if link == n*n {
			f(string(rows[n:])+string(arrive), messages)
			return
		}
		visit(link+1, messages)
		from, to := link/n, link%n
		if old := arrive[to]; now[from]&^old != 0 {
			arrive[to] |= now[from]
			visit(link+1, messages+1)
			arrive[to] = old
		}
	}
	visit(0, 0)
}
