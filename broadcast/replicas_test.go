package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"glomers/internal/puresim"
)

// A replicas runs its members over a simulated network in virtual time: the same seed, the same run.
type replicas struct {
	puresim.Queue

	rng      *rand.Rand
	nodes    []string
	plan     plan
	replicas []*replica
	began    []time.Duration // when each replica was started
	ticks    []time.Duration // when each replica is to tick next

	latency func() time.Duration
	cut     func(from, to int) bool // tells whether a message that arrives now is dropped
	sent    int
	log     func(m envelope, from int)

	addedAt map[int64]time.Duration
	whole   map[int64]time.Duration // when the last replica got the value
	missing map[int64]int           // how many replicas do not have it
}

func newReplicas(n int, p plan, seed uint64, hop time.Duration) *replicas {
	s := &replicas{
		rng:     rand.New(rand.NewPCG(seed, 0)),
		latency: func() time.Duration { return hop },
		cut:     func(int, int) bool { return false },
		log:     func(envelope, int) {},
		addedAt: make(map[int64]time.Duration),
		whole:   make(map[int64]time.Duration),
		missing: make(map[int64]int),
	}
	for i := range n {
		s.nodes = append(s.nodes, fmt.Sprintf("n%d", i))
	}
	s.plan, s.replicas, s.began, s.ticks = p, make([]*replica, n), make([]time.Duration, n), make([]time.Duration, n)
	for i := range s.nodes {
		s.start(i, seed)
	}
	return s
}

// start starts replica i, anew if it is there.
func (s *replicas) start(i int, seed uint64) {
	s.replicas[i] = newReplica(s.plan, s.nodes[i], s.nodes, rand.New(rand.NewPCG(seed, uint64(i+1))))
	s.began[i], s.ticks[i] = s.Now(), never
	s.send(i, nil)
}

// at returns the time of replica i.
func (s *replicas) at(i int) time.Duration { return s.Now() - s.began[i] }

// step lets replica i do something and keeps account of what it learns by it.
func (s *replicas) step(i int, do func(r *replica) []envelope) {
	r := s.replicas[i]
	before := r.have
	out := do(r)
	if !before.containsAll(r.have) {
		for v := range r.have.all() {
			if before.containsAll(set{{v, v}}) {
				continue
			}
			if s.missing[v]--; s.missing[v] == 0 {
				s.whole[v] = s.Now()
			}
		}
	}
	s.send(i, out)
}

// send puts the messages of replica i on the network and sets its timer.
func (s *replicas) send(i int, out []envelope) {
	for _, m := range out {
		s.sent++
		s.log(m, i)
		to := slices.Index(s.nodes, m.Dest)
		s.At(s.Now()+s.latency(), func() {
			if !s.cut(i, to) {
				s.step(to, func(r *replica) []envelope { return r.Receive(s.nodes[i], m.Message, s.at(to)) })
			}
		})
	}
	next := s.replicas[i].Next()
	if next == s.ticks[i] {
		return
	}
	s.ticks[i] = next
	if next == never {
		return
	}
	r := s.replicas[i]
	s.At(max(next+s.began[i], s.Now()), func() {
		if s.replicas[i] == r && s.ticks[i] == next {
			s.ticks[i] = never
			s.step(i, func(r *replica) []envelope { return r.Tick(s.at(i)) })
		}
	})
}

// add gives replica i the value v now.
func (s *replicas) add(i int, v int64) {
	s.addedAt[v] = s.Now()
	s.missing[v] = len(s.nodes)
	s.step(i, func(r *replica) []envelope { return r.broadcast(v, s.at(i)) })
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
		s.At(t, func() { s.add(s.rng.IntN(len(s.nodes)), v) })
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

// cuts returns a random cut of each kind that the harness draws, of some worse kinds, and of one-way ones.
func cuts(n int, rng *rand.Rand) []cut {
	order := rng.Perm(n) // order[i] is the place of node i
	split := func(size int) func(a, b int) bool {
		return func(a, b int) bool { return (order[a] < size) != (order[b] < size) }
	}
	distance := func(a, b int) int { return (order[b] - order[a] + n) % n }
	oneWay := func(c func(a, b int) bool) func(a, b int) bool {
		return func(from, to int) bool { return c(from, to) && order[from] < order[to] }
	}
	ring := func(a, b int) bool { return min(distance(a, b), distance(b, a)) > n/4 }
	return []cut{
		{"one", split(1)},
		{"minority third", split((n + 2) / 3)},
		{"half", split(n / 2)},
		{"majorities ring", ring},
		{"hub alone", func(a, b int) bool { return (a == 0) != (b == 0) }},
		{"hub hears nobody", func(_, to int) bool { return to == 0 }},
		{"nobody hears the hub", func(from, _ int) bool { return from == 0 }},
		{"half, one-way", oneWay(split(n / 2))},
		{"ring, one-way", oneWay(ring)},
		{"one-way circle", func(from, to int) bool { return distance(from, to) != 1 }},
		{"everybody alone", func(int, int) bool { return true }},
	}
}

// A cut tells between which nodes nothing arrives.
type cut struct {
	kind  string
	drops func(from, to int) bool
}

// reach returns the nodes that a value at node from can get to under a cut.
func reach(n, from int, c cut) []bool {
	seen := make([]bool, n)
	seen[from] = true
	for todo := []int{from}; len(todo) > 0; todo = todo[1:] {
		for to := range n {
			if !seen[to] && !c.drops(todo[0], to) {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return seen
}
