package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
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
			node.Receive(n, "work in silence", func(ctx context.Context, m struct{ I int }) { work(ctx, m.I) })
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
			node.Receive(n, "message", func(ctx context.Context, m numbered) { begin(ctx, m.I) })
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
			node.Receive(n, "ask", func(ctx context.Context, m struct{ I int }) {
				_, err := node.Call[none](ctx, n, "n2", "question", none{})
				events = append(events, fmt.Sprintf("reply %d %v", m.I, err))
			})
			node.Receive(n, "later", func(_ context.Context, m struct{ I int }) {
				events = append(events, fmt.Sprint("later ", m.I))
			})
			node.Receive(n, "busy", func(context.Context, none) { time.Sleep(time.Second) })
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

// Who waits with a context that is not the function's would keep the turn: that is an error at once, which says where, and is reported.
func TestForeignContext(t *testing.T) {
	waits := map[string]func(ctx context.Context, n *node.Node) error{
		"Call": func(ctx context.Context, n *node.Node) error {
			_, err := node.Call[none](ctx, n, "n2", "question", none{})
			return err
		},
		"SyncRPC": func(ctx context.Context, n *node.Node) error {
			_, err := n.SyncRPC(ctx, "n2", map[string]any{"type": "question"})
			return err
		},
		"KV": func(ctx context.Context, n *node.Node) error {
			_, err := node.NewSeqKV(n).Read(ctx, "k")
			return err
		},
		"TSO": func(ctx context.Context, n *node.Node) error {
			_, err := node.NewLinTSO(n).Next(ctx)
			return err
		},
		"Sleep": func(ctx context.Context, n *node.Node) error { return n.Sleep(ctx, time.Hour) },
		"Blocking": func(ctx context.Context, n *node.Node) (err error) {
			defer func() { err, _ = recover().(error) }()
			n.Blocking(ctx, func() { time.Sleep(time.Hour) })
			return nil
		},
	}
	var deep func(depth int, f func() error) error
	deep = func(depth int, f func() error) error {
		if depth == 0 {
			return f()
		}
		return deep(depth-1, f)
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var sent []string
				m := node.NewMem(func(line []byte) { sent = append(sent, string(line)) })
				n := node.New(node.Options{Transport: m, Logger: slog.New(slog.NewTextHandler(&log, nil))})
				var errs []error
				background := func() { errs = append(errs, wait(context.Background(), n)) }
				kept := make(chan context.Context, 1)
				n.OnInit(func(context.Context) error { background(); return nil })
				node.HandleRPC(n, "typed", func(ctx context.Context, _ none) (none, error) {
					_ = n.Sleep(ctx, time.Second) // in another goroutine than the one that reads on
					background()
					kept <- ctx
					return none{}, nil
				})
				node.Receive(n, "receive", func(context.Context, none) { background() })
				node.Receive(n, "deep", func(context.Context, none) {
					errs = append(errs, deep(1000, func() error { return wait(context.Background(), n) }))
				})
				node.Receive(n, "kept", func(context.Context, none) { errs = append(errs, wait(<-kept, n)) })
				n.Go(func(context.Context) { background() })
				n.Every(time.Second, func(context.Context) { background() })
				ended := make(chan error)
				go func() { ended <- n.Run() }()
				start := time.Now()
				m.Deliver([]byte(`{"src":"c1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`))
				m.Deliver([]byte(`{"src":"c1","body":{"type":"typed","msg_id":2}}`))
				time.Sleep(1500 * time.Millisecond)
				for _, typ := range []string{"receive", "deep", "kept"} {
					m.Deliver(fmt.Appendf(nil, `{"src":"c1","body":{"type":%q}}`, typ))
				}
				synctest.Wait()
				require.Equal(t, 1500*time.Millisecond, time.Since(start))
				require.Len(t, errs, 7)
				for _, err := range errs {
					require.ErrorContains(t, err, "must pass on the ctx that it got")
					require.Contains(t, err.Error(), "TestForeignContext")
					require.Contains(t, err.Error(), "(turn_test.go:")
				}
				require.Equal(t, 7, strings.Count(log.String(), "must pass on the ctx"))
				m.CloseInput()
				require.NoError(t, <-ended)
				require.Len(t, sent, 2, "nothing but the replies: %s", sent)
			})
		})
	}
}

