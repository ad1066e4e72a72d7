// Package exact finds the fewest messages of small clusters by exhaustive search, to test the claims of package bound. Time
// is measured in ticks, at which messages are sent and arrive; a message carries everything that its sender knows.
package exact

import (
	"errors"
	"fmt"
)

// A Cluster is a set of nodes that send each other messages. A value that comes to a node at time t must be known to all
// nodes by t + Latency.
type Cluster struct {
	Nodes   int
	Hop     int // ticks that a message takes
	Latency int // ticks
}

func (c Cluster) check() error {
	if c.Nodes < 2 || c.Hop < 1 || c.Latency <= c.Hop {
		return fmt.Errorf("exact: %d nodes, %d ticks a hop, a latency of %d: want 2 nodes at least, a hop of 1, and a longer latency", c.Nodes, c.Hop, c.Latency)
	}
	return nil
}

// A Rate is a number of messages in a number of ticks.
type Rate struct{ Messages, Ticks int }

// PerTick returns the rate as a number.
func (r Rate) PerTick() float64 { return float64(r.Messages) / float64(r.Ticks) }

// maxStates is the number of states that Busy examines before it gives up.
const maxStates = 200_000

// Busy returns the least sustained rate of messages if all nodes get values all the time, also between ticks.
//
// A state records the age of each node's knowledge of each other node, at this tick and, counting the messages under way, at
// the next Hop-1 ticks. The future depends on nothing else. The least cost of k more ticks is computed for each state from
// the costs of k-1 ticks (value iteration). Once the costs of all states have grown by the same number m over the last p
// ticks, they grow so for ever, because every step follows from the previous one in the same way: m messages in p ticks.
func (c Cluster) Busy() (Rate, error) {
	if err := c.check(); err != nil {
		return Rate{}, err
	}
	moves, err := c.explore()
	if err != nil {
		return Rate{}, err
	}
	const longest = 60 // periods
	costs := [][]int32{make([]int32, len(moves))}
	for k := 1; k < 600; k++ {
		last, now := costs[len(costs)-1], make([]int32, len(moves))
		for s, to := range moves {
			now[s] = impossible
			for _, m := range to {
				now[s] = min(now[s], last[m.state]+m.messages)
			}
			now[s] = min(now[s], impossible)
		}
		costs = append(costs, now)
		for p := 1; p <= min(k, longest); p++ {
			if m, ok := grown(costs[k-p], now); ok && k > c.Latency {
				return Rate{int(m), p}, nil
			}
		}
	}
	return Rate{}, errors.New("exact: the costs do not become periodic")
}

const impossible = 1 << 24 // messages

// grown returns the amount by which all costs have grown, if it is the same for all.
func grown(before, after []int32) (by int32, ok bool) {
	for s := range before {
		switch {
		case before[s] >= impossible && after[s] >= impossible:
		case before[s] >= impossible || after[s] >= impossible:
			return 0, false
		case !ok:
			by, ok = after[s]-before[s], true
		case after[s]-before[s] != by:
			return 0, false
		}
	}
	return by, ok
}

// A move is one tick: the number of messages sent, and the state at the next tick.
type move struct {
	state    int
	messages int32
}

// explore returns the moves of every state that can be reached from the state in which all nodes always send to all others;
// any other start would do as well. States that differ only in the names of nodes count as one.
func (c Cluster) explore() ([][]move, error) {
	links := c.Nodes * c.Nodes
	first := make([]byte, c.Hop*links)
	for d := range c.Hop {
		for l := range links {
			if l/c.Nodes != l%c.Nodes {
				first[d*links+l] = byte(c.Hop - d)
			}
		}
	}
	perms := permutations(c.Nodes)
	number := map[string]int{}
	var states [][]byte
	id := func(s []byte) int {
		s = c.canonical(s, perms)
		i, known := number[string(s)]
		if !known {
			i = len(states)
			number[string(s)] = i
			states = append(states, s)
		}
		return i
	}
	id(first)
	var moves [][]move
	for at := 0; at < len(states); at++ {
		if at > maxStates {
			return nil, fmt.Errorf("exact: %+v has more than %d states", c, maxStates)
		}
		cheapest := map[int]int32{}
		c.sends(states[at], func(next []byte, messages int32) {
			to := id(next)
			if old, known := cheapest[to]; !known || messages < old {
				cheapest[to] = messages
			}
		})
		var to []move
		for state, messages := range cheapest { // minima do not depend on the order of iteration
			to = append(to, move{state, messages})
		}
		moves = append(moves, to)
	}
	return moves, nil
}

// sends calls f with each state that may follow s, as long as no knowledge in it is too old. For each of the next ticks and
// each pair of nodes, a state holds the age that the second node's knowledge of the first will have; ages count from this
// tick. Messages that bring nothing new are left out.
func (c Cluster) sends(s []byte, f func(next []byte, messages int32)) {
	n, links := c.Nodes, c.Nodes*c.Nodes
	now, last := s[:links], s[(c.Hop-1)*links:]
	var visit func(link int, arrive []byte, messages int32)
	visit = func(link int, arrive []byte, messages int32) {
		if link == links {
			next := make([]byte, 0, len(s))
			next = append(append(next, s[links:]...), arrive...)
			for i := range next {
				if i%links/n != i%n {
					next[i]++
				}
			}
			for _, age := range next[:links] {
				if int(age) >= c.Latency {
					return
				}
			}
			f(next, messages)
			return
		}
		visit(link+1, arrive, messages)
		from, to := link/n, link%n
		if from == to {
			return
		}
		told, news := append([]byte(nil), arrive...), false
		for k := range n {
			if age := now[k*n+from]; k != to && age < told[k*n+to] {
				told[k*n+to], news = age, true
			}
		}
		if news {
			visit(link+1, told, messages+1)
		}
	}
	visit(0, last, 0)
}

// canonical returns the smallest of the states that differ from s only in the names of nodes.
func (c Cluster) canonical(s []byte, perms [][]int) []byte {
	n, links := c.Nodes, c.Nodes*c.Nodes
	best := s
	other := make([]byte, len(s))
	for _, p := range perms {
		for d := 0; d < len(s); d += links {
			for i := range n {
				for j := range n {
					other[d+p[i]*n+p[j]] = s[d+i*n+j]
				}
			}
		}
		if string(other) < string(best) {
			best = append([]byte(nil), other...)
		}
	}
	return best
}

// permutations returns all orders of 0 to n-1.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for at := range n {
			q := append(append(append([]int{}, p[:at]...), n-1), p[at:]...)
			all = append(all, q)
		}
	}
	return all
}
