package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

// One node at a time is killed and comes back with nothing. What had been everywhere, which
// is what acks=all waits for, and what anybody was shown is still there, in its place.
func TestKill(t *testing.T) {
	kills := 0
	for seed := range uint64(2) {
		for n := 2; n <= 4; n++ {
			rng := rand.New(rand.NewPCG(seed, uint64(n)))
			s := newReplicas(t, n, seed, 0)
			s.Latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(20*time.Millisecond)) }
			s.Copies = func(int, int) int { return min(1, rng.IntN(10)) + rng.IntN(10)/9 }
			s.load(200, 10*time.Second)
			for s.Now() < 10*time.Second {
				s.Run(s.Now() + time.Duration(rng.Int64N(int64(500*time.Millisecond))))
				if slices.ContainsFunc(s.Members, func(m *puresim.Member[message, *replica]) bool { return !m.Machine.writes() }) {
					continue
				}
				i := rng.IntN(n)
				s.Kill(i)
				kills++
				s.Run(s.Now() + time.Duration(rng.Int64N(int64(100*time.Millisecond))))
				s.restart(i)
			}
			s.Copies = connected
			s.Run(s.Now() + 3*time.Second)
			s.requireAll(func(x *sending) bool { return x.acked })
			acked := 0
			for _, x := range s.sends {
				if x.acked {
					acked++
				}
			}
			require.Greater(t, acked, 100)
		}
	}
	t.Logf("%d kills", kills)
}

// A node that does not know its past shows nothing and writes nothing until every other has answered.
func TestJoin(t *testing.T) {
	s := newReplicas(t, 3, 1, time.Millisecond)
	s.Run(time.Second)
	for range 3*maxItems + 1 {
		s.send(0)
	}
	s.Run(2 * time.Second)
	s.Kill(0)
	s.Copies = func(from, to int) int {
		if from+to == 2 { // nodes 0 and 2
			return 0
		}
		return 1
	}
	s.restart(0)
	s.Run(10 * time.Second)
	m := s.Machine(0)
	require.False(t, m.writes())
	require.False(t, m.reachable())
	require.Empty(t, m.poll("k1", 0))
	require.False(t, s.send(0))

	s.Copies = connected
	s.Run(s.Now() + time.Second)
	require.True(t, m.writes())
	require.True(t, m.reachable())
	require.NotEmpty(t, m.poll("k1", 0))
	require.True(t, s.send(0))
	s.Run(s.Now() + time.Second)
	s.requireAll(always)
}

// A long past comes in several runs. Before the last of them nothing is written, however long they take.
func TestJoinInRuns(t *testing.T) {
	const hop, runs = 100 * time.Millisecond, 4
	s := newReplicas(t, 2, 1, hop)
	s.Run(time.Second)
	for range (runs-1)*maxItems + 1 {
		s.send(0)
	}
	s.Run(5 * time.Second)
	s.timing.alone = 3 * hop
	s.Kill(0)
	s.restart(0)
	began, incarnation := s.Now(), s.Machine(0).incarnation
	for !s.send(0) {
		require.Less(t, s.Now()-began, 5*time.Second)
		s.Run(s.Now() + time.Millisecond)
	}
	require.GreaterOrEqual(t, s.Now()-began, runs*2*hop)
	s.Run(s.Now() + 5*time.Second)
	require.Equal(t, incarnation, s.Machine(0).incarnation)
	s.requireAll(always)
}

// Nodes that are cut off from the start go on alone, and exchange what they have when they can.
func TestAlone(t *testing.T) {
	for n := 2; n <= 3; n++ {
		s := newReplicas(t, n, 1, time.Millisecond)
		s.timing.alone = 500 * time.Millisecond
		s.Copies = severed
		for i := range n {
			s.restart(i)
		}
		require.False(t, s.send(0))
		s.Run(499 * time.Millisecond)
		require.False(t, s.send(0))
		s.Run(500 * time.Millisecond)
		for range 2*maxItems + 1 {
			for i := range n {
				require.True(t, s.send(i))
			}
		}
		s.Copies = connected
		s.Run(s.Now() + time.Second)
		require.True(t, s.caughtUp())
		s.requireAll(always)
	}
}

// A node that goes on alone though it has a past forgets, as soon as it can know, what it has written: nobody has seen
// it. With acks=1 clients lose it, as they lose what a killed node has not sent yet.
func TestKillAlone(t *testing.T) {
	forgot := 0
	for seed := range uint64(4) {
		s := newReplicas(t, 2, seed, time.Millisecond)
		s.timing.alone = 500 * time.Millisecond
		for i := range s.IDs {
			s.restart(i)
		}
		s.load(100, 30*time.Second)
		for s.Now() < 30*time.Second {
			s.Run(s.Now() + time.Duration(s.rng.Int64N(int64(2*time.Second))))
			i := s.rng.IntN(2)
			s.Kill(i)
			s.Copies = severed
			s.restart(i)
			s.Run(s.Now() + time.Duration(s.rng.Int64N(int64(time.Second))))
			s.Copies = connected
			before := s.Machine(i).incarnation
			s.Run(s.Now() + time.Second)
			require.True(t, s.Machine(i).writes())
			if s.Machine(i).incarnation != before {
				forgot++
			}
		}
		s.Run(s.Now() + time.Second)
		s.requireAll(func(x *sending) bool { return x.acked })
	}
	require.Greater(t, forgot, 5)
}

// What was sent to an earlier incarnation says nothing about what came from it later.
func TestLateMessageDoesNotCount(t *testing.T) {
	for of, joined := range map[int64]bool{0: false, 6: false, 7: true} {
		r := newReplica("n0", []string{"n0", "n1"}, timings(true, false), 7)
		r.Receive("n1", message{Incarnation: 3, Of: of}, 0)
		require.Equal(t, joined, r.writes())
	}
}

func TestStrangersAreIgnored(t *testing.T) {
	r := newReplica("n0", []string{"n0", "n1"}, timings(true, false), 7)
	m := message{Incarnation: 3, Of: 7, Ask: round}
	require.Empty(t, r.Receive("n0", m, 0))
	require.Empty(t, r.Receive("c1", m, 0))
	require.False(t, r.writes())
	require.Len(t, r.Receive("n1", m, 0), 1)
	m.Incarnation = 2
	require.Empty(t, r.Receive("n1", m, 0), "n1 has been started again since")
}
