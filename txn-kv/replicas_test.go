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

// A replicas is a cluster that keeps account of what each node has learnt. The same seed gives the same run.
type replicas struct {
	*puresim.Cluster[message, *replica]

	rng     *rand.Rand
	carried int // writes in messages
	keys    keys
	history []ran
	unseen  []pending
	delays  []time.Duration // of writes: until another node had them, for each of the others
}

// A pending is a write that a node does not have.
type pending struct {
	stamp
	at time.Duration
	to int
}

func newReplicas(n int, seed uint64) *replicas {
	s := &replicas{
		Cluster: puresim.New(n, begin),
		rng:     rand.New(rand.NewPCG(seed, uint64(n))),
		keys:    keys{next: 10, writes: make(map[int]int)},
	}
	s.Log = func(_ int, e envelope) { s.carried += len(e.Message.Writes) }
	s.After = s.observe
	s.Shared = true // vectors and writes in messages are never changed
	return s
}

// begin returns the replica of a life of node i.
func begin(c *puresim.Cluster[message, *replica], i int) *replica {
	return newReplica(c.IDs[i], originOf(c.IDs[i], c.Wall(i)), c.IDs)
}

// observe keeps account of what node i has learnt.
func (s *replicas) observe(i int) {
	s.unseen = slices.DeleteFunc(s.unseen, func(p pending) bool {
		seen := p.to == i && s.Machine(i).have.includes(p.stamp)
		if seen {
			s.delays = append(s.delays, s.Now()-p.at)
		}
		return seen
	})
}

// txn runs a transaction on node i, if that is there.
func (s *replicas) txn(i int, txn ...microOp) {
	s.Do(i, func(r *replica, now time.Duration) []envelope {
		result, out := r.run(txn, s.Wall(i).UnixMicro(), now)
		s.history = append(s.history, ran{r.origin, result})
		if writes(txn) {
			for to := range s.IDs {
				if to != i {
					s.unseen = append(s.unseen, pending{stamp{r.own(), r.origin}, s.Now(), to})
				}
			}
		}
		return out
	})
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
		s.txn(s.rng.IntN(len(s.IDs)), s.random()...)
		n++
	}
}

// requireConverged checks that all nodes know the same and show the same.
func (s *replicas) requireConverged(t *testing.T, about string) {
	t.Helper()
	first := s.Machine(0).store
	for i := range s.IDs {
		require.Equal(t, first.have, s.Machine(i).have, about)
		require.Equal(t, contents(first), contents(s.Machine(i).store), about)
	}
}
