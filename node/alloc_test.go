//go:build !race

package node

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// routed returns a node that has been initialised, whose output goes nowhere.
func routed(t *testing.T) *Node {
	n := New(Options{Transport: NewStdio(nil, io.Discard), Seed: 1})
	require.True(t, n.take([]byte(`{"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`)))
	n.openGate()
	return n
}

// The routing path, from a line to its handler and from a body to its line, allocates nothing but the task: that is the handler's
// context, which whoever got it may keep. (Beside the path are the transport's line, which is the caller's to keep, and
// what encoding/json makes of a body. The race detector makes a sync.Pool forget.)
func TestAllocations(t *testing.T) {
	request := []byte(`{"id":7,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1042,"echo":"Please echo 57"}}`)
	body := []byte(`{"echo":"Please echo 57"}`)

	t.Run("a request", func(t *testing.T) {
		n := routed(t)
		n.register("echo", handler{typed: func(*task) {}})
		require.Equal(t, 1.0, testing.AllocsPerRun(1000, func() { n.take(request) }), "the task")
	})
	t.Run("a request and its reply", func(t *testing.T) {
		n := routed(t)
		n.register("echo", handler{typed: func(t *task) { n.reply(&t.e, "echo_ok", body) }})
		require.Equal(t, 1.0, testing.AllocsPerRun(1000, func() { n.take(request) }), "the task")
	})
	t.Run("a request of its own and the reply", func(t *testing.T) {
		n := routed(t)
		c := &call{waiter: n.newWaiter(n.background)}
		reply := []byte(`{"src":"n2","dest":"n1","body":{"type":"echo_ok","in_reply_to":1,"echo":"Please echo 57"}}`)
		require.Zero(t, testing.AllocsPerRun(1000, func() {
			n.lastMsgID, c.claimed, c.ids = 0, false, c.id[:0]
			_ = n.request(c, "n2", "echo", body)
			n.take(reply)
			<-c.place.called
			n.forget(c)
		}))
		require.Equal(t, "echo_ok", string(c.reply.typ))
	})
}

// Properties are free while nobody listens: their details, too, which stay on the stack.
func TestPropertiesAllocateNothing(t *testing.T) {
	n := New(Options{Transport: NewStdio(nil, io.Discard)})
	always, reached, size := Always(n, "a"), Reachable(n, "r"), Extremes(n, "e")
	i := 1000
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		i++
		always.Check(i < 0, slog.Int("i", i), slog.Float64("f", float64(i)), slog.Any("always", always))
		reached.Reach(slog.Duration("d", time.Duration(i)))
		size.See(float64(i))
	}))
}
