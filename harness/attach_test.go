package harness

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

// attached returns a test of echo on two nodes, of which n0 is debugged. told is called when the run waits for the user, and its
// results are what the user says: to go on, or nothing yet. Whatever a user says later goes into the returned channel.
func attached(p Program, told func(Standstill) (goOn bool)) (Test, chan struct{}) {
	said := make(chan struct{}, 100)
	return Test{
		Workload: "echo", Program: p, NodeCount: 2, TimeLimit: time.Second, Rate: 50,
		Attach: Attach{
			Nodes: []string{"n0"},
			GoOn:  said,
			Tell: func(s Standstill) {
				if told(s) {
					said <- struct{}{}
				}
			},
		},
	}, said
}

// Nothing is sent to any node before the user says so, however long that takes.
func TestAttachWaits(t *testing.T) {
	t.Parallel()
	var told []Standstill
	begun := make(chan struct{})
	test, said := attached(program(t, "echo"), func(s Standstill) bool {
		told = append(told, s)
		close(begun)
		return false
	})
	test.InitTimeout = 10 * time.Second
	const wait = 300 * time.Millisecond
	go func() {
		<-begun
		time.Sleep(wait)
		said <- struct{}{}
	}()
	var held []string
	test.Progress = func(p Progress) {
		if p.Held != "" {
			held = append(held, p.Phase+": "+p.Held)
		}
	}
	test.Store = t.TempDir()
	began := time.Now()
	res, err := Run(t.Context(), test)
	wall := time.Since(began)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Len(t, told, 1)
	require.Len(t, told[0].Nodes, 1)
	require.Equal(t, "n0", told[0].Nodes[0].ID)
	require.Positive(t, told[0].Nodes[0].PID)
	require.True(t, told[0].Asks)
	require.False(t, told[0].Overdue)
	require.Equal(t, []string{"setup: n0 waited for a debugger"}, slices.Compact(held))
	require.GreaterOrEqual(t, res.Held, wait)
	require.LessOrEqual(t, res.Held+res.Elapsed, wall)
	require.Regexp(t, `^the clock of the run was held for \d+\.\d s: \d+\.\d s while n0 waited for a debugger; no timeout,`, res.Warnings[len(res.Warnings)-1])
}

// A request to a debugged node does not time out by itself: the clock is held until the node answers.
func TestAttachOverdue(t *testing.T) {
	t.Parallel()
	var overdue []Standstill
	test, _ := attached(program(t, "sleep", "1s"), func(s Standstill) bool {
		if s.Overdue {
			overdue = append(overdue, s)
		}
		return !s.Overdue
	})
	test.NodeCount, test.TimeLimit = 1, 500*time.Millisecond
	test.limits.call = 100 * time.Millisecond
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Zero(t, res.Stats.InfoCount)
	require.NotEmpty(t, overdue)
	require.Equal(t, "n0", overdue[0].Nodes[0].ID)
	require.Contains(t, res.Warnings[len(res.Warnings)-1], " s while n0 owed an answer")
	require.Less(t, res.Latencies["echo"].Max, time.Second, "for so long the node slept")
}

// The user can let an overdue request time out.
func TestAttachGiveUp(t *testing.T) {
	t.Parallel()
	given := 0
	test, _ := attached(program(t, "deaf"), func(s Standstill) bool {
		if s.Overdue {
			given++
		}
		return true
	})
	test.limits.call = 100 * time.Millisecond
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.Zero(t, res.Stats.OKCount)
	require.Positive(t, given)
	require.GreaterOrEqual(t, res.Stats.InfoCount, given)
}

// When there is nobody to ask any more, requests time out as always.
func TestAttachAlone(t *testing.T) {
	t.Parallel()
	var all []Standstill
	test, said := attached(program(t, "deaf"), func(s Standstill) bool {
		all = append(all, s)
		return true
	})
	test.NodeCount, test.limits.call = 1, 100*time.Millisecond
	left := false
	test.OnOp = func(op history.Op) {
		if !left {
			close(said) // Tell has filled it before
			left = true
		}
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.Positive(t, res.Stats.InfoCount)
	require.Len(t, all, 1)
}

// A node that is killed and started again waits again, before its init.
func TestAttachRestart(t *testing.T) {
	t.Parallel()
	pids := make(map[int]bool)
	test, _ := attached(program(t, "echo"), func(s Standstill) bool {
		pids[s.Nodes[0].PID] = true
		return true
	})
	test.NodeCount, test.Nemesis, test.NemesisInterval = 1, []string{"kill"}, 100*time.Millisecond
	test.limits.call = 200 * time.Millisecond // for requests that the kill has lost
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Greater(t, len(pids), 1)
	require.Regexp(t, `n0 waited for a debugger \(\d+ times\)`, res.Warnings[len(res.Warnings)-1])
}

// The end of a node ends the wait, whichever node it is.
func TestAttachDeath(t *testing.T) {
	t.Parallel()
	for _, debugged := range []string{"n0", "n1"} {
		told := false
		test, _ := attached(program(t, "end-first"), func(Standstill) bool {
			told = true
			return false
		})
		test.Attach.Nodes = []string{debugged}
		_, err := Run(t.Context(), test)
		require.ErrorContains(t, err, "ended during the run: exit status 5")
		require.True(t, told)
	}
}

// An interrupt ends the wait.
func TestAttachInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	test, _ := attached(program(t, "echo"), func(Standstill) bool {
		cancel()
		return false
	})
	_, err := Run(ctx, test)
	require.ErrorIs(t, err, context.Canceled)
}

func TestAttachErrors(t *testing.T) {
	t.Parallel()
	var started atomic.Bool
	test, _ := attached(program(t, "echo"), func(Standstill) bool {
		started.Store(true)
		return true
	})
	test.Attach.Nodes = []string{"n0", "n7"}
	_, err := Run(t.Context(), test)
	require.EqualError(t, err, `harness: attach: there is no node "n7": want some of the 2 nodes n0 … n1`)

	test.Attach.Nodes = []string{"n0"}
	test.Program = InProcess(registerEcho)
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, "attach: nodes in this process, as in simulations, have no process")

	test.Program = program(t, "echo")
	test.Settle = synctest.Wait
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, "have no process")
	require.False(t, started.Load())
}