// Those that have no turn wait with a context of their own, also while somebody else has it.
func TestForeignContextWithoutTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := nodetest.New(t, func(n *node.Node) {
			ask := func() error {
				_, err := n.SyncRPC(context.Background(), "n2", map[string]any{"type": "question"})
				n.Blocking(context.Background(), func() {})
				calls++
				return errors.Join(err, n.Sleep(context.Background(), time.Second))
			}
			n.Handle("init", func(node.Message) error { return ask() })
			n.Handle("official", func(msg node.Message) error {
				return errors.Join(ask(), n.Reply(msg, map[string]any{"type": "official_ok"}))
			})
			n.Handle("callback", func(msg node.Message) error {
				return n.RPC("n2", map[string]any{"type": "question"}, func(node.Message) error {
					return errors.Join(ask(), n.Reply(msg, map[string]any{"type": "callback_ok"}))
				})
			})
			node.HandleRPC(n, "blocking", func(ctx context.Context, _ none) (_ none, err error) {
				n.Blocking(ctx, func() { err = ask() })
				return none{}, err
			})
			node.HandleRPC(n, "goroutine", func(ctx context.Context, _ none) (none, error) {
				done := make(chan error)
				go func() { done <- ask() }()
				var err error
				n.Blocking(ctx, func() { err = <-done })
				return none{}, err
			})
			node.Receive(n, "busy", func(context.Context, none) { time.Sleep(time.Second) }) // keeps the turn
		})
		c.Service("n2", func(node.Message) any { return none{} })
		c.Init("n1", "n2")
		for _, typ := range []string{"official", "callback", "blocking", "goroutine"} {
			var client sync.WaitGroup
			client.Go(func() { nodetest.Request[none](c, typ, nil) })
			synctest.Wait()
			c.Send("n2", "busy", nil)
			client.Wait()
		}
		require.Equal(t, 5, calls)
	})
}

// The handler of one node may wait for another node in the same process, which may be busy.
func TestContextOfAnotherNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var second *node.Node
		c2 := nodetest.Start(t, func(n *node.Node) {
			second = n
			node.Receive(n, "busy", func(context.Context, none) { time.Sleep(time.Second) })
		})
		c2.Service("n2", func(node.Message) any { return none{} })
		c1 := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "ask", func(ctx context.Context, _ none) (none, error) {
				return node.Call[none](ctx, second, "n2", "question", none{})
			})
		})
		c2.Send("n2", "busy", nil)
		synctest.Wait()
		nodetest.Request[none](c1, "ask", nil)
	})
}

// What the stack does not show: a function that has the turn waits for a goroutine that calls. The error names the likely reason.
func TestTurnIsKeptByWhoWaitsForAGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "wrong", func(context.Context, none) (none, error) {
				done := make(chan error)
				go func() {
					_, err := node.Call[none](context.Background(), n, "n2", "question", none{})
					done <- err
				}()
				return none{}, <-done
			})
			n.Handle("official", func(msg node.Message) error { // is right: it has no turn
				_, err := n.SyncRPC(context.Background(), "n2", map[string]any{"type": "question"})
				return err
			})
		})
		start := time.Now()
		e := c.ExpectError(node.Timeout, "wrong", nil)
		require.Contains(t, e.Text, "nothing was read meanwhile")
		require.Equal(t, node.DefaultTimeout, time.Since(start))
		e = c.ExpectError(node.Timeout, "official", nil)
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

// Guarantee 9, for real goroutines: see also nodetest.TestTransport.
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
