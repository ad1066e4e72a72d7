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

// budgets are the points of the write-up: the least latency, one hop with a wait, the default, and the limits of challenges 3d and 3e.
var budgets = []time.Duration{hop, 190 * time.Millisecond, defaultBudget, 580 * time.Millisecond, 1700 * time.Millisecond}

// What each budget buys under the load of challenges 3d and 3e: of 100 operations a second half are broadcasts.
func TestCostAndLatency(t *testing.T) {
	for i, most := range []struct {
		perOp       float64
		median, max time.Duration
	}{
		{12.6, hop, hop},
		{11.1, 190 * time.Millisecond, 190 * time.Millisecond},
		{2.4, 275 * time.Millisecond, defaultBudget},
		{1.1, 410 * time.Millisecond, 580 * time.Millisecond},
		{0.355, 1020 * time.Millisecond, 1700 * time.Millisecond},
	} {
		t.Run(budgets[i].String(), func(t *testing.T) {
			for seed := range uint64(4) {
				s := newReplicas(25, newPlan(budgets[i]), seed, hop)
				values := s.load(50, 20*time.Second)
				s.Run(30 * time.Second) // as the harness waits before the final reads
				ls := s.latencies()
				median, last := ls[len(ls)/2], ls[len(ls)-1]
				perOp := float64(s.Sent) / float64(2*values)
				if seed == 0 {
					t.Logf("%.3f messages per operation; median %v, maximum %v", perOp, median, last)
				}
				require.LessOrEqual(t, perOp, most.perOp)
				require.LessOrEqual(t, median, most.median)
				require.LessOrEqual(t, last, most.max)
			}
		})
	}
}

// Under any cut, values go wherever a chain of links leads, however roundabout. Once it is healed, they are
// everywhere soon, although no client says anything: what is not acknowledged is sent again.
func TestConvergence(t *testing.T) {
	for i, soon := range []time.Duration{5100 * time.Millisecond, 5190 * time.Millisecond, 2 * time.Second, 2 * time.Second, 4 * time.Second} {
		t.Run(budgets[i].String(), func(t *testing.T) {
			slowest := make(map[string][2]time.Duration) // by kind of cut: before and after it was healed
			for _, n := range []int{1, 2, 3, 5, 25} {
				for seed := range uint64(2) {
					for _, c := range puresim.Cuts(n, rand.New(rand.NewPCG(seed, uint64(n)))) {
						before, after := converge(t, newReplicas(n, newPlan(budgets[i]), seed, hop), c)
						slow := slowest[c.Kind]
						slowest[c.Kind] = [2]time.Duration{max(slow[0], before), max(slow[1], after)}
						require.Less(t, before, time.Hour, "%d nodes, %s, seed %d", n, c.Kind, seed)
						require.LessOrEqual(t, after, soon, "%d nodes, %s, seed %d", n, c.Kind, seed)
					}
				}
			}
			t.Logf("slowest under the cut, and after the heal: %v", slowest)
		})
	}
}

// converge cuts s, gives random replicas values, and returns the time until these are wherever they can get to, an hour at the most,
// and then, after the heal, until they are everywhere.
func converge(t *testing.T, s *replicas, c puresim.Cut) (before, after time.Duration) {
	n := len(s.IDs)
	s.Run(3 * time.Second)
	s.Cut = c.Drops
	origin := make([]int, n) // of the values 0 to n-1
	for v := range origin {
		origin[v] = s.rng.IntN(n)
		s.add(origin[v], int64(v))
	}
	spread := func() bool {
		for v, from := range origin {
			for to, can := range reach(n, from, c) {
				if can && !s.Machine(to).have.containsAll(set{{int64(v), int64(v)}}) {
					return false
				}
			}
		}
		return true
	}
	began := s.Now()
	s.Run(began + 5*time.Second + time.Duration(s.rng.Int64N(int64(time.Second))))
	for !spread() && s.Now() < began+time.Hour {
		s.Run(s.Now() + time.Second)
	}
	healed := s.Now()
	s.Cut = puresim.Whole
	s.Run(healed + 10*time.Second)
	require.Len(t, s.whole, n)
	for _, at := range s.whole {
		after = max(after, at-healed)
	}
	return healed - began, after
}

