package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// cut returns a random cut of each kind that the harness draws, and of one-way ones.
func cut(n int, rng *rand.Rand) func(from, to int) bool {
	order := rng.Perm(n) // order[i] is the place of node i
	size := 1 + rng.IntN(n)
	split := func(a, b int) bool { return (order[a] < size) != (order[b] < size) }
	ring := func(a, b int) bool { d := (order[b] - order[a] + n) % n; return min(d, n-d) > n/4 }
	oneWay := func(a, b int) bool { return split(a, b) && order[a] < order[b] }
	everybody := func(int, int) bool { return true }
	return []func(a, b int) bool{split, split, ring, oneWay, everybody}[rng.IntN(5)]
}

func none(int, int) bool { return false }

// challenge4 is the load of challenge 4, for 20 s: three nodes, 100 operations a second, and partitions that come and
// go. It ends 10 s after the last heal, as the harness does; a second after it all nodes were exact.
func challenge4(s *sim) {
	toggle := s.now() + 4*time.Second
	cutOff := false
	s.load(100, 20*time.Second, func() {
		if s.now() < toggle {
			return
		}
		toggle = s.now() + time.Duration(s.rng.Int64N(int64(8*time.Second)))
		s.drops = none
		if cutOff = !cutOff; cutOff {
			s.drops = cut(len(s.ids), s.rng)
		}
	})
	s.drops = none
	s.run(21 * time.Second)
	s.requireExact()
	s.run(30 * time.Second)
	s.requireExact()
}

func TestChallenge4(t *testing.T) {
	for _, c := range []struct {
		durable   bool
		msgsPerOp float64
	}{{false, 0.15}, {true, 1.5}} {
		worst := 0.0
		for seed := range uint64(6) {
			simulate(t, 3, seed, c.durable, func(s *sim) {
				s.latency = func() time.Duration { return time.Duration(s.rng.Int64N(int64(2 * time.Millisecond))) }
				challenge4(s)
				perOp := float64(s.servers) / float64(s.ops)
				require.LessOrEqual(s.t, perOp, c.msgsPerOp, "seed %d", seed)
				worst = max(worst, perOp)
			})
		}
		t.Logf("durable %v: at most %.3f messages per operation", c.durable, worst)
	}
}

// Hops take 100 ms, and the nodes are as exact a second after the heal.
func TestChallenge4Slow(t *testing.T) {
	for seed := range uint64(3) {
		simulate(t, 3, seed, false, func(s *sim) {
			s.latency = func() time.Duration { return 100 * time.Millisecond }
			challenge4(s)
		})
	}
}

// The same seed gives the same run.
func TestReproducible(t *testing.T) {
	for _, durable := range []bool{false, true} {
		var sums []uint64
		for range 2 {
			simulate(t, 3, 1, durable, func(s *sim) {
				s.latency = func() time.Duration { return time.Duration(s.rng.Int64N(int64(300 * time.Millisecond))) }
				s.load(100, 5*time.Second, func() {})
				s.kill(1)
				s.load(100, 6*time.Second, func() {})
				s.revive(1)
				s.load(100, 10*time.Second, func() {})
				sums = append(sums, s.journal.Sum64())
			})
		}
		require.Equal(t, sums[0], sums[1])
	}
}

// Messages are lost, repeated, and overtake each other, also those to seq-kv.
func TestBadNetwork(t *testing.T) {
	for seed := range uint64(4) {
		for _, n := range []int{1, 2, 3, 5} {
			simulate(t, n, seed, seed%2 == 1, func(s *sim) {
				s.latency = func() time.Duration { return time.Duration(s.rng.ExpFloat64() * float64(50*time.Millisecond)) }
				s.repeats = func() bool { return s.rng.IntN(5) == 0 }
				s.drops = func(int, int) bool { return s.rng.IntN(3) == 0 }
				s.load(100, 5*time.Second, func() {})
				s.run(12 * time.Second)
				s.requireExact()
			})
		}
	}
}

// Nodes are killed and started again while clients are busy and the network is bad. What was
// acknowledged is there in the end.
func TestDurableSurvivesKills(t *testing.T) {
	for seed := range uint64(8) {
		simulate(t, 3, seed, true, func(s *sim) {
			s.latency = func() time.Duration { return time.Duration(s.rng.ExpFloat64() * float64(20*time.Millisecond)) }
			s.repeats = func() bool { return s.rng.IntN(5) == 0 }
			s.load(100, 12*time.Second, func() {
				i := s.rng.IntN(len(s.ids))
				switch s.rng.IntN(60) {
				case 0, 1:
					s.kill(i)
				case 2, 3, 4:
					if s.lives[i] == nil {
						s.revive(i)
					}
				case 5:
					s.drops = cut(len(s.ids), s.rng)
				case 6, 7:
					s.drops = none
				}
			})
			for i := range s.ids {
				s.kill(i)
			}
			s.run(13 * time.Second)
			s.drops = none
			for i := range s.ids {
				s.revive(i)
			}
			s.run(17 * time.Second)
			s.requireWithin()
			acknowledged, _ := s.sums(all)
			require.Positive(s.t, acknowledged)
		})
	}
}

// window is how old an acknowledged add may be and yet be lost by a kill, without -durable: as old as the latest write, and the
// message that it is. A node that others can hear loses no more than what is new since the last tick.
const (
	hop          = 20 * time.Millisecond
	window       = saveEvery + hop
	gossipWindow = gossipEvery + hop
)

