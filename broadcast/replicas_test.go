package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"glomers/internal/puresim"
)

// A replicas is a cluster that keeps account of how far each value has got. The same seed gives the same run.
type replicas struct {
	*puresim.Cluster[gossip, *replica]

	rng     *rand.Rand
	had     []set // what each replica had when it was last looked at
	addedAt map[int64]time.Duration
	whole   map[int64]time.Duration // when the last replica got the value
	missing map[int64]int           // how many replicas do not have it
}

func newReplicas(n int, p plan, seed uint64, hop time.Duration) *replicas {
	s := &replicas{
		rng:     rand.New(rand.NewPCG(seed, 0)),
		had:     make([]set, n),
		addedAt: make(map[int64]time.Duration),
		whole:   make(map[int64]time.Duration),
		missing: make(map[int64]int),
	}
	s.Cluster = puresim.New(n, func(c *puresim.Cluster[gossip, *replica], i int) *replica {
		s.had[i] = nil
		return newReplica(p, c.IDs[i], c.IDs, rand.New(rand.NewPCG(seed, uint64(i+1))))
	})
	s.Latency = func() time.Duration { return hop }
	s.After = s.observe
	s.Shared = true // sets are never changed in place
	return s
}

// observe keeps account of what replica i has learnt.
func (s *replicas) observe(i int) {
	before, have := s.had[i], s.Machine(i).have
	s.had[i] = have
	if before.containsAll(have) {
		return
	}
	for v := range have.all() {
		if before.containsAll(set{{v, v}}) {
			continue
		}
		if s.missing[v]--; s.missing[v] == 0 {
			s.whole[v] = s.Now()
		}
	}
}

// add gives replica i the value v now.
func (s *replicas) add(i int, v int64) {
	s.addedAt[v] = s.Now()
	s.missing[v] = len(s.IDs)
	s.Do(i, func(r *replica, now time.Duration) []envelope { return r.broadcast(v, now) })
}

// load plans values 0, 1, 2, … for random replicas, at perSecond on average with the
// gaps of the harness, until the time end. It returns their number.
func (s *replicas) load(perSecond float64, end time.Duration) int {
	t := s.Now()
	for v := int64(0); ; v++ {
		t += time.Duration(s.rng.Float64() * 2 / perSecond * float64(time.Second))
		if t >= end {
			return int(v)
		}
		s.At(t, func() { s.add(s.rng.IntN(len(s.IDs)), v) })
	}
}

// latencies returns how long each value took to be everywhere, ascending; never where it is not.
func (s *replicas) latencies() []time.Duration {
	var ls []time.Duration
	for v, t := range s.addedAt {
		l := never
		if w, ok := s.whole[v]; ok {
			l = w - t
		}
		ls = append(ls, l)
	}
	slices.Sort(ls)
	return ls
}

// reach returns the nodes that a value at node from can get to under a cut.
func reach(n, from int, c puresim.Cut) []bool {
	seen := make([]bool, n)
	seen[from] = true
	for todo := []int{from}; len(todo) > 0; todo = todo[1:] {
		for to := range n {
			if !seen[to] && !c.Drops(todo[0], to) {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return seen
}
