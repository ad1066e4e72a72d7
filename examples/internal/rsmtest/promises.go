package rsmtest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft/rsm"
	"glomers/internal/puresim"
)

// A Result is what a cluster has done.
type Result struct {
	Commands  []Command // in the order in which clients asked for them
	Journal   []int     // the numbers of those that were applied, in that order
	Answered  []int
	Reads     int
	Snapshots int // nodes with a snapshot at the end
}

// Run plays the schedule of a seed to a cluster: clients, cuts in one direction and both, losses, duplicates, reordering, pauses, kills,
// and disks that lose what is not synced. The schedule does not depend on the engine. Whatever happens, each command is applied at most
// once, in one order; a reply is a promise; a read sees all that was answered before it began; and when the faults are over,
// everything that clients wait for is answered, and all nodes have the same.
func Run[M any](t *testing.T, seed uint64, start Start[M]) Result {
	nodes := 3 + 2*int(seed%2)
	c := New(t, seed, nodes, rsm.Options{Window: time.Duration(seed%3) * 5 * time.Millisecond, Entries: 20}, start)
	c.Shared = seed%8 != 0
	c.Latency = func() time.Duration { return time.Duration(c.rng.ExpFloat64() * float64(10*time.Millisecond)) }
	c.Copies = func(int, int) int {
		switch c.rng.IntN(40) {
		case 0, 1:
			return 0
		case 2:
			return 2
		}
		return 1
	}
	c.Sync = func() time.Duration { return time.Duration(c.rng.IntN(5)) * time.Millisecond }
	c.Kept = c.rng.IntN
	schedule := rand.New(rand.NewPCG(seed, 1))
	c.Run(time.Second)
	for range 200 {
		i := schedule.IntN(nodes)
		switch what := schedule.IntN(100); {
		case what < 2:
			if down := slices.ContainsFunc(c.Members, func(m *puresim.Member[message[M], *replica[M]]) bool { return m.Down }); !down {
				c.Crash(i)
				c.At(c.Now()+time.Duration(schedule.IntN(1000))*time.Millisecond, func() { c.Start(i) })
			}
		case what < 4:
			cuts := puresim.Cuts(nodes, schedule)
			c.Cut = cuts[schedule.IntN(len(cuts))].Drops
		case what < 8:
			c.Cut = puresim.Whole
		case what < 9:
			c.Members[i].Paused = c.Now() + time.Duration(schedule.IntN(600))*time.Millisecond
		case what < 60:
			c.Write(i)
		default:
			c.Read(i)
		}
		c.Run(c.Now() + time.Duration(schedule.IntN(40))*time.Millisecond)
	}
	c.Heal()
	c.Run(c.Now() + 5*time.Second)
	require.Empty(t, c.open, "seed %d: after the faults, everything is answered", seed)
	result := Result{Commands: c.commands, Journal: c.longest, Answered: c.answered, Reads: c.reads}
	for i := range c.Members {
		require.Equal(t, c.longest, *c.journals[i], "seed %d: node %d has everything", seed, i)
		s := c.Machine(i).Status()
		require.LessOrEqual(t, s.Replies, 200, "sessions are bounded")
		if s.Snapshot > 0 {
			result.Snapshots++
		}
	}
	for _, a := range c.answered {
		require.Contains(t, c.longest, a, "seed %d: an answered command is in the journal", seed)
	}
	return result
}

// Promises runs so many seeds.
func Promises[M any](t *testing.T, seeds int, start Start[M]) {
	var answered, reads, snapshots int
	for seed := range uint64(seeds) {
		r := Run(t, seed, start)
		answered, reads, snapshots = answered+len(r.Answered), reads+r.Reads, snapshots+r.Snapshots
	}
	t.Logf("%d seeds: %d commands and %d reads were answered, %d snapshots made", seeds, answered, reads, snapshots)
	require.Positive(t, snapshots)
	require.Greater(t, answered, 50*seeds)
	require.Greater(t, reads, 30*seeds)
}
