package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func TestEndOfInputDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "slow", func(ctx context.Context, _ none) (none, error) {
				err := n.Sleep(ctx, 2*time.Second)
				d.note("slow")
				return none{}, err
			})
			n.Handle("official", func(msg node.Message) error {
				time.Sleep(3 * time.Second)
				return n.Reply(msg, map[string]any{"type": "official_ok"})
			})
			n.Every(time.Second, func(context.Context) { d.note("tick") })
			n.After(2500*time.Millisecond, func(context.Context) { d.note("after") })
			n.Go(func(ctx context.Context) {
				d.note(fmt.Sprint("asleep until ", n.Sleep(ctx, time.Hour)))
			})
		})
		var clients sync.WaitGroup
		clients.Go(func() { nodetest.Request[none](c, "slow", nil) })
		clients.Go(func() { nodetest.Request[none](c, "official", nil) })
		time.Sleep(1500 * time.Millisecond)
		c.Close()
		require.Equal(t, 3*time.Second, time.Since(d.start).Round(time.Second))
		require.Equal(t, []string{"1s tick", "1.5s asleep until context canceled", "2s slow"}, d.events)
		clients.Wait()
		time.Sleep(time.Hour)
	})
}

// When the input has ended, no reply can come.
func TestEndOfInputEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []string
		var n *node.Node
		c := nodetest.Start(t, func(started *node.Node) {
			n = started
			node.Receive(n, "ask", func(ctx context.Context, m struct{ I int }) {
				for range 2 {
					_, err := node.Call[none](ctx, n, "n2", "question", none{}, node.Idempotent(node.Retry{}))
					events = append(events, fmt.Sprintf("%d: %d %v", m.I, node.ErrorCode(err), err))
				}
			})
		})
		for i := range 3 {
			c.Send("n3", "ask", map[string]any{"i": i})
		}
		outside := make(chan error)
		go func() {
			_, err := n.SyncRPC(context.Background(), "n2", map[string]any{"type": "question"})
			outside <- err
		}()
		require.NoError(t, n.RPC("n2", map[string]any{"type": "question"}, func(node.Message) error {
			t.Error("there is no reply")
			return nil
		}))
		synctest.Wait()
		start := time.Now()
		c.Close()
		require.Less(t, time.Since(start), time.Second, "Run does not wait for callbacks")
		require.Equal(t, node.Timeout, node.ErrorCode(<-outside))

		var want []string
		for i := range 3 {
			want = append(want,
				fmt.Sprintf(`%d: 0 RPCError(Timeout, "no reply from n2: the node's input has ended")`, i),
				fmt.Sprintf(`%d: 11 RPCError(TemporarilyUnavailable, "the node's input has ended: no reply could come")`, i))
		}
		require.Equal(t, want, events)
	})
}

// Run waits 5 s for handlers, then ends their contexts and returns.
func TestDrainLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.Start(t, func(n *node.Node) {
			node.Receive(n, "stuck", func(ctx context.Context, _ none) {
				d.note(fmt.Sprint(n.Sleep(ctx, time.Hour)))
			})
		})
		c.Send("n2", "stuck", none{})
		c.Close()
		require.Equal(t, 5*time.Second, time.Since(d.start).Round(time.Second))
		synctest.Wait()
		require.Equal(t, []string{"5s context canceled"}, d.events)
	})
}

// Nobody would see what the handlers in flight answer.
func TestBrokenOutputEndsTheNodeAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, feed := io.Pipe()
		broken := errors.New("broken")
		n := node.New(node.Options{
			Transport: node.NewStdio(in, writeFunc(func([]byte) (int, error) { return 0, broken })),
			Logger:    slog.New(slog.DiscardHandler),
		})
		n.Init("n1", []string{"n1"})
		began := time.Now()
		node.Receive(n, "slow", func(ctx context.Context, _ none) {
			require.ErrorIs(t, n.Sleep(ctx, time.Hour), context.Canceled)
		})
		ended := make(chan error)
		go func() { ended <- n.Run() }()
		for _, typ := range []string{"slow", "unknown"} {
			_, err := fmt.Fprintf(feed, `{"src":"c1","body":{"type":%q,"msg_id":1}}`+"\n", typ)
			require.NoError(t, err)
		}
		require.ErrorIs(t, <-ended, broken)
		require.Zero(t, time.Since(began))
		require.NoError(t, feed.Close())
	})
}

