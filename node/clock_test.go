package node_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/node"
)

// A clockHarness does for one node what the harness does in virtual time: it gives it lines and waits until it is at rest, and keeps the
// sleeps that the node asks for.
type clockHarness struct {
	t      require.TestingT
	in     io.Writer
	out    *bufio.Scanner
	now    time.Duration
	idles  int
	sleeps []sleep // those that have not ended, the next first
	asked  int     // how many there were
}

type sleep struct {
	until time.Duration
	id    int64
}

// send sends a line to the node, and returns when it is at rest.
func (h *clockHarness) send(src, body string) {
	h.idles++
	now := float64(h.now) / 1e6
	_, err := fmt.Fprintf(h.in, `{"src":%q,"dest":"n1","now":%v,"body":%s}`+"\n"+`{"src":"clock","dest":"n1","now":%v,"body":{"type":"idle","msg_id":%d}}`+"\n", src, now, body, now, h.idles)
	require.NoError(h.t, err)
	for h.out.Scan() {
		var line struct {
			Dest string
			Body struct {
				Type  string
				MsgID int64 `json:"msg_id"`
				MS    float64
			}
		}
		require.NoError(h.t, json.Unmarshal(h.out.Bytes(), &line))
		switch {
		case line.Body.Type == "idle_ok":
			return
		case line.Dest == "clock":
			h.asked++
			h.sleeps = append(h.sleeps, sleep{until: h.now + time.Duration(line.Body.MS*1e6+0.5), id: line.Body.MsgID})
			slices.SortStableFunc(h.sleeps, func(a, b sleep) int { return cmp.Compare(a.until, b.until) })
		}
	}
	require.Fail(h.t, "the node has ended")
}

// goTo lets the time go on.
func (h *clockHarness) goTo(until time.Duration) {
	for len(h.sleeps) > 0 && h.sleeps[0].until <= until {
		s := h.sleeps[0]
		h.sleeps = h.sleeps[1:]
		h.now = s.until
		h.send("clock", fmt.Sprintf(`{"type":"sleep_ok","in_reply_to":%d}`, s.id))
	}
	h.now = until
}

// Timers run at their times in virtual time, and the node asks the clock no more often than that takes: a server that sets a timer for
// each request, and stops it soon, must not be woken for each.
func TestSleepsOfVirtualTime(t *testing.T) {
	t.Setenv("GLOMERS_CLOCK", "virtual")
	rapid.Check(t, func(t *rapid.T) {
		inRead, inWrite := io.Pipe()
		outRead, outWrite := io.Pipe()
		h := &clockHarness{t: t, in: inWrite, out: bufio.NewScanner(outRead)}
		n := node.New(node.Options{})
		n.Stdin, n.Stdout = inRead, outWrite
		began := n.Now()
		var want, got []string
		var stops []func()
		n.Handle("set", func(m node.Message) error {
			var body struct{ ID, MS int }
			require.NoError(t, json.Unmarshal(m.Body, &body))
			stops = append(stops, n.After(time.Duration(body.MS)*time.Millisecond, func(context.Context) {
				got = append(got, fmt.Sprint(body.ID, n.Now().Sub(began)))
			}))
			return nil
		})
		n.Handle("stop", func(m node.Message) error {
			var body struct{ ID int }
			require.NoError(t, json.Unmarshal(m.Body, &body))
			stops[body.ID]()
			return nil
		})
		ended := make(chan error, 1)
		go func() { ended <- n.Run() }()
		h.send("c1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}`)

		type timer struct {
			at      time.Duration
			stopped bool
		}
		var timers []timer
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			h.goTo(h.now + time.Duration(rapid.IntRange(0, 50).Draw(t, "wait"))*time.Millisecond)
			if id := len(timers) - 1; id >= 0 && rapid.Bool().Draw(t, "stop") {
				h.send("c1", fmt.Sprintf(`{"type":"stop","id":%d}`, id))
				timers[id].stopped = timers[id].stopped || timers[id].at > h.now
				continue
			}
			ms := rapid.IntRange(1, 200).Draw(t, "ms")
			h.send("c1", fmt.Sprintf(`{"type":"set","id":%d,"ms":%d}`, len(timers), ms))
			timers = append(timers, timer{at: h.now + time.Duration(ms)*time.Millisecond})
		}
		h.goTo(h.now + time.Second)
		order := make([]int, len(timers))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(timers[a].at, timers[b].at) })
		for _, i := range order {
			if !timers[i].stopped {
				want = append(want, fmt.Sprint(i, timers[i].at))
			}
		}
		require.Equal(t, strings.Join(want, "\n"), strings.Join(got, "\n"))
		require.LessOrEqual(t, h.asked, 1+len(timers), "no timer needs more than one, nor does the node's own, which holds back messages after init")
		require.NoError(t, inWrite.Close())
		require.NoError(t, <-ended)
	})
}

// A call that is repeated sets its timer while the node is locked. It must not wait for the lock when it asks the clock.
func TestCallsAreRepeatedInVirtualTime(t *testing.T) {
	t.Setenv("GLOMERS_CLOCK", "virtual")
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	hung := time.AfterFunc(time.Minute, func() { _ = outRead.Close() })
	defer hung.Stop()
	h := &clockHarness{t: t, in: inWrite, out: bufio.NewScanner(outRead)}
	n := node.New(node.Options{})
	n.Stdin, n.Stdout = inRead, outWrite
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (struct{}, error) {
		return node.Call[struct{}](ctx, n, "n2", "ask", struct{}{}, node.Idempotent(node.Retry{Wait: 100 * time.Millisecond}))
	})
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()
	h.send("c1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}`)
	h.goTo(5 * time.Second) // there is no wake any more that would come first
	h.send("c1", `{"type":"read","msg_id":2}`)
	require.NotEmpty(t, h.sleeps)
	before := h.asked
	h.goTo(h.now + 400*time.Millisecond)
	require.Greater(t, h.asked, before, "it was repeated")
	require.NoError(t, inWrite.Close())
	require.NoError(t, <-ended)
}
