package rsmtest

import (
	"slices"
	"testing"
	"time"

	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
)

// Leader returns the number of the leader with the highest term, or -1.
func Leader[M any](c *Cluster[M]) int {
	leader, term := -1, uint64(0)
	for i, m := range c.Members {
		if m.Down {
			continue
		}
		if s := c.Status(i); s.Role == raft.Leader && s.Term > term {
			leader, term = i, s.Term
		}
	}
	return leader
}

// Stale cuts a leader off from the others, lets them write when they have another leader, and reads at the old one all the while. It reports
// whether the old leader has answered a read without a command that was answered before the read began.
func Stale[M any](t *testing.T, seed uint64, start Start[M]) bool {
	c := New(t, seed, 3, rsm.Options{}, start)
	c.Latency = func() time.Duration { return time.Millisecond }
	c.Run(time.Second + time.Duration(c.rng.IntN(1000))*time.Millisecond)
	old := Leader(c)
	if old < 0 {
		return false
	}
	c.Cut = func(from, to int) bool { return (from == old) != (to == old) }
	for range 3 * int(ElectionTimeout/time.Millisecond) {
		if leader := Leader(c); leader >= 0 && leader != old && len(c.answered) == 0 && len(c.commands) == 0 {
			c.Write(leader)
		}
		if len(c.answered) > 0 {
			var r *request
			c.Do(old, func(m *replica[M], now time.Duration) (out []envelope[M]) {
				r, out = m.Read(0, now)
				return out
			})
			if r.Done && !slices.Contains(r.Reply, c.answered[0]) {
				return true
			}
		}
		c.Run(c.Now() + time.Millisecond)
	}
	return false
}

// Election kills the leader of five nodes at a random moment, with hops of 1 ms, and returns the time until there is another.
func Election[M any](t *testing.T, seed uint64, start Start[M]) time.Duration {
	c := New(t, seed, 5, rsm.Options{}, start)
	c.Latency = func() time.Duration { return time.Millisecond }
	c.Run(time.Second + time.Duration(c.rng.IntN(100))*time.Millisecond)
	for Leader(c) < 0 {
		c.Run(c.Now() + time.Millisecond)
	}
	c.Crash(Leader(c))
	killed := c.Now()
	for Leader(c) < 0 {
		c.Run(c.Now() + time.Millisecond)
	}
	return c.Now() - killed
}

// Reading returns how many entries the leader's log gains by so many reads.
func Reading[M any](t *testing.T, reads int, start Start[M]) (entries uint64) {
	c := New(t, 1, 5, rsm.Options{}, start)
	c.Run(time.Second)
	before := c.Status(Leader(c)).Last()
	for range reads {
		c.Read(c.rng.IntN(5))
		c.Run(c.Now() + 10*time.Millisecond)
	}
	if c.reads != reads {
		t.Fatalf("%d of %d reads were answered", c.reads, reads)
	}
	return c.Status(Leader(c)).Last() - before
}