func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		var n *node.Node
		c := nodetest.Start(t, func(started *node.Node) {
			n = started
			node.HandleRPC(n, "stop", func(ctx context.Context, _ none) (none, error) {
				n.Shutdown()
				n.Shutdown()
				// It goes on, so calls are answered.
				_, err := node.Call[none](ctx, n, "n2", "question", none{})
				return none{}, errors.Join(err, n.Sleep(ctx, time.Second))
			})
			node.HandleRPC(n, "quick", func(context.Context, none) (none, error) { return none{}, nil })
			n.Every(10*time.Millisecond, func(context.Context) { t.Error("a tick after the shutdown has begun") })
		})
		c.Service("n2", func(node.Message) any { return none{} })
		var stopping sync.WaitGroup
		stopping.Go(func() { nodetest.Request[none](c, "stop", nil) })
		for range 20 { // it is not quiet
			time.Sleep(49 * time.Millisecond)
			nodetest.Request[none](c, "quick", nil)
		}
		stopping.Wait()
		d.note("stopped")
		_ = n
		c.Close()
		require.Equal(t, []string{"1s stopped"}, d.events)
	})
}

// Messages that have come but wait for the turn are answered, too.
func TestShutdownWhileTheNodeComputes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "compute", func(context.Context, none) (none, error) {
				time.Sleep(time.Second) // keeps the turn
				return none{}, nil
			})
			n.After(time.Second, func(context.Context) {
				time.Sleep(time.Second)
				n.Shutdown()
				time.Sleep(time.Second)
			})
		})
		time.Sleep(1500 * time.Millisecond)
		var clients sync.WaitGroup
		for range 3 {
			clients.Go(func() { nodetest.Request[none](c, "compute", nil) })
		}
		clients.Wait()
	})
}

// A panic is reported with its stack and answered if an answer is due; the node goes on.
func TestPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var sent []string
		m := node.NewMem(func(line []byte) { sent = append(sent, string(line)) })
		n := node.New(node.Options{Transport: m, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		boom := func(where string) { panic("boom in " + where) }
		var empty map[string]int
		node.HandleRPC(n, "typed", func(context.Context, none) (none, error) { empty["x"] = 1; return none{}, nil })
		node.HandleRPC(n, "blocking", func(ctx context.Context, _ none) (none, error) {
			n.Blocking(ctx, func() { boom("Blocking") })
			return none{}, nil
		})
		node.HandleRPC(n, "reply", func(context.Context, none) (badReply, error) { return badReply{}, nil })
		node.Receive(n, "receive", func(context.Context, none) { boom("Receive") })
		n.Handle("official", func(node.Message) error { boom("Handle"); return nil })
		n.Handle("callback", func(node.Message) error {
			return n.RPC("n2", map[string]any{"type": "ask"}, func(node.Message) error { boom("a callback"); return nil })
		})
		n.Go(func(context.Context) { boom("Go") })
		n.After(time.Second, func(context.Context) { boom("After") })
		fails := true
		n.OnInit(func(context.Context) error {
			if fails {
				boom("OnInit")
			}
			return nil
		})
		node.HandleRPC(n, "alive", func(context.Context, none) (none, error) { return none{}, nil })

		ended := make(chan error)
		go func() { ended <- n.Run() }()
		ask := func(id int, typ string) string {
			sent = nil
			m.Deliver(fmt.Appendf(nil, `{"src":"c1","body":{"type":%q,"msg_id":%d,"node_id":"n1","node_ids":["n1"]}}`, typ, id))
			synctest.Wait()
			return strings.Join(sent, "\n")
		}
		require.Contains(t, ask(1, "init"), `"in_reply_to":1,"type":"error","code":13,"text":"panic: boom in OnInit"`)
		fails = false
		require.Contains(t, ask(2, "init"), "init_ok")
		require.Contains(t, ask(3, "typed"), `"in_reply_to":3,"type":"error","code":13,"text":"panic: assignment to entry in nil map"`)
		require.Contains(t, ask(4, "blocking"), `"code":13,"text":"panic: boom in Blocking"`)
		require.Contains(t, ask(5, "reply"), `"code":13,"text":"panic: boom in MarshalJSON"`)
		require.Contains(t, ask(6, "official"), `"code":13,"text":"panic: boom in Handle"`)
		require.Contains(t, ask(7, "callback"), `"ask"`)
		m.Deliver([]byte(`{"src":"n2","body":{"type":"ask_ok","in_reply_to":1}}`))
		m.Deliver([]byte(`{"src":"n2","body":{"type":"receive"}}`))
		time.Sleep(2 * time.Second)
		require.Contains(t, ask(8, "alive"), "alive_ok")
		m.CloseInput()
		require.NoError(t, <-ended)

		for _, where := range []string{"Blocking", "MarshalJSON", "Handle", "a callback", "Receive", "Go", "After", "OnInit"} {
			require.Contains(t, log.String(), fmt.Sprintf("panic=%q", "boom in "+where))
		}
		for record := range strings.Lines(log.String()) {
			if strings.Contains(record, "stack=") {
				require.Contains(t, record, "lifetime_test.go", "the stack leads here")
			}
		}
	})
}