// Faults come and go while clients are busy, and latencies vary, so messages overtake each other.
func TestConvergenceUnderLoad(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := newReplicas(5+int(seed/2), newPlan(budgets[seed%5]), seed, hop)
		s.Latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(hop)) }
		values := s.load(50, 20*time.Second)
		for s.Now() < 20*time.Second {
			all := puresim.Cuts(len(s.IDs), rng)
			s.Cut = all[rng.IntN(len(all))].Drops
			s.Run(s.Now() + 2*time.Second)
		}
		s.Cut = puresim.Whole
		s.Run(s.Now() + 10*time.Second) // exponential latencies have no upper limit
		require.Len(t, s.whole, values, "seed %d", seed)
		require.Equal(t, set{{0, int64(values) - 1}}, s.Machine(0).have)
	}
}

// Half of all messages are lost, at random, for ever.
func TestConvergenceUnderLoss(t *testing.T) {
	for seed := range uint64(20) {
		s := newReplicas(10, newPlan(budgets[seed%5]), seed, hop)
		s.Cut = func(int, int) bool { return s.rng.IntN(2) == 0 }
		values := s.load(20, 10*time.Second)
		s.Run(30 * time.Second)
		require.Len(t, s.whole, values, "seed %d", seed)
	}
}

// However bad the network is, a second costs a node that has no new values at most one message to
// each neighbour and one exchange.
func TestNoStorms(t *testing.T) {
	const n, period = 25, 20
	for i, c := range puresim.Cuts(n, rand.New(rand.NewPCG(1, 2))) {
		s := newReplicas(n, newPlan(budgets[2+i%3]), 1, hop)
		s.Cut = c.Drops
		s.load(50, 5*time.Second)
		s.Run(10 * time.Second)
		before := s.Sent
		s.Run(s.Now() + period*time.Second)
		edges, exchanges := 2*(n-1), 2*(n-1) // an edge has two ends, an exchange may be answered
		require.LessOrEqual(t, s.Sent-before, period*(edges+exchanges), c.Kind)
	}
}

// Once all is acknowledged, only the background exchanges are left, and they find nothing to answer.
func TestQuiet(t *testing.T) {
	const n = 10
	s := newReplicas(n, newPlan(defaultBudget), 1, hop)
	s.load(50, 2*time.Second)
	s.Run(5 * time.Second)
	before := s.Sent
	s.Run(s.Now() + 10*silentAfter)
	require.Equal(t, 10*(n-1), s.Sent-before)
}

// A leaf that gets no acknowledgement from the hub asks random leaves, and is told what it lacks, once.
func TestExchange(t *testing.T) {
	r := newReplica(newPlan(defaultBudget), "n1", []string{"n0", "n1", "n2"}, rand.New(rand.NewPCG(1, 1)))
	r.joining, r.unackedSince = false, never
	r.exchangedAt = 0
	require.Equal(t, []envelope{{Dest: "n0", Message: gossip{set{{7, 7}}, true}}}, r.broadcast(7, time.Millisecond))
	require.Equal(t, time.Millisecond+r.pace.retry, r.Next())
	require.Equal(t, []envelope{
		{Dest: "n0", Message: gossip{set{{7, 7}}, true}},
		{Dest: "n2", Message: gossip{set{{7, 7}}, true}},
	}, r.Tick(r.Next()))

	// n2's answer brings news for the hub, and is not answered.
	now := r.exchangedAt + hop
	require.Equal(t, []envelope{{Dest: "n0", Message: gossip{set{{7, 8}}, true}}}, r.Receive("n2", gossip{set{{7, 8}}, false}, now))
	// n2 asks, and lacks nothing.
	require.Empty(t, r.Receive("n2", gossip{set{{7, 8}}, true}, now))
	// It lacks 9, but does not ask: answers to answers would go back and forth as long as there is news.
	r.broadcast(9, now)
	require.Empty(t, r.Receive("n2", gossip{set{{7, 8}}, false}, now))
	// It asks, and lacks 9.
	answer := []envelope{{Dest: "n2", Message: gossip{set{{7, 9}}, false}}}
	require.Equal(t, answer, r.Receive("n2", gossip{set{{7, 8}}, true}, now))
	// It asks again before the answer can have arrived, and once more when that must have been lost.
	require.Empty(t, r.Receive("n2", gossip{set{{7, 8}}, true}, now+hop))
	now += r.pace.retry
	r.Tick(now - 1) // the exchange that is due meanwhile
	r.peers["n2"].sentAt = now - r.pace.retry
	require.Subset(t, r.Receive("n2", gossip{set{{7, 8}}, true}, now), answer)
}

