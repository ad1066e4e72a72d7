package node_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// These tests are about the guarantees of doc.go, section Concurrency, as numbered there.

// none is the reply of handlers that have nothing to say.
type none = struct{}

// Guarantee 1. The race detector sees whether each section has seen what the ones before it did.
func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running, sections := 0, 0
		section := func() {
			running++
			runtime.Gosched()
			if running != 1 {
				t.Error("two run at the same time")
			}
			sections++
			running--
		}
		c := nodetest.New(t, func(n *node.Node) {
			kv, ts := node.NewLinKV(n), node.NewLinTSO(n)
			work := func(ctx context.Context, i int) {
				section()
				_ = n.Sleep(ctx, time.Duration(i%7)*time.Millisecond)
				section()
				_, err := node.Call[none](ctx, n, "n2", "ask", none{})
				section()
				n.Blocking(ctx, func() { time.Sleep(time.Duration(i%5) * time.Millisecond) })
				section()
				_, readErr := kv.Read(ctx, "k")
				section()
				_, tsErr := ts.Next(ctx)
				section()
				_, updateErr := node.Update(ctx, kv, "k", 0, func(v int) int { section(); return v + 1 })
				section()
				_, syncErr := n.SyncRPC(ctx, "n2", map[string]any{"type": "ask"})
				section()
				for _, err := range []error{err, readErr, tsErr, updateErr, syncErr} {
					if err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			}
			n.OnInit(func(ctx context.Context) error { work(ctx, 1); return nil })
			node.HandleRPC(n, "work", func(ctx context.Context, req struct{ I int }) (none, error) {
				work(ctx, req.I)
				n.Go(func(ctx context.Context) { work(ctx, req.I) })
				n.After(time.Duration(req.I%3)*time.Millisecond, func(ctx context.Context) { work(ctx, req.I+1) })
				return none{}, nil
			})
			node.Receive(n, "work in silence", func(ctx context.Context, _ string, m struct{ I int }) { work(ctx, m.I) })
			n.Every(time.Millisecond, func(ctx context.Context) { work(ctx, 3) })
		})
		var kv nodetest.KV
		kv.Set("k", 0)
		ts := 0
		c.Service(node.LinKV, kv.Serve)
		c.Service(node.LinTSO, func(node.Message) any { ts++; return map[string]any{"ts": ts} })
		c.Service("n2", func(node.Message) any { return none{} })
		c.Init("n1", "n2")

		var clients sync.WaitGroup
		for i := range 50 {
			clients.Go(func() {
				nodetest.Request[none](c, "work", map[string]any{"i": i})
				c.Send("n2", "work in silence", map[string]any{"i": i})
			})
		}
		clients.Wait()
		time.Sleep(time.Second)
		c.Close()
		require.Greater(t, sections, 1000)
	})
}

// Guarantee 2.
func TestHandlersBeginInTheOrderOfMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun []int
		type numbered struct{ I int }
		c := nodetest.Start(t, func(n *node.Node) {
			begin := func(ctx context.Context, i int) {
				begun = append(begun, i)
				if i%3 == 0 { // the next handler begins while this one waits
					_ = n.Sleep(ctx, time.Duration(100-i%100)*time.Millisecond)
				}
			}
			node.HandleRPC(n, "request", func(ctx context.Context, req numbered) (none, error) {
				begin(ctx, req.I)
				return none{}, nil
			})
			node.Receive(n, "message", func(ctx context.Context, _ string, m numbered) { begin(ctx, m.I) })
		})
		const count = 1000
		for i := range count {
			c.Deliver(fmt.Sprintf(`{"src":"n%d","body":{"type":%q,"msg_id":%d,"i":%d}}`, i%4, []string{"request", "message"}[i%2], i, i))
		}
		c.Close()
		require.Len(t, begun, count)
		for i, v := range begun {
			require.Equal(t, i, v)
		}
	})
}

// Guarantee 4. The replies and a message behind each are there before the node reads any of them.
func TestReplyIsSeenBeforeLaterMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []string
		c := nodetest.Start(t, func(n *node.Node) {
			node.Receive(n, "ask", func(ctx context.Context, _ string, m struct{ I int }) {
				_, err := node.Call[none](ctx, n, "n2", "question", none{})
				events = append(events, fmt.Sprintf("reply %d %v", m.I, err))
			})
			node.Receive(n, "later", func(_ context.Context, _ string, m struct{ I int }) {
				events = append(events, fmt.Sprint("later ", m.I))
			})
			node.Receive(n, "busy", func(context.Context, string, none) { time.Sleep(time.Second) })
		})
		var want []string
		var lines []string
		for i := range 100 {
			c.Send("n3", "ask", map[string]any{"i": i})
			question := nodetest.Body[struct {
				MsgID int `json:"msg_id"`
			}](c, c.Expect("n2", "question"))
			lines = append(lines,
				fmt.Sprintf(`{"src":"n2","body":{"type":"question_ok","in_reply_to":%d}}`, question.MsgID),
				fmt.Sprintf(`{"src":"n3","body":{"type":"later","i":%d}}`, i))
			want = append(want, fmt.Sprintf("reply %d <nil>", i), fmt.Sprint("later ", i))
		}
		c.Send("n3", "busy", none{}) // nothing is read meanwhile
		for _, line := range lines {
			c.Deliver(line)
		}
		c.Close()
		require.Equal(t, want, events)
	})
}