type badReply struct{}

func (badReply) MarshalJSON() ([]byte, error) { panic("boom in MarshalJSON") }

func TestInit(t *testing.T) {
	init := func(id int, self, all string) string {
		return fmt.Sprintf(`{"src":"c0","body":{"type":"init","msg_id":%d,"node_id":%s,"node_ids":%s}}`, id, self, all)
	}
	synctest.Test(t, func(t *testing.T) {
		runs, fail := 0, true
		var n *node.Node
		c := nodetest.New(t, func(started *node.Node) {
			n = started
			node.HandleRPC(n, "echo", func(context.Context, none) (none, error) { return none{}, nil })
			n.Handle("official", func(msg node.Message) error { return n.Reply(msg, map[string]string{"type": "official_ok"}) })
			n.OnInit(func(context.Context) error {
				require.Equal(t, "n2", n.ID())
				require.Equal(t, []string{"n1", "n2"}, n.NodeIDs())
				return nil
			})
			n.OnInit(func(ctx context.Context) error {
				if runs++; fail {
					return node.NewRPCError(node.Abort, "not yet")
				}
				_, err := node.NewSeqKV(n).Read(ctx, "k") // waits for a reply
				return err
			})
		})
		c.Service(node.SeqKV, func(node.Message) any { return map[string]any{"value": 1} })
		require.Empty(t, n.ID())
		require.Nil(t, n.NodeIDs())
		require.Empty(t, n.Others())
		require.Equal(t, -1, n.Index())
		ask := func(line string) string {
			c.Deliver(line)
			synctest.Wait()
			sent := c.Sent()
			return string(sent[len(sent)-1].Body)
		}
		echo := `{"src":"c1","body":{"type":"echo","msg_id":7}}`
		official := `{"src":"c1","body":{"type":"official","msg_id":8}}`
		require.Contains(t, ask(echo), `"in_reply_to":7,"type":"error","code":11,`, "it has no id yet")
		require.Contains(t, ask(official), `"in_reply_to":8,"type":"error","code":11,`)
		require.Contains(t, ask(`{"src":"c1","body":{"type":"nosuch","msg_id":9}}`), `"code":10`)
		require.Contains(t, ask(init(1, `5`, `[]`)), `"code":12`)
		require.Contains(t, ask(init(2, `"n3"`, `["n1","n2"]`)), `"code":12`)
		require.Contains(t, ask(init(3, `"n2"`, `["n1","n2"]`)), `"code":14,"text":"not yet"`)
		fail = false
		require.JSONEq(t, `{"type":"init_ok","in_reply_to":4}`, ask(init(4, `"n2"`, `["n1","n2"]`)))
		require.JSONEq(t, `{"type":"init_ok","in_reply_to":5}`, ask(init(5, `"n2"`, `["n1","n2"]`)), "a duplicate is answered")
		require.Contains(t, ask(init(6, `"n1"`, `["n1","n2"]`)), `"code":22`)
		require.JSONEq(t, `{"type":"echo_ok","in_reply_to":7}`, ask(echo))
		require.JSONEq(t, `{"type":"official_ok","in_reply_to":8}`, ask(official))
		require.Equal(t, 2, runs)
		require.Equal(t, "n2", n.ID())
		n.NodeIDs()[0] = "changed"
		require.Equal(t, []string{"n1", "n2"}, n.NodeIDs())
		require.Equal(t, 1, n.Index())
		n.Others()[0] = "changed"
		require.Equal(t, []string{"n1"}, n.Others())
	})
}

