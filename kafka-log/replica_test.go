package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	s.latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(30*time.Millisecond)) }
	s.load(100, 10*time.Second)
	for s.Now() < 10*time.Second {
		all := cuts(n, rng)
		s.copies = all[rng.IntN(len(all))]
		s.Run(s.Now() + time.Second)
		s.copies = func(int, int) int { return rng.IntN(3) }
		s.Run(s.Now() + time.Second)
	}
	s.copies = func(int, int) int { return 1 }
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
		s.copies = func(int, int) int { return 0 }
		ops := s.load(500, 11*time.Second)
		s.Run(11 * time.Second)
		require.InDelta(t, ops/2, len(s.sends), 300, "no node has refused any")
		before := s.sent
		s.Run(s.Now() + 10*retryAfter)
		require.LessOrEqual(t, s.sent-before, 11*n*(n-1))

		before = s.sent
		s.copies = func(int, int) int { return 1 }
		s.Run(s.Now() + time.Second)
		require.True(t, s.caughtUp())
		require.LessOrEqual(t, s.sent-before, 20*n*(n-1))
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
			before := s.sent
			s.Run(time.Hour)
			require.Equal(t, before, s.sent)
			for _, m := range s.members {
				require.Equal(t, never, m.replica.Next())
			}
		}
	}
}

// However bad the network is, messages are bounded by time.
func TestNoStorms(t *testing.T) {
	for i, hop := range []time.Duration{time.Millisecond, 50 * time.Millisecond, time.Second, time.Millisecond, 50 * time.Millisecond, time.Second} {
		s := newReplicasWith(t, settings{pace: pace, alone: never, orderOnly: i >= 3}, 2, 1, hop)
		s.copies = func(int, int) int { return s.rng.IntN(2) }
		s.Run(20 * time.Second)
		before := s.sent
		const period = 10
		s.load(1000, s.Now()+period*time.Second)
		s.Run(s.Now() + period*time.Second)
		rounds := 2 * period * int(time.Second/pace)
		require.LessOrEqual(t, s.sent-before, rounds*(round+1), hop)
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
	require.True(t, s.members[0].reachable())
	s.copies = func(int, int) int { return 0 }
	s.send(0)
	s.Run(s.Now() + retryAfter - 1)
	require.True(t, s.members[0].reachable())
	s.Run(s.Now() + 2)
	require.False(t, s.members[0].reachable())
	require.True(t, s.members[1].reachable(), "it has not tried")
	s.copies = func(int, int) int { return 1 }
	s.Run(s.Now() + 2*retryAfter)
	require.True(t, s.members[0].reachable())
}

// trace runs two replicas and returns what they send after they have joined, as "time sender: have items ask".
func trace(t *testing.T, o settings, drop func(nth int) bool, sends map[time.Duration]int) []string {
	s := newReplicasWith(t, o, 2, 1, time.Millisecond)
	s.Run(time.Second)
	began, made := s.Now(), 0
	var lines []string
	s.log = func(from int, m envelope) {
		line := fmt.Sprintf("%v n%d: have %d", s.Now()-began, from, m.Message.Have)
		for _, it := range m.Message.Mine.Items {
			line += fmt.Sprintf(" %s %d", it.Op, it.Offset)
		}
		if m.Message.Ask > 0 {
			line += fmt.Sprintf(" ask %d", m.Message.Ask)
		}
		lines = append(lines, line)
	}
	s.copies = func(int, int) int {
		if made++; drop(made) {
			return 0
		}
		return 1
	}
	for at, i := range sends {
		s.At(began+at, func() {
			s.step(i, func(r *replica) []envelope {
				_, out := r.send("k", json.RawMessage("7"), s.Now())
				return out
			})
		})
	}
	s.Run(began + 5*time.Second)
	return lines
}

func TestTraces(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		drop  func(nth int) bool
		sends map[time.Duration]int // time → node
		want  []string
	}{
		{
			"news goes out at once after a silence; the answer makes it visible",
			func(int) bool { return false },
			map[time.Duration]int{0: 0},
			[]string{
				"0s n0: have 0 send 0 ask 4",
				"1ms n1: have 1",
			},
		},
		{
			"more news waits; a round takes what both have",
			func(int) bool { return false },
			map[time.Duration]int{0: 0, 10 * ms: 1, 20 * ms: 0, 30 * ms: 1},
			[]string{
				"0s n0: have 0 send 0 ask 4",
				"1ms n1: have 1",
				"55ms n0: have 0 send 2 ask 4",
				"56ms n1: have 2 send 1 send 3 ask 3",
				"57ms n0: have 2",
			},
		},
		{
			"a message of a client during a round makes it longer",
			func(int) bool { return false },
			map[time.Duration]int{0: 0, 10 * ms: 1, 20 * ms: 0, 56 * ms: 0},
			[]string{
				"0s n0: have 0 send 0 ask 4",
				"1ms n1: have 1",
				"55ms n0: have 0 send 2 ask 4",
				"56ms n1: have 2 send 1 ask 3",
				"57ms n0: have 1 send 4 ask 2",
				"58ms n1: have 3 promise 5",
				"159ms n0: have 2",
			},
		},
		{
			"when news is lost, the peer is asked, then told",
			func(nth int) bool { return nth <= 2 },
			map[time.Duration]int{0: 0},
			[]string{
				"0s n0: have 0 send 0 ask 4", // lost
				"300ms n0: have 0 ask 4",     // lost
				"600ms n0: have 0 ask 4",
				"601ms n1: have 0",
				"655ms n0: have 0 send 0 ask 4",
				"656ms n1: have 1",
			},
		},
		{
			"when an answer is lost, too",
			func(nth int) bool { return nth == 2 },
			map[time.Duration]int{0: 0},
			[]string{
				"0s n0: have 0 send 0 ask 4",
				"1ms n1: have 1", // lost
				"300ms n0: have 0 ask 4",
				"301ms n1: have 1",
			},
		},
		{
			"later news makes up for what was lost",
			func(nth int) bool { return nth == 1 },
			map[time.Duration]int{0: 0, 100 * ms: 0},
			[]string{
				"0s n0: have 0 send 0 ask 4", // lost
				"100ms n0: have 0 send 0 send 2 ask 4",
				"101ms n1: have 2 promise 3",
				"202ms n0: have 1",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, trace(t, settings{pace: pace, alone: never}, c.drop, c.sends))
		})
	}
}
