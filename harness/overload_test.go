package harness

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/node"
)

// A node that stops reading does not end the run: operations of its clients time out, the history gives the verdict, and a
// warning names the node.
func TestBlockedNode(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), Test{
		Workload: "echo", Program: program(t, "deaf"), NodeCount: 2, TimeLimit: 500 * time.Millisecond, Rate: 100,
		limits: limits{stall: 300 * time.Millisecond, call: time.Second},
	})
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid, "echo has no ok operation")
	require.Zero(t, res.Stats.OKCount)
	require.Positive(t, res.Stats.InfoCount)
	stalls := res.Warnings[len(res.Warnings)-2:] // before them: what the machine did, and that workers waited
	require.Regexp(t, `^node n0 has not read its input since \d\.\d s: \d+ bytes wait$`, stalls[0])
	require.Regexp(t, `^node n1 has not read`, stalls[1])
}

// A node that read nothing for a while, and then continued, is named, too.
func TestBlockedForAWhile(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), Test{
		Workload: "echo", Program: program(t, "sleep", "2s"), NodeCount: 1, TimeLimit: 4 * time.Second, Rate: 20, Concurrency: 4,
		limits: limits{stall: 300 * time.Millisecond, call: 20 * time.Second},
	})
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.NotEmpty(t, res.Warnings)
	require.Regexp(t, `^node n0 (did|has) not read its input`, res.Warnings[len(res.Warnings)-1])
}

// A reader is a process with a number of waiting bytes, of which it has read nothing for a given time.
type reader struct {
	Process
	waiting int
	idles   time.Duration
	now     func() stamp
}

func (r *reader) idle() (int, stamp) { return r.waiting, r.now() - r.idles }

func TestStalls(t *testing.T) {
	t.Parallel()
	const limit = time.Minute // so that the time that the test takes means nothing
	r := &run{scheduler: &scheduler{clock: clock{start: time.Now().Add(-time.Hour)}}, test: Test{limits: limits{stall: limit}}}
	var readers []*reader
	for i := range 7 {
		readers = append(readers, &reader{waiting: 5000, idles: 10 * limit, now: r.now})
		r.nodes = append(r.nodes, &member{Port: &Port{id: fmt.Sprint("n", i)}, process: readers[i], ready: true})
	}
	r.nodes[0].paused = true
	r.nodes[1].ready = false
	r.nodes[2].process = nil
	readers[3].waiting = 0
	readers[4].idles = limit / 2
	r.lookAtInputs(r.now())
	readers[5].idles += limit
	readers[6].idles = 2 * limit // it has read something since
	r.scheduler.clock.start = r.scheduler.clock.start.Add(-limit)
	ailing, slow := r.stalls()
	require.Empty(t, ailing)
	require.Equal(t, []string{
		"node n5 has not read its input since 3000.0 s: 5 kB wait",
		"node n6 did not read its input from 3000.0 s to 3600.0 s, when 5 kB waited",
	}, slow)
}

// A process that writes faster than the harness works is blocked by its full pipe. The run goes on to its end, in bounded memory.
func TestGushingNode(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), Test{
		Workload: "echo", Program: program(t, "gush"), NodeCount: 1, TimeLimit: time.Second, Rate: 50,
		limits: limits{messages: 10_000, call: 300 * time.Millisecond},
	})
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.Positive(t, res.Stats.InfoCount)
	require.Positive(t, res.Net.Servers.Messages)
}

// The input that waits for a paused node is bounded, too.
func TestPausedNodeHoldsUpStorm(t *testing.T) {
	t.Parallel()
	test := faulty("echo", func(n *node.Node) {
		registerEcho(n)
		node.Receive(n, "big", func(context.Context, map[string]string) {})
		n.Every(time.Millisecond, func(context.Context) {
			for _, id := range n.NodeIDs() {
				must(node.Notify(n, id, "big", map[string]string{"x": strings.Repeat("x", 1000)}))
			}
		})
	}, "pause")
	test.limits.backlog = 10_000
	var err error
	synctest.Test(t, func(t *testing.T) {
		test.Settle = synctest.Wait
		_, err = Run(t.Context(), test)
	})
	var broken *NodeError
	require.ErrorAs(t, err, &broken)
	require.Regexp(t, `^is paused: at \d+\.\d s, 10\.\d kB wait, and the harness holds no more than 10 kB for a node; most messages were sent by n`, broken.Reason)
}

func TestMailboxAwaitRoom(t *testing.T) {
	t.Parallel()
	m := newMailbox(200, &memory{limit: 10 * (3*messageCost + 101)})
	for range 3 {
		m.awaitRoom(new(audience))
		require.True(t, m.put(post{event: sent{}}))
	}
	waits := func() chan struct{} {
		done := make(chan struct{})
		go func() {
			m.awaitRoom(new(audience))
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
	require.True(t, m.put(post{event: sent{line: line{body: make([]byte, 3*messageCost+102)}}}))
	full = waits()
	m.close()
	<-full
}