// A node that was started anew has lost everything, and nobody has any news for it. So it asks.
func TestRestart(t *testing.T) {
	for restarted := range 3 {
		s := newReplicas(3, newPlan(defaultBudget), 1, hop)
		s.load(50, 2*time.Second)
		s.Run(10 * time.Second)
		all := s.Machine(0).have
		s.Start(restarted)
		s.Run(s.Now() + 4*time.Second)
		require.Equal(t, all, s.Machine(restarted).have, s.IDs[restarted])
	}
}

// It goes on asking until it hears something, and then no more.
func TestAskUntilHeard(t *testing.T) {
	r := newReplica(newPlan(defaultBudget), "n0", []string{"n0", "n1"}, rand.New(rand.NewPCG(1, 1)))
	r.exchangedAt = 0
	for i := range 5 {
		now := time.Duration(i+1) * r.pace.retry
		require.Equal(t, now, r.Next())
		require.Equal(t, []envelope{{Dest: "n1", Message: gossip{set{}, true}}}, r.Tick(now))
	}
	require.Empty(t, r.Receive("n1", gossip{set{{1, 2}}, false}, 6*r.pace.retry))
	require.Equal(t, never, r.Next())
}

func TestGossipOfStrangersIsIgnored(t *testing.T) {
	r := newReplica(newPlan(defaultBudget), "n1", []string{"n1", "n2"}, rand.New(rand.NewPCG(1, 1)))
	require.Empty(t, r.Receive("c3", gossip{set{{1, 1}}, true}, 0))
	require.Empty(t, r.have)
}

func BenchmarkReceive(b *testing.B) {
	nodes := newReplicas(25, newPlan(defaultBudget), 1, hop).IDs
	r := newReplica(newPlan(defaultBudget), "n0", nodes, rand.New(rand.NewPCG(1, 1)))
	now := time.Duration(0)
	v := int64(0)
	for b.Loop() {
		now += time.Millisecond
		v++
		r.Receive(nodes[1+v%24], gossip{set{{0, v}}, true}, now)
		r.Next()
	}
}

// BenchmarkHeal measures for how long values that a cut has held up are missing somewhere after it was healed, while
// clients are busy as in challenge 3d.
func BenchmarkHeal(b *testing.B) {
	for _, budget := range budgets {
		b.Run(fmt.Sprintf("budget=%v", budget), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				took = nil
				for seed := range uint64(20) {
					for _, c := range puresim.Cuts(25, rand.New(rand.NewPCG(seed, 3))) {
						took = append(took, heal(newReplicas(25, newPlan(budget), seed, hop), c))
					}
				}
				slices.Sort(took)
			}
			b.ReportMetric(took[len(took)/2].Seconds()*1000, "median-ms")
			b.ReportMetric(took[len(took)-1].Seconds()*1000, "max-ms")
		})
	}
}

// heal cuts s for eight seconds, and returns how long after that the last value from before is everywhere.
func heal(s *replicas, c puresim.Cut) time.Duration {
	const from, to = 4 * time.Second, 12 * time.Second
	s.load(50, 20*time.Second)
	s.Run(from)
	s.Cut = c.Drops
	s.Run(to)
	s.Cut = puresim.Whole
	s.Run(30 * time.Second)
	last := to
	for v, at := range s.addedAt {
		if at <= to {
			last = max(last, s.whole[v])
		}
	}
	return last - to
}
