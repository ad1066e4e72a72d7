package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

// A replicas runs its members over a simulated network in virtual time: the same seed, the same run.
type replicas struct {
	puresim.Queue

	rng   *rand.Rand
	ids   []string
	nodes []*member

	latency func() time.Duration
	cut     func(from, to int) bool // tells whether a message that arrives now is dropped
	repeats func() bool             // tells whether a message is delivered twice
	sent    int                     // messages
	carried int                     // writes in them
	log     func(from int, m envelope)

	keys    keys
	history []ran
	unseen  []pending
	delays  []time.Duration // of writes: until another node had them, for each of the others
}

// A member is a node.
type member struct {
	*replica               // nil while it is dead
	began    time.Duration // its life
	skew     time.Duration // of its wall clock
	tick     time.Duration // for when the timer is set
	paused   time.Duration // until when it stands still
}

// A pending is a write that a node does not have.
type pending struct {
	stamp
	at time.Duration
	to int
}

func newReplicas(n int, seed uint64) *replicas {
	s := &replicas{
		rng:     rand.New(rand.NewPCG(seed, uint64(n))),
		latency: func() time.Duration { return 0 },
		cut:     whole,
		repeats: func() bool { return false },
		log:     func(int, envelope) {},
		keys:    keys{next: 10, writes: make(map[int]int)},
	}
	for i := range n {
		s.ids = append(s.ids, fmt.Sprintf("n%d", i))
	}
	for i := range n {
		s.nodes = append(s.nodes, &member{})
		s.start(i)
	}
	return s
}

func whole(int, int) bool { return false }

// on plans do for the time t, or for when node i is no longer paused.
func (s *replicas) on(i int, t time.Duration, do func(m *member)) {
	s.At(t, func() {
		m := s.nodes[i]
		switch {
		case m.paused > s.Now():
			s.on(i, m.paused, do)
		case m.replica != nil:
			do(m)
		}
	})
}

// start begins a life of node i. Its wall clock need not agree with the others.
func (s *replicas) start(i int) {
	m := s.nodes[i]
	m.began, m.paused = s.Now(), 0
	origin := originOf(s.ids[i], time.UnixMicro(s.wall(m)))
	m.replica = newReplica(s.ids[i], origin, s.ids)
	s.send(i, m.replica.Tick(0))
}

// kill ends the life of node i.
func (s *replicas) kill(i int) { s.nodes[i].replica, s.nodes[i].tick = nil, never }

func (s *replicas) wall(m *member) int64 { return (time.Hour + s.Now() + m.skew).Microseconds() }

// send puts the messages of node i on the network, sets its timer, and keeps account of what it has learnt.
func (s *replicas) send(i int, out []envelope) {
	for _, o := range out {
		s.sent++
		s.carried += len(o.Message.Writes)
		s.log(i, o)
		to := slices.Index(s.ids, o.Dest)
		deliver := func(m *member) {
			if !s.cut(i, to) {
				s.send(to, m.Receive(s.ids[i], o.Message, s.Now()-m.began))
			}
		}
		s.on(to, s.Now()+s.latency(), deliver)
		if s.repeats() {
			s.on(to, s.Now()+s.latency(), deliver)
		}
	}
	m := s.nodes[i]
	s.unseen = slices.DeleteFunc(s.unseen, func(p pending) bool {
		seen := p.to == i && m.have.includes(p.stamp)
		if seen {
			s.delays = append(s.delays, s.Now()-p.at)
		}
		return seen
	})
	next := m.Next()
	if next != never {
		next += m.began
	}
	if next == m.tick {
		return
	}
	if m.tick = next; next == never {
		return
	}
	s.on(i, next, func(m *member) {
		if m.tick == next {
			m.tick = never
			s.send(i, m.replica.Tick(s.Now()-m.began))
		}
	})
}

// txn runs a transaction on node i, if that is alive, and returns it with its reads filled in.
func (s *replicas) txn(i int, txn ...microOp) []microOp {
	m := s.nodes[i]
	if m.replica == nil || m.paused > s.Now() {
		return nil
	}
	result, out := m.replica.run(txn, s.wall(m), s.Now()-m.began)
	s.history = append(s.history, ran{m.origin, result})
	if writes(txn) {
		for to := range s.nodes {
			if to != i {
				s.unseen = append(s.unseen, pending{stamp{m.own(), m.origin}, s.Now(), to})
			}
		}
	}
	s.send(i, out)
	return result
}

// keys are those of the harness: 10 at a time, each twice as likely as the one before, and after 16 writes
// a new one takes the place.
type keys struct {
	active [10]int
	next   int
	writes map[int]int
}

func (s *replicas) random() []microOp {
	var txn []microOp
	for range 1 + s.rng.IntN(4) {
		place := 9
		for place > 0 && s.rng.IntN(2) == 0 {
			place--
		}
		k := &s.keys.active[place]
		if *k == 0 || s.keys.writes[*k] == 16 {
			*k = s.keys.next
			s.keys.next++
		}
		op := microOp{key: key(fmt.Sprint(*k))}
		if s.rng.IntN(2) == 0 {
			s.keys.writes[*k]++
			op.write, op.value = true, fmt.Append(nil, s.keys.writes[*k])
		}
		txn = append(txn, op)
	}
	return txn
}

// load lets clients be busy until the time end: perSecond transactions on random nodes on average, with the gaps
// of the harness. It returns their number. Before each of them, faults is called.
func (s *replicas) load(perSecond float64, end time.Duration, faults func()) int {
	n := 0
	next := s.Now()
	for {
		next += time.Duration(s.rng.Float64() * 2 / perSecond * float64(time.Second))
		if next >= end {
			s.Run(end)
			return n
		}
		s.Run(next)
		faults()
		s.txn(s.rng.IntN(len(s.ids)), s.random()...)
		n++
	}
}

// same tells whether all nodes know the same.
func (s *replicas) same() bool {
	for _, m := range s.nodes[1:] {
		if !m.have.equal(s.nodes[0].have) {
			return false
		}
	}
	return true
}

// requireConverged checks that all nodes know the same and show the same.
func (s *replicas) requireConverged(t *testing.T, about string) {
	t.Helper()
	require.True(t, s.same(), about)
	for _, m := range s.nodes[1:] {
		require.Equal(t, contents(s.nodes[0].store), contents(m.store), about)
	}
}

// cuts returns a random cut of each kind that the harness draws, and of one-way ones.
func cuts(n int, rng *rand.Rand) []func(from, to int) bool {
	order := rng.Perm(n) // order[i] is the place of node i
	size := 1 + rng.IntN(n)
	split := func(a, b int) bool { return (order[a] < size) != (order[b] < size) }
	ring := func(a, b int) bool { d := (order[b] - order[a] + n) % n; return min(d, n-d) > n/4 }
	oneWay := func(a, b int) bool { return order[a] < order[b] }
	everybody := func(int, int) bool { return true }
	return []func(a, b int) bool{split, ring, oneWay, everybody}
}
