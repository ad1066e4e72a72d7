package harness

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// A node that stops reading does not end the run: its clients' operations time out, the verdict is that of the history, and what was
// found is said.
func TestBlockedNode(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), Test{
		Workload: "echo", Program: program(t, "deaf"), NodeCount: 2, TimeLimit: 500 * time.Millisecond, Rate: 100,
		limits: limits{stall: 300 * time.Millisecond, call: 400 * time.Millisecond},
	})
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid, "echo has no ok operation")
	require.Zero(t, res.Stats.OKCount)
	require.Positive(t, res.Stats.InfoCount)
	require.Len(t, res.Warnings, 2)
	require.Regexp(t, `^node n0 has not read its input since \d\.\d s: \d+ bytes wait$`, res.Warnings[0])
	require.Regexp(t, `^node n1 has not read`, res.Warnings[1])
}

// A node that read nothing for a while, and then went on, is named, too; one that was paused by a fault is not.
func TestBlockedForAWhile(t *testing.T) {
	t.Parallel()
	test := Test{
		Workload: "echo", Program: program(t, "sleep", "2s"), NodeCount: 1, TimeLimit: 4 * time.Second, Rate: 20, Concurrency: 4,
		limits: limits{stall: 300 * time.Millisecond, call: 10 * time.Second},
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Len(t, res.Warnings, 1)
	require.Regexp(t, `^node n0 did not read its input from \d\.\d s to \d\.\d s, when \d+ bytes waited$`, res.Warnings[0])

	test.Program, test.Nemesis, test.NemesisInterval = program(t, "echo"), []string{"pause"}, time.Second
	test.limits.call = time.Second
	res, err = Run(t.Context(), test)
	require.NoError(t, err)
	require.Positive(t, res.Nemesis.InForce["pause"])
	require.Empty(t, res.Warnings)
}

// A process that writes faster than the harness works is held up by its pipe. The run goes on to its end, in bounded memory.
func TestGushingNode(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), Test{
		Workload: "echo", Program: program(t, "gush"), NodeCount: 1, TimeLimit: time.Second, Rate: 50,
		limits: limits{messages: 10_000, call: 300 * time.Millisecond},
	})
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.Positive(t, res.Stats.InfoCount)
	require.Greater(t, res.Net.Servers.Messages, 10_000)
}

func TestMailboxAwaitRoom(t *testing.T) {
	t.Parallel()
	m := newMailbox(limits{messages: 200, bytes: 1000})
	for range 3 {
		m.awaitRoom()
		require.True(t, m.put(post{event: sent{}}))
	}
	waits := func() chan struct{} {
		done := make(chan struct{})
		go func() {
			m.awaitRoom()
			close(done)
		}()
		return done
	}
	full := waits()
	select {
	case <-full:
		t.Fatal("there is no room")
	case <-time.After(10 * time.Millisecond):
	}
	m.take(nil)
	<-full
	require.True(t, m.put(post{event: sent{line: line{body: make([]byte, 101)}}}))
	full = waits()
	m.close()
	<-full
}

func TestBytesOf(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 bytes", 999: "999 bytes", 1000: "1 kB", 812_345: "812 kB", 64 << 20: "67.1 MB"} {
		require.Equal(t, want, bytesOf(n))
	}
}