// Guarantee 3: a context derived from the handler's does as well.
func TestDerivedContextGivesTheTurnAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "wait", func(ctx context.Context, _ none) (none, error) {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
				defer cancel()
				require.Equal(t, "c1", node.From(ctx))
				_, err := node.Call[none](ctx, n, "n2", "question", none{})
				return none{}, err
			})
			node.HandleRPC(n, "quick", func(context.Context, none) (none, error) { return none{}, nil })
		})
		start := time.Now()
		var waiting sync.WaitGroup
		waiting.Go(func() { c.ExpectError(node.Timeout, "wait", nil) })
		c.Expect("n2", "question")
		nodetest.Request[none](c, "quick", nil)
		require.Zero(t, time.Since(start))
		waiting.Wait()
		require.Equal(t, time.Second, time.Since(start))
	})
}

// Who calls with a context that is not the handler's keeps the turn, and is told so by the error.
func TestForeignContextKeepsTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "wrong", func(context.Context, none) (none, error) {
				_, err := node.Call[none](context.Background(), n, "n2", "question", none{})
				return none{}, err
			})
			node.HandleRPC(n, "wrong read", func(context.Context, none) (none, error) {
				_, err := node.NewSeqKV(n).Read(context.Background(), "k")
				return none{}, err
			})
			n.Handle("official", func(msg node.Message) error { // is right: it has no turn
				_, err := n.SyncRPC(context.Background(), "n2", map[string]any{"type": "question"})
				return err
			})
		})
		c.Service("n2", func(node.Message) any { return none{} })
		c.Service(node.SeqKV, func(node.Message) any { return none{} })
		for _, typ := range []string{"wrong", "wrong read"} {
			start := time.Now()
			e := c.ExpectError(node.Timeout, typ, nil)
			require.Contains(t, e.Text, "must pass on its own ctx")
			require.Equal(t, node.DefaultDeadline, time.Since(start))
		}
		c.Service("n2", func(node.Message) any { return nil })
		e := c.ExpectError(node.Timeout, "official", nil)
		require.Equal(t, "no reply from n2 within 5s", e.Text)
	})
}

// A context that is used after its handler has returned holds no turn.
func TestContextOfAFinishedHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := make(chan context.Context, 1)
		var n *node.Node
		c := nodetest.Start(t, func(started *node.Node) {
			n = started
			node.HandleRPC(n, "leave", func(ctx context.Context, _ none) (none, error) {
				kept <- ctx
				return none{}, nil
			})
		})
		c.Service("n2", func(node.Message) any { return none{} })
		nodetest.Request[none](c, "leave", nil)
		ctx := <-kept
		synctest.Wait()
		require.NoError(t, n.Sleep(ctx, time.Second))
		_, err := node.Call[none](ctx, n, "n2", "question", none{})
		require.NoError(t, err)
		n.Blocking(ctx, func() {})
		nodetest.Request[none](c, "leave", nil)
		c.Close()
		require.ErrorIs(t, n.Sleep(ctx, time.Second), context.Canceled)
	})
}

// Guarantee 8: handlers in the official manner run concurrently, also with a typed one.
func TestOfficialHandlersAreConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var barrier sync.WaitGroup
		barrier.Add(3)
		meet := func() {
			barrier.Done()
			barrier.Wait()
		}
		c := nodetest.Start(t, func(n *node.Node) {
			n.Handle("official", func(msg node.Message) error {
				meet()
				return n.Reply(msg, map[string]any{"type": "official_ok"})
			})
			node.HandleRPC(n, "typed", func(context.Context, none) (none, error) {
				meet()
				return none{}, nil
			})
		})
		var clients sync.WaitGroup
		for _, typ := range []string{"official", "official"} {
			clients.Go(func() { nodetest.Request[none](c, typ, nil) })
		}
		synctest.Wait()
		nodetest.Request[none](c, "typed", nil)
		clients.Wait()
	})
}

// Guarantee 9, for real goroutines: see also TestTransportWritersDoNotInterleave.
func TestSendFromAnyGoroutine(t *testing.T) {
	const senders, each = 8, 500
	var n *node.Node
	c := nodetest.Start(t, func(started *node.Node) { n = started }, "n1", "n2")
	c.Service("n2", func(node.Message) any { return none{} })
	var all sync.WaitGroup
	for i := range senders {
		all.Go(func() {
			for j := range each {
				if err := n.Send("n3", map[string]any{"i": i, "j": j, "x": strings.Repeat("x", j)}); err != nil {
					t.Error(err)
				}
				if j%50 == 0 {
					if _, err := node.Call[none](t.Context(), n, "n2", "ask", none{}); err != nil {
						t.Error(err)
					}
					if err := n.RPC("n2", map[string]any{"type": "ask"}, func(node.Message) error { return nil }); err != nil {
						t.Error(err)
					}
				}
				if n.ID() != "n1" || len(n.NodeIDs()) != 2 {
					t.Error("wrong ids")
				}
			}
		})
	}
	all.Wait()
	c.Close()
	require.Zero(t, n.Pending())
	var next [senders]int
	for _, m := range c.Sent() {
		body := nodetest.Body[struct {
			I, J int
			X    string
		}](c, m)
		require.Equal(t, next[body.I], body.J)
		require.Len(t, body.X, body.J)
		next[body.I]++
	}
	require.Equal(t, [senders]int{each, each, each, each, each, each, each, each}, next)
}
