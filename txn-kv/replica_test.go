package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const hop = 10 * time.Millisecond

func none() {}

// Nodes that are busy in turns, so that none has anything to ride on.
func TestCostOneWay(t *testing.T) {
	s := newReplicas(2, 1)
	s.latency = func() time.Duration { return hop }
	s.Run(time.Second)
	sent := s.sent
	for range 1000 {
		s.txn(0, w("1", "1"))
		s.Run(s.Now() + 10*time.Millisecond)
	}
	perSecond := float64(s.sent-sent) / 10
	t.Logf("%.1f messages per second", perSecond)
	require.LessOrEqual(t, perSecond, 15.1)
}

// Everything at once: cuts come and go, messages are lost, repeated and overtake each other, nodes stand still and are
// killed, clocks are wrong. Every transaction is causally consistent all the same, and in
// the end all nodes agree.
func TestFaults(t *testing.T) {
	for seed := range uint64(24) {
		for _, n := range []int{1, 2, 3, 5} {
			s := newReplicas(n, seed)
			hop := []time.Duration{time.Millisecond, hop, 10 * hop, 30 * hop}[seed%4]
			s.latency = func() time.Duration { return time.Duration(s.rng.ExpFloat64() * float64(hop)) }
			s.repeats = func() bool { return s.rng.IntN(5) == 0 }
			cut := whole
			loss := s.rng.IntN(3) // of 5 messages
			s.cut = func(from, to int) bool { return cut(from, to) || s.rng.IntN(5) < loss }
			kills := seed%3 == 0
			s.load(100, 8*time.Second, func() {
				i := s.rng.IntN(n)
				switch m := s.nodes[i]; s.rng.IntN(120) {
				case 0:
					all := cuts(n, s.rng)
					cut = all[s.rng.IntN(len(all))]
				case 1, 2:
					cut = whole
				case 3:
					m.paused = s.Now() + time.Duration(s.rng.Int64N(int64(2*time.Second)))
				case 4:
					m.skew = time.Duration(s.rng.Int64N(int64(2*time.Hour))) - time.Hour
				case 5, 6:
					if kills && m.replica != nil {
						s.kill(i)
					} else if m.replica == nil {
						s.start(i)
					}
				}
			})
			cut, loss = whole, 0
			for i, m := range s.nodes {
				if m.replica == nil {
					s.start(i)
				}
			}
			s.Run(s.Now() + 10*time.Second)
			s.requireConverged(t, fmt.Sprintf("seed %d, %d nodes", seed, n))
			require.NoError(t, causal(s.history), "seed %d, %d nodes", seed, n)
			if !kills {
				require.Empty(t, s.unseen, "seed %d, %d nodes", seed, n)
			}

			sent := s.sent
			s.Run(s.Now() + time.Hour)
			require.Equal(t, sent, s.sent, "an idle system sends nothing")
		}
	}
}

// Where two nodes cannot reach each other, a third one passes on what they write.
func TestRelay(t *testing.T) {
	s := newReplicas(3, 1)
	s.latency = func() time.Duration { return hop }
	s.cut = func(from, to int) bool { return from+to == 1 } // n0 and n1
	s.load(100, 10*time.Second, none)
	slices.Sort(s.delays)
	median, last := s.delays[len(s.delays)/2], s.delays[len(s.delays)-1]
	t.Logf("delay: median %v, maximum %v", median, last)
	require.LessOrEqual(t, last, retryAfter+2*(pace+hop))
	require.NoError(t, causal(s.history))
}

// A node that is killed loses what it has not sent: with a link that works, what is younger than a
// pace. Back again, it has the rest as soon as it has been answered.
func TestKill(t *testing.T) {
	lost := time.Duration(0)
	for seed := range uint64(20) {
		s := newReplicas(2, seed)
		s.latency = func() time.Duration { return hop }
		s.load(200, 3*time.Second+time.Duration(s.rng.Int64N(int64(pace))), none)
		killed := s.Now()
		s.kill(0)
		s.load(200, killed+time.Second, none)
		mine := slices.DeleteFunc(slices.Clone(s.unseen), func(p pending) bool { return p.to == 0 })
		for _, p := range mine {
			lost = max(lost, killed-p.at)
		}
		s.nodes[0].skew = -time.Minute // its clock goes back, too
		s.start(0)
		started := s.Now()
		s.Run(started + 2*hop)
		s.requireConverged(t, fmt.Sprint("seed ", seed))
		s.load(200, started+time.Second, none)
		s.Run(s.Now() + time.Second)
		s.requireConverged(t, fmt.Sprint("seed ", seed))
		require.NoError(t, causal(s.history))
		require.Equal(t, len(mine), len(s.unseen), "nothing else is lost")
	}
	t.Logf("lost: what was at most %v old", lost)
	require.Less(t, lost, pace)
}