// Before init_ok no handler sees a message of a client, and before init none at all, be it a request or not.
func TestMessagesBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var handled []string
		fail := true
		c := nodetest.New(t, func(n *node.Node) {
			n.OnInit(func(ctx context.Context) error {
				if fail {
					return node.NewRPCError(node.Abort, "not yet")
				}
				return n.Sleep(ctx, time.Second)
			})
			node.Receive(n, "tell", func(ctx context.Context, _ none) { handled = append(handled, "tell of "+node.From(ctx)) })
			node.HandleRPC(n, "ask", func(ctx context.Context, _ none) (none, error) {
				handled = append(handled, "ask of "+node.From(ctx))
				return none{}, nil
			})
			n.Handle("official", func(msg node.Message) error {
				handled = append(handled, "official of "+msg.Src)
				return n.Reply(msg, map[string]any{"type": "official_ok"})
			})
		})
		// all sends each type from a client and a node, with and without msg_id, and returns what was handled and who got error 11.
		all := func() (seen, refused []string) {
			handled = nil
			before := len(c.Sent())
			for _, src := range []string{"c7", "n2"} {
				for _, typ := range []string{"tell", "ask", "official"} {
					for _, id := range []string{"", `,"msg_id":1`} {
						c.Deliver(fmt.Sprintf(`{"src":%q,"dest":"n1","body":{"type":%q%s}}`, src, typ, id))
						synctest.Wait()
					}
				}
			}
			for _, m := range c.Sent()[before:] {
				if strings.Contains(string(m.Body), `"code":11`) {
					refused = append(refused, m.Dest)
				}
			}
			return handled, refused
		}
		init := `{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`
		ofNode := []string{"tell of n2", "tell of n2", "ask of n2", "ask of n2", "official of n2", "official of n2"}

		seen, refused := all()
		require.Empty(t, seen)
		require.Equal(t, []string{"c7", "c7", "c7", "n2", "n2", "n2"}, refused)

		c.Deliver(init) // fails
		synctest.Wait()
		seen, refused = all()
		require.Equal(t, ofNode, seen)
		require.Equal(t, []string{"c7", "c7", "c7"}, refused)

		fail = false
		c.Deliver(init) // is under way
		synctest.Wait()
		seen, refused = all()
		require.Equal(t, ofNode, seen)
		require.Equal(t, []string{"c7", "c7", "c7"}, refused)

		time.Sleep(2 * time.Second)
		seen, refused = all()
		require.Len(t, seen, 12)
		require.Empty(t, refused)
	})
}

// The official way: a handler for init, which may wait for replies, and whose error is the reply.
func TestOfficialInitHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failure error
		c := nodetest.New(t, func(n *node.Node) {
			n.Handle("init", func(msg node.Message) error {
				require.Equal(t, "init", msg.Type())
				_, err := n.SyncRPC(context.Background(), "n2", map[string]any{"type": "ask"})
				return errors.Join(err, failure)
			})
		})
		c.Service("n2", func(node.Message) any { return none{} })
		failure = errors.New("no")
		c.ExpectError(node.Crash, "init", map[string]any{"node_id": "n1", "node_ids": []string{"n1"}})
		failure = nil
		c.Init()
	})
}

func TestRegisterTwice(t *testing.T) {
	n := node.New(node.Options{Transport: node.NewMem(nil)})
	n.Handle("x", func(node.Message) error { return nil })
	for _, register := range []func(){
		func() { n.Handle("x", func(node.Message) error { return nil }) },
		func() { node.HandleRPC(n, "x", func(context.Context, none) (none, error) { return none{}, nil }) },
		func() { node.Receive(n, "x", func(context.Context, none) {}) },
	} {
		require.PanicsWithValue(t, `node: duplicate message handler for "x" message type`, register)
	}
}

// A bad line is quoted in the log, but not all of it.
func TestLogOfBadLines(t *testing.T) {
	var log bytes.Buffer
	m := node.NewMem(func([]byte) {})
	n := node.New(node.Options{Transport: m, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	m.Deliver([]byte("rubbish"))
	m.Deliver([]byte(strings.Repeat("x", 1<<20)))
	m.CloseInput()
	m.Deliver([]byte("too late"))
	require.NoError(t, n.Run())
	require.Contains(t, log.String(), "rubbish")
	require.Contains(t, log.String(), "(1048576 bytes)")
	require.NotContains(t, log.String(), "too late")
	n.Logger().Warn("a report of the program's own")
	require.Contains(t, log.String(), "a report of the program's own")
	require.Less(t, log.Len(), 2000)
}

func TestRand(t *testing.T) {
	draw := func(seed uint64, id string) (v uint64) {
		m := node.NewMem(func([]byte) {})
		n := node.New(node.Options{Transport: m, Seed: seed})
		kept := n.Rand()
		kept.Uint64() // before init it has a state of its own
		n.OnInit(func(context.Context) error { v = kept.Uint64(); return nil })
		m.Deliver(fmt.Appendf(nil, `{"src":"c1","body":{"type":"init","node_id":%q,"node_ids":[%q]}}`, id, id))
		m.CloseInput()
		require.NoError(t, n.Run())
		return v
	}
	require.Equal(t, draw(1, "n1"), draw(1, "n1"))
	require.NotEqual(t, draw(1, "n1"), draw(2, "n1"))
	require.NotEqual(t, draw(1, "n1"), draw(1, "n2"))
	t.Setenv("GLOMERS_SEED", "7")
	require.Equal(t, draw(7, "n1"), draw(0, "n1"))
}
