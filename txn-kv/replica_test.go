package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
	"glomers/node/nodetest"
)

const hop = 10 * time.Millisecond

func none() {}

// Nodes that are busy in turns, so that none has anything to ride on.
func TestCostOneWay(t *testing.T) {
	s := newReplicas(2, 1)
	s.Latency = func() time.Duration { return hop }
	s.Run(time.Second)
	sent := s.Sent
	for range 1000 {
		s.txn(0, w("1", "1"))
		s.Run(s.Now() + 10*time.Millisecond)
	}
	perSecond := float64(s.Sent-sent) / 10
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
			s.Shared = seed >= 4
			hop := []time.Duration{time.Millisecond, hop, 10 * hop, 30 * hop}[seed%4]
			s.Latency = func() time.Duration { return time.Duration(s.rng.ExpFloat64() * float64(hop)) }
			s.Copies = func(int, int) int { return 1 + s.rng.IntN(5)/4 }
			cut := puresim.Whole
			loss := s.rng.IntN(3) // of 5 messages
			s.Cut = func(from, to int) bool { return cut(from, to) || s.rng.IntN(5) < loss }
			kills := seed%3 == 0
			s.load(100, 8*time.Second, func() {
				i := s.rng.IntN(n)
				switch m := s.Members[i]; s.rng.IntN(120) {
				case 0:
					all := puresim.Cuts(n, s.rng)
					cut = all[s.rng.IntN(len(all))].Drops
				case 1, 2:
					cut = puresim.Whole
				case 3:
					m.Paused = s.Now() + time.Duration(s.rng.Int64N(int64(2*time.Second)))
				case 4:
					m.Skew = time.Duration(s.rng.Int64N(int64(2*time.Hour))) - time.Hour
				case 5, 6:
					if m.Down {
						s.Start(i)
					} else if kills {
						s.Kill(i)
					}
				}
			})
			cut, loss = puresim.Whole, 0
			for i, m := range s.Members {
				if m.Down {
					s.Start(i)
				}
			}
			s.Run(s.Now() + 10*time.Second)
			s.requireConverged(t, fmt.Sprintf("seed %d, %d nodes", seed, n))
			require.NoError(t, causal(s.history), "seed %d, %d nodes", seed, n)
			if !kills {
				require.Empty(t, s.unseen, "seed %d, %d nodes", seed, n)
			}

			sent := s.Sent
			s.Run(s.Now() + time.Hour)
			require.Equal(t, sent, s.Sent, "an idle system sends nothing")
		}
	}
}

// Where two nodes cannot reach each other, a third one passes on what they write.
func TestRelay(t *testing.T) {
	s := newReplicas(3, 1)
	s.Latency = func() time.Duration { return hop }
	s.Cut = func(from, to int) bool { return from+to == 1 } // n0 and n1
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
		s.Latency = func() time.Duration { return hop }
		s.load(200, 3*time.Second+time.Duration(s.rng.Int64N(int64(pace))), none)
		killed := s.Now()
		s.Kill(0)
		s.load(200, killed+time.Second, none)
		mine := slices.DeleteFunc(slices.Clone(s.unseen), func(p pending) bool { return p.to == 0 })
		for _, p := range mine {
			lost = max(lost, killed-p.at)
		}
		s.Members[0].Skew = -time.Minute // its clock goes back, too
		s.Start(0)
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
		for _, cut := range puresim.Cuts(n, rand.New(rand.NewPCG(1, uint64(n)))) {
			s := newReplicas(n, 1)
			s.Latency = func() time.Duration { return time.Duration(s.rng.Int64N(int64(2 * time.Second))) }
			s.Copies = func(int, int) int { return 1 + s.rng.IntN(2) }
			s.Cut = cut.Drops
			s.load(100, seconds*time.Second, none)
			require.LessOrEqual(t, s.Sent, n*(n-1)*int(seconds*time.Second/pace)*5/4)
		}
	}
}

// A peer that is away is asked, not sent ever more.
func TestAwayPeer(t *testing.T) {
	s := newReplicas(2, 1)
	s.Run(time.Second)
	s.Kill(1)
	sent, carried := s.Sent, s.carried
	s.load(1000, 31*time.Second, none)
	require.LessOrEqual(t, s.Sent-sent, 30*2+5)
	require.LessOrEqual(t, s.carried-carried, 1000)
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

// The order of maps decides nothing that is sent, and a message that comes twice changes nothing in the store.
func TestHandlers(t *testing.T) {
	type input = func(*replica) []envelope
	wrote := func(origin string, time int64, keys ...key) message {
		m := message{update{Have: vector{origin: time}}, true}
		for _, k := range keys {
			m.Writes = append(m.Writes, write{k, json.RawMessage("1"), stamp{time, origin}})
		}
		return m
	}
	gets := func(from string, m message, now time.Duration) input {
		return func(r *replica) []envelope { return r.Receive(from, m, now) }
	}
	inputs := []input{
		gets("n2", wrote("n2@1", 5, "1", "2", "3"), 0),
		gets("n3", wrote("n3@1", 4, "2", "3", "4"), time.Second),
		func(r *replica) []envelope {
			_, out := r.run([]microOp{{key: "7", value: json.RawMessage("8"), write: true}}, 9, 2*time.Second)
			return out
		},
		func(r *replica) []envelope { return r.Tick(3 * time.Second) },
	}
	start := func() *replica { return newReplica("n1", "n1@1", []string{"n1", "n2", "n3"}) }
	nodetest.Deterministic(t, start, inputs...)
	nodetest.Idempotent(t, start, func(r *replica) any { return fmt.Sprint(r.have, r.since(nil)) }, inputs[0], inputs[1])
}
