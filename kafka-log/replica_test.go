package main

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

// The timings of main.go.
var (
	pace    = timings(false, false).pace
	paceAll = timings(true, false).pace
)

// orderOnly is copies=1.
var orderOnly = settings{pace: pace, alone: never, orderOnly: true}

// always wants every message to be shown.
func always(*sending) bool { return true }

// Cuts, loss, duplicates and overtaking messages come and go while clients are busy: nobody is shown anything
// that contradicts what somebody was shown before, and in the end everybody is shown everything.
func TestFaults(t *testing.T) {
	for seed := range uint64(4) {
		for n := 1; n <= 5; n++ {
			testFaults(t, settings{pace: pace, alone: never}, n, seed)
		}
		for n := 1; n <= 3; n++ {
			testFaults(t, orderOnly, n, seed)
		}
		testFaults(t, orderOnly, 2, 100+seed)
	}
}

func testFaults(t *testing.T, o settings, n int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	s := newReplicasWith(t, o, n, seed, 0)
	s.Latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(30*time.Millisecond)) }
	s.load(100, 10*time.Second)
	for s.Now() < 10*time.Second {
		all := puresim.Cuts(n, rng)
		s.Cut, s.Copies = all[rng.IntN(len(all))].Drops, connected
		s.Run(s.Now() + time.Second)
		s.Cut = puresim.Whole
		s.Copies = func(int, int) int { return rng.IntN(3) }
		s.Run(s.Now() + time.Second)
	}
	s.Copies = connected
	s.Run(s.Now() + 2*time.Second)
	s.requireAll(always)
}

// However slow the network is, everything arrives.
func TestSlowNetwork(t *testing.T) {
	for n, o := range map[int]settings{2: orderOnly, 3: {pace: pace, alone: never}} {
		s := newReplicasWith(t, o, n, 1, 2*time.Second)
		s.Run(10 * time.Second)
		s.load(50, 20*time.Second)
		s.Run(40 * time.Second)
		s.requireAll(always)
	}
}

// During a cut every node takes messages, and only questions are sent. After the heal everything is visible, soon and
// with few messages, however much it is.
func TestCut(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5} {
		s := newReplicas(t, n, 1, time.Millisecond)
		if n == 1 { // once more two nodes
			n = 2
			s = newReplicasWith(t, orderOnly, n, 1, time.Millisecond)
		}
		s.Run(time.Second)
		s.Copies = severed
		ops := s.load(500, 11*time.Second)
		s.Run(11 * time.Second)
		require.InDelta(t, ops/2, len(s.sends), 300, "no node has refused any")
		before := s.Sent
		s.Run(s.Now() + 10*retryAfter)
		require.LessOrEqual(t, s.Sent-before, 11*n*(n-1))

		before = s.Sent
		s.Copies = connected
		s.Run(s.Now() + time.Second)
		require.True(t, s.caughtUp())
		require.LessOrEqual(t, s.Sent-before, 20*n*(n-1))
		s.requireAll(always)
	}
}

// When all is said, nobody says anything.
func TestQuiet(t *testing.T) {
	for n := 2; n <= 5; n++ {
		for _, o := range []settings{orderOnly, {pace: pace, alone: never}} {
			s := newReplicasWith(t, o, n, 1, time.Millisecond)
			s.load(200, 2*time.Second)
			s.Run(3 * time.Second)
			s.requireAll(always)
			before := s.Sent
			s.Run(time.Hour)
			require.Equal(t, before, s.Sent)
			for i := range s.IDs {
				require.Equal(t, never, s.Machine(i).Next())
			}
		}
	}
}

// However bad the network is, messages are bounded by time.
func TestNoStorms(t *testing.T) {
	for i, hop := range []time.Duration{time.Millisecond, 50 * time.Millisecond, time.Second, time.Millisecond, 50 * time.Millisecond, time.Second} {
		s := newReplicasWith(t, settings{pace: pace, alone: never, orderOnly: i >= 3}, 2, 1, hop)
		s.Copies = func(int, int) int { return s.rng.IntN(2) }
		s.Run(20 * time.Second)
		before := s.Sent
		const period = 10
		s.load(1000, s.Now()+period*time.Second)
		s.Run(s.Now() + period*time.Second)
		rounds := 2 * period * int(time.Second/pace)
		require.LessOrEqual(t, s.Sent-before, rounds*(round+1), hop)
	}
}

// Nothing that a peer may send makes a replica panic, or send without end.
func FuzzReceive(f *testing.F) {
	f.Add(`{"incarnation":3,"of":7,"length":1,"have":9,"ask":4,"mine":{"from":0,"items":[{"op":"send","key":"k","offset":9223372036854775807,"msg":1}]}}`)
	f.Add(`{"incarnation":3,"of":7,"joining":true,"length":2,"have":2,"mine":{"from":0},"yours":{"from":0,"items":[{"op":"promise","key":"k","offset":4},{"op":"commit","key":"k","offset":1}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m message
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		for _, o := range []settings{timings(false, false), timings(true, false), timings(false, true)} {
			now := time.Duration(0)
			nodes := []string{"n0", "n1", "n2"}
			if o.orderOnly {
				nodes = nodes[:2]
			}
			r := newReplica("n1", nodes, o, 7)
			for range 3 {
				require.LessOrEqual(t, len(r.Receive("n0", m, now)), 3)
				r.Receive("n2", message{Incarnation: 1, Of: 7}, now)
				if r.writes() {
					r.send("k", json.RawMessage("1"), now)
				}
				r.poll("k", 0)
				now += retryAfter
				require.LessOrEqual(t, len(r.Tick(now)), 2)
				require.Greater(t, r.Next(), now, "the timer rests")
			}
		}
	})
}

func TestReachable(t *testing.T) {
	s := newReplicas(t, 2, 1, time.Millisecond)
	s.Run(time.Second)
	require.True(t, s.Machine(0).reachable())
	s.Copies = severed
	s.send(0)
	s.Run(s.Now() + retryAfter - 1)
	require.True(t, s.Machine(0).reachable())
	s.Run(s.Now() + 2)
	require.False(t, s.Machine(0).reachable())
	require.True(t, s.Machine(1).reachable(), "it has not tried")
	s.Copies = connected
	s.Run(s.Now() + 2*retryAfter)
	require.True(t, s.Machine(0).reachable())
}