// However bad the network is, a node sends a peer no more than a message each pace, and an answer
// to what it gets.
func TestNoStorms(t *testing.T) {
	const seconds = 20
	for _, n := range []int{2, 4} {
		for k := range 4 {
			s := newReplicas(n, 1)
			s.latency = func() time.Duration { return time.Duration(s.rng.Int64N(int64(2 * time.Second))) }
			s.repeats = func() bool { return s.rng.IntN(2) == 0 }
			s.cut = cuts(n, s.rng)[k]
			s.load(100, seconds*time.Second, none)
			require.LessOrEqual(t, s.sent, n*(n-1)*int(seconds*time.Second/pace)*5/4)
		}
	}
}

// A peer that is away is asked, not sent ever more.
func TestAwayPeer(t *testing.T) {
	s := newReplicas(2, 1)
	s.Run(time.Second)
	s.kill(1)
	sent, carried := s.sent, s.carried
	s.load(1000, 31*time.Second, none)
	require.LessOrEqual(t, s.sent-sent, 30*2+5)
	require.LessOrEqual(t, s.carried-carried, 1000)
}

// trace runs two replicas and returns what they send, as "time sender: keys, and ? if it asks".
func trace(end time.Duration, drop func(nth int) bool, play func(s *replicas)) []string {
	var lines []string
	s := newReplicas(2, 1)
	s.latency = func() time.Duration { return hop }
	s.Run(time.Second)
	s.log = func(from int, m envelope) {
		line := fmt.Sprintf("%v n%d:", s.Now()-time.Second, from)
		for _, w := range m.Message.Writes {
			line += " " + string(w.Key)
		}
		if m.Message.Ask {
			line += "?"
		}
		lines = append(lines, line)
	}
	arrived := 0
	s.cut = func(int, int) bool {
		arrived++
		return drop(arrived)
	}
	play(s)
	s.Run(s.Now() + end)
	return lines
}

func TestTraces(t *testing.T) {
	ms := time.Millisecond
	one := func(s *replicas) { s.txn(0, w("1", "1")) }
	nothing := func(int) bool { return false }
	for _, c := range []struct {
		name string
		drop func(nth int) bool
		play func(s *replicas)
		want []string
	}{
		{"a read says nothing", nothing, func(s *replicas) { s.txn(0, r("1", "")) }, nil},
		{"a write goes out at once, and is confirmed", nothing, one, []string{"0s n0: 1?", "210ms n1:"}},
		{
			"what follows waits for the pace, and the last value counts", nothing,
			func(s *replicas) {
				s.txn(0, w("1", "1"))
				s.Run(s.Now() + 50*ms)
				s.txn(0, w("2", "1"), w("3", "1"))
				s.txn(0, w("3", "2"))
			},
			// Key 1 goes again, as it is not confirmed.
			[]string{"0s n0: 1?", "100ms n0: 1 2 3?", "210ms n1:"},
		},
		{
			"confirmations ride along", nothing,
			func(s *replicas) {
				s.txn(0, w("1", "1"))
				s.Run(s.Now() + 50*ms)
				s.txn(1, w("2", "1"))
			},
			[]string{"0s n0: 1?", "50ms n1: 2?", "260ms n0:"},
		},
		{
			"the peer does not answer: it is asked, answers, and gets what it lacks",
			func(nth int) bool { return nth == 1 }, one,
			[]string{"0s n0: 1?", "500ms n0:?", "510ms n1:?", "600ms n0: 1?", "810ms n1:"},
		},
		{
			"a lost confirmation is asked for",
			func(nth int) bool { return nth == 2 }, one,
			[]string{"0s n0: 1?", "210ms n1:", "500ms n0:?", "710ms n1:"},
		},
		{
			"who starts anew gets everything at once", nothing,
			func(s *replicas) {
				s.txn(0, w("1", "1"))
				s.Run(s.Now() + time.Second)
				s.kill(0)
				s.start(0)
			},
			[]string{"0s n0: 1?", "210ms n1:", "1s n0:?", "1.01s n1: 1?", "1.22s n0:"},
		},
		{
			"who is believed to have more says so at once", nothing,
			func(s *replicas) {
				s.txn(0, w("1", "1"))
				s.Run(s.Now() + time.Second)
				s.cut = func(_, to int) bool { return to == 1 } // n1 does not hear of the new life
				s.kill(0)
				s.start(0)
				s.Run(s.Now() + 20*ms)
				s.cut = whole
				s.txn(1, w("2", "1"))
			},
			[]string{
				"0s n0: 1?", "210ms n1:", "1s n0:?",
				"1.02s n1: 2?", "1.03s n0:?", "1.04s n1: 1 2?", "1.25s n0:",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, trace(10*time.Second, c.drop, c.play))
		})
	}
}

func TestStrangersAreIgnored(t *testing.T) {
	re := newReplica("n1", "n1@1", []string{"n1", "n2"})
	u := update{Have: vector{"c1@1": 1}, Writes: []write{{"1", []byte("1"), stamp{1, "c1@1"}}}}
	for _, from := range []string{"c1", "n1", "n3", ""} {
		require.Empty(t, re.Receive(from, message{u, true}, 0), from)
	}
	u.Have = nil
	require.Empty(t, re.Receive("n2", message{u, true}, 0), "not valid")
	require.Equal(t, newStore("n1@1"), re.store)
}
