package elle_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"glomers/harness/history"
)

// A sim is a database that produces histories. Operations take 1 to 10 ms. During that time, a transaction is executed at one
// moment, or at several if it is not isolated.
type sim struct {
	rng                *rand.Rand
	nodes, concurrency int
	keys, writesPerKey int
	delay              int64 // ns until a write is on another node; negative: never
	split              bool  // a transaction's writes are replicated one by one, at random times
	forget             bool  // writes are acknowledged but not kept
	info               int   // percentage of transactions of unknown outcome

	now     int64
	state   []map[int]cell // of each node
	active  []int
	next    map[int]int
	pending []effect
}

type cell struct{ value, stamp int64 }

type effect struct {
	at   int64
	node int
	sets map[int]cell
}

func newSim(seed uint64, nodes int) *sim {
	s := &sim{
		rng: rand.New(rand.NewPCG(seed, 0)), nodes: nodes, concurrency: 4 * nodes, keys: 10, writesPerKey: 16,
		next: make(map[int]int),
	}
	for range nodes {
		s.state = append(s.state, make(map[int]cell))
	}
	return s
}

// history runs n transactions.
func (s *sim) history(n int) []history.Op {
	for k := range s.keys {
		s.active = append(s.active, k)
	}
	var h []history.Op
	type running struct {
		process int
		acts    int64
		ends    int64
		ops     [][3]any
	}
	var open []running
	free := make([]int, s.concurrency)
	for i := range free {
		free[i] = i
	}
	add := func(at int64, typ history.Type, p int, ops [][3]any) {
		b, err := json.Marshal(ops)
		if err != nil {
			panic(err)
		}
		h = append(h, history.Op{Index: len(h), Time: at, Type: typ, Process: history.Process(p), F: "txn", Value: b})
	}
	done := make(map[int]bool)
	for n > 0 || len(open) > 0 {
		s.now += s.rng.Int64N(1e6)
		s.replicate()
		if n > 0 && len(free) > 0 && s.rng.IntN(3) > 0 {
			i := s.rng.IntN(len(free))
			p := free[i]
			free = append(free[:i], free[i+1:]...)
			ops := s.generate()
			add(s.now, history.Invoke, p, ops)
			acts := s.now + s.rng.Int64N(5e6)
			open = append(open, running{process: p, acts: acts, ends: acts + 1 + s.rng.Int64N(5e6), ops: ops})
			n--
		}
		for i := 0; i < len(open); i++ {
			r := open[i]
			if r.acts <= s.now && !done[r.process] {
				s.execute(r.process%s.nodes, r.ops)
				done[r.process] = true
			}
			if r.ends > s.now || !done[r.process] {
				continue
			}
			delete(done, r.process)
			open = append(open[:i], open[i+1:]...)
			i--
			if s.rng.IntN(100) < s.info {
				for j := range r.ops {
					if r.ops[j][0] == "r" {
						r.ops[j][2] = nil
					}
				}
				add(s.now, history.Info, r.process, r.ops)
				free = append(free, r.process+s.concurrency)
				continue
			}
			add(s.now, history.OK, r.process, r.ops)
			free = append(free, r.process)
		}
	}
	return h
}

func (s *sim) generate() [][3]any {
	ops := make([][3]any, 1+s.rng.IntN(4))
	for i := 0; i < len(ops); {
		j := 0
		for x := s.rng.IntN(1<<s.keys - 1); x >= 1<<j; j++ {
			x -= 1 << j
		}
		k := s.active[j]
		if s.rng.IntN(2) == 0 {
			ops[i] = [3]any{"r", k, nil}
			i++
			continue
		}
		if s.next[k] >= s.writesPerKey {
			top := 0
			for _, a := range s.active {
				top = max(top, a)
			}
			s.active[j] = top + 1
			continue
		}
		s.next[k]++
		ops[i] = [3]any{"w", k, s.next[k]}
		i++
	}
	return ops
}

func (s *sim) execute(node int, ops [][3]any) {
	sets := make(map[int]cell)
	for i, op := range ops {
		k := op[1].(int)
		if op[0] == "w" {
			sets[k] = cell{int64(op[2].(int)), s.now}
			if !s.forget {
				s.state[node][k] = sets[k]
			}
		} else if c, ok := s.state[node][k]; ok {
			ops[i][2] = c.value
		}
	}
	if s.forget || s.delay < 0 {
		return
	}
	for n := range s.nodes {
		if n == node {
			continue
		}
		if !s.split {
			s.pending = append(s.pending, effect{s.now + s.delay, n, sets})
			continue
		}
		for k, c := range sets {
			s.pending = append(s.pending, effect{s.now + s.rng.Int64N(2*s.delay), n, map[int]cell{k: c}})
		}
	}
}

func (s *sim) replicate() {
	kept := s.pending[:0]
	for _, e := range s.pending {
		if e.at > s.now {
			kept = append(kept, e)
			continue
		}
		for k, c := range e.sets {
			if c.stamp > s.state[e.node][k].stamp {
				s.state[e.node][k] = c
			}
		}
	}
	s.pending = kept
}

// text shows a history, for failing tests.
func text(h []history.Op) string {
	var b strings.Builder
	for _, op := range h {
		fmt.Fprintf(&b, "%d %s %s %s\n", op.Index, op.Process, op.Type, op.Value)
	}
	return b.String()
}