func TestDefaultLosesItsWindow(t *testing.T) {
	for _, c := range []struct {
		name   string
		window time.Duration
		killed []int
		drops  func(from, to int) bool
	}{
		{"one of three", gossipWindow, []int{1}, none},
		{"one, cut off", window, []int{1}, func(from, to int) bool { return (from == 1) != (to == 1) }},
		{"all at once", window, []int{0, 1, 2}, none},
	} {
		lost := time.Duration(0) // the age of the oldest add that was lost
		for seed := range uint64(6) {
			simulate(t, 3, seed, false, func(s *sim) {
				s.latency = func() time.Duration { return hop }
				s.load(100, 5*time.Second, func() {})
				s.drops = c.drops
				end := 8*time.Second + time.Duration(s.rng.Int64N(int64(saveEvery)))
				s.load(100, end, func() {})
				for _, i := range c.killed {
					s.kill(i)
				}
				s.run(end + time.Second)
				for _, i := range c.killed {
					s.revive(i)
				}
				s.drops = none
				s.load(100, end+2*time.Second, func() {})
				s.run(end + 4*time.Second)

				sum := s.read(0)
				for i := range s.ids {
					require.Equal(s.t, sum, s.read(i))
				}
				safe, _ := s.sums(func(a *call) bool {
					return a.at <= end-c.window || a.at > end || !slices.Contains(c.killed, a.node)
				})
				require.GreaterOrEqual(s.t, sum, safe, "%s, seed %d", c.name, seed)
				_, attempted := s.sums(all)
				require.LessOrEqual(s.t, sum, attempted)
				for age := time.Duration(0); age < c.window; age += time.Millisecond {
					safe, _ := s.sums(func(a *call) bool {
						return a.at <= end-age || a.at > end || !slices.Contains(c.killed, a.node)
					})
					if sum >= safe {
						lost = max(lost, age)
						break
					}
				}
			})
		}
		t.Logf("%s: adds of the last %v are lost, of at most %v", c.name, lost, c.window)
	}
}

// A node that begins a new life has its own earlier total and those of the others at once, from seq-kv if there
// is nobody to ask.
func TestRecovery(t *testing.T) {
	for _, cutOff := range []bool{false, true} {
		simulate(t, 3, 1, true, func(s *sim) {
			for i := range s.ids {
				s.add(i, 100)
			}
			s.run(5 * time.Second)
			s.kill(1)
			s.run(6 * time.Second)
			if cutOff {
				s.drops = func(int, int) bool { return true }
			}
			s.revive(1)
			for s.read(1) != 300 {
				require.Less(s.t, s.now(), 6*time.Second+20*time.Millisecond, "cut off: %v", cutOff)
			}
		})
	}
}

// Without seq-kv a node is as available as with it. Only -durable waits, and says that it does not know.
func TestWithoutSeqKV(t *testing.T) {
	simulate(t, 3, 1, false, func(s *sim) {
		s.kvAbsent = true
		s.load(100, 5*time.Second, func() {})
		s.run(6 * time.Second)
		s.requireExact()
	})
	simulate(t, 2, 1, true, func(s *sim) {
		s.run(time.Second)
		s.kvAbsent = true
		var adds []*call
		for range 5 {
			s.run(s.now() + 100*time.Millisecond)
			adds = append(adds, s.add(0, 1))
		}
		s.run(s.now() + 2*node.DefaultDeadline)
		for _, a := range adds {
			require.Equal(s.t, node.Timeout, a.errorCode)
		}
		require.EqualValues(s.t, 5, s.read(1), "the others are told of what is not durable, too")
		s.kvAbsent = false
		require.Equal(s.t, -1, s.answerTo(s.add(0, 1)).errorCode)
	})
}

// answerTo waits for the reply to c.
func (s *sim) answerTo(c *call) *call {
	for c.answered == 0 {
		s.step()
	}
	return c
}

// Adds that wait together share one swap.
func TestGroupCommit(t *testing.T) {
	simulate(t, 1, 1, true, func(s *sim) {
		s.latency = func() time.Duration { return hop }
		s.run(time.Second)
		before := s.servers
		for range 100 {
			s.add(0, 1)
		}
		s.run(s.now() + 5*hop)
		acknowledged, _ := s.sums(all)
		require.EqualValues(s.t, 100, acknowledged)
		require.Equal(s.t, 2*2, s.servers-before, "one swap for the first add, one for the others")
	})
}

// Once all know everything, and seq-kv too, there is silence.
func TestQuiet(t *testing.T) {
	simulate(t, 4, 1, false, func(s *sim) {
		s.load(100, 2*time.Second, func() {})
		s.run(6 * time.Second)
		before := s.servers
		s.run(s.now() + time.Minute)
		require.Equal(s.t, before, s.servers)
	})
}

// However bad the network is, a tick costs a node at most a message to each peer, and as many answers.
func TestNoStorms(t *testing.T) {
	const n, ticks = 4, 20
	simulate(t, n, 1, false, func(s *sim) {
		s.kvAbsent = true
		s.latency = func() time.Duration { return time.Duration(s.rng.Int64N(int64(2 * time.Second))) }
		s.repeats = func() bool { return s.rng.IntN(2) == 0 }
		s.drops = func(int, int) bool { return s.rng.IntN(2) == 0 }
		s.load(100, 5*time.Second, func() {})
		before := s.servers
		s.load(100, s.now()+ticks*gossipEvery, func() {})
		swaps := n * (int(ticks*gossipEvery/saveEvery) + 1)
		require.LessOrEqual(s.t, s.servers-before, ticks*2*n*(n-1)+swaps)
	})
}
