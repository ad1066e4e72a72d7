package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// startCaller starts a node without handlers, which the test makes call from a goroutine of its own and,
// with inTask, from a typed handler: a call must be the same in both.
func startCaller(t *testing.T) (c *nodetest.Client, n *node.Node) {
	t.Helper()
	c = nodetest.Start(t, func(started *node.Node) { n = started })
	return c, n
}

// eachWay runs test in a bubble with a function do that runs its argument in the test's goroutine, and then with
// one that runs it in a typed handler.
func eachWay(t *testing.T, test func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context)))) {
	t.Helper()
	t.Run("goroutine", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, n := startCaller(t)
			test(t, c, n, func(f func(ctx context.Context)) { f(context.Background()) })
		})
	})
	t.Run("task", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, n := startCaller(t)
			test(t, c, n, func(f func(ctx context.Context)) {
				done := make(chan struct{})
				n.Go(func(ctx context.Context) {
					defer close(done)
					f(ctx)
				})
				<-done
			})
		})
	})
}

func TestCallDeadlines(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		for _, test := range []struct {
			name  string
			limit time.Duration // of the context; 0 for none
			opts  []node.CallOption
			want  time.Duration
			code  int // -1 for the context's error
		}{
			{"default", 0, nil, node.DefaultTimeout, node.Timeout},
			{"shorter", 0, []node.CallOption{node.WithTimeout(time.Second)}, time.Second, node.Timeout},
			{"longer", 0, []node.CallOption{node.WithTimeout(time.Hour)}, time.Hour, node.Timeout},
			{"context first", time.Second, nil, time.Second, -1},
			{"deadline first", time.Minute, nil, node.DefaultTimeout, node.Timeout},
			{"repeated in vain", 0, []node.CallOption{node.Idempotent(node.Retry{})}, node.DefaultTimeout, node.Timeout},
		} {
			do(func(ctx context.Context) {
				if test.limit != 0 {
					limited, cancel := context.WithTimeout(ctx, test.limit)
					defer cancel()
					ctx = limited
				}
				start := time.Now()
				_, err := node.Call[none](ctx, n, "n2", "ask", none{}, test.opts...)
				require.Equal(t, test.want, time.Since(start), test.name)
				require.Equal(t, test.code, node.ErrorCode(err), test.name)
				if test.code == -1 {
					require.ErrorIs(t, err, context.DeadlineExceeded, test.name)
				}
				require.Zero(t, n.Pending(), test.name)
			})
		}
	})
}

func TestCallReplies(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		type value struct{ Value int }
		ask := func(answer any) (v value, err error) {
			c.Service("n2", func(node.Message) any { return answer })
			do(func(ctx context.Context) { v, err = node.Call[value](ctx, n, "n2", "ask", none{}) })
			return v, err
		}
		v, err := ask(value{7})
		require.NoError(t, err)
		require.Equal(t, 7, v.Value)

		for _, code := range []int{node.Timeout, node.TemporarilyUnavailable, node.TxnConflict, 1000} {
			_, err = ask(node.NewRPCError(code, "text"))
			require.Equal(t, node.NewRPCError(code, "text"), err)
		}

		_, err = ask(map[string]any{"value": "text"})
		require.ErrorContains(t, err, `to ask: json: cannot unmarshal string`)

		c.Service("n2", func(req node.Message) any {
			id := nodetest.Body[struct {
				MsgID int `json:"msg_id"`
			}](c, req).MsgID
			c.Deliver(fmt.Sprintf(`{"src":"n2","body":{"type":"error","in_reply_to":%d,"code":"eleven"}}`, id))
			return nil
		})
		do(func(ctx context.Context) { _, err = node.Call[value](ctx, n, "n2", "ask", none{}) })
		require.Equal(t, node.Crash, node.ErrorCode(err))
		require.ErrorContains(t, err, "malformed error reply")
	})
}

func TestCallRefusesBodies(t *testing.T) {
	c, n := startCaller(t)
	for _, body := range []any{make(chan int), 5, []int{1}, nil} {
		_, err := node.Call[none](t.Context(), n, "n2", "ask", body)
		require.ErrorContains(t, err, "node: ", "%v", body)
		_, err = n.SyncRPC(t.Context(), "n2", body)
		require.Error(t, err)
		require.Error(t, n.RPC("n2", body, func(node.Message) error { return nil }))
		require.Error(t, n.Send("n2", body))
		require.Error(t, node.Notify(n, "n2", "ask", body))
		require.Error(t, n.Reply(node.Message{Src: "c1", Body: []byte(`{"msg_id":1}`)}, body))
	}
	require.Error(t, n.Reply(node.Message{Src: "c1", Body: []byte(`{"msg_id":`)}, none{}))
	require.Zero(t, n.Pending())
	c.Close()
	require.Empty(t, c.Sent())
}

// attempts notes when a service gets requests, and answers them as told.
type attempts struct {
	start time.Time
	at    []time.Duration
}

func (a *attempts) serve(answer func(i int, req node.Message) any) func(node.Message) any {
	a.start, a.at = time.Now(), nil
	return func(req node.Message) any {
		a.at = append(a.at, time.Since(a.start))
		return answer(len(a.at)-1, req)
	}
}

func silent(int, node.Message) any { return nil }

// requireSchedule checks the times of the attempts: attempt k+1 follows attempt k after wait and at
// most min(Cap, Base·2^k).
func (a *attempts) requireSchedule(t *testing.T, r node.Retry, wait time.Duration) {
	t.Helper()
	require.NotEmpty(t, a.at)
	require.Zero(t, a.at[0])
	for k := range len(a.at) - 1 {
		gap := a.at[k+1] - a.at[k]
		require.GreaterOrEqual(t, gap, wait, "attempt %d of %v", k+1, a.at)
		require.LessOrEqual(t, gap, wait+min(r.Cap, r.Base<<k), "attempt %d of %v", k+1, a.at)
	}
}

func TestRetrySchedule(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		r := node.Retry{Wait: 300 * time.Millisecond, Base: 40 * time.Millisecond, Cap: 500 * time.Millisecond, Budget: 12}
		call := func(deadline time.Duration) (err error) {
			do(func(ctx context.Context) {
				_, err = node.Call[none](ctx, n, "n2", "ask", none{}, node.Idempotent(r), node.WithTimeout(deadline))
			})
			return err
		}
		var a attempts

		c.Service("n2", a.serve(silent))
		require.Equal(t, node.Timeout, node.ErrorCode(call(time.Minute)))
		require.Equal(t, time.Minute, time.Since(a.start), "without budget it waits on")
		require.Len(t, a.at, r.Budget)
		a.requireSchedule(t, r, r.Wait)

		c.Service("n2", a.serve(silent))
		require.Equal(t, node.Timeout, node.ErrorCode(call(time.Second)))
		require.Equal(t, time.Second, time.Since(a.start))
		time.Sleep(time.Minute)
		require.Less(t, len(a.at), 5, "nothing is sent after the deadline")

		c.Service("n2", a.serve(func(i int, _ node.Message) any {
			if i < 5 {
				return nil
			}
			return none{}
		}))
		require.NoError(t, call(time.Minute))
		require.Equal(t, time.Since(a.start), a.at[5], "the reply ends it")
		require.Len(t, a.at, 6)
		require.Zero(t, n.Pending())
	})
}

// Error 11 says that nothing was done: the next attempt need not wait for a reply.
func TestRetryAfterTemporarilyUnavailable(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		unavailable := node.NewRPCError(node.TemporarilyUnavailable, "not now")
		r := node.Retry{Wait: 300 * time.Millisecond, Base: 40 * time.Millisecond, Cap: 500 * time.Millisecond, Budget: 7}
		var a attempts
		var err error
		call := func(opts ...node.CallOption) {
			do(func(ctx context.Context) {
				_, err = node.Call[none](ctx, n, "n2", "ask", none{}, append(opts, node.WithTimeout(time.Minute))...)
			})
		}

		c.Service("n2", a.serve(func(int, node.Message) any { return unavailable }))
		call(node.Idempotent(r))
		require.Equal(t, unavailable, err)
		require.Len(t, a.at, r.Budget)
		a.requireSchedule(t, r, 0)

		c.Service("n2", a.serve(func(i int, _ node.Message) any {
			if i < 6 {
				return unavailable
			}
			return none{}
		}))
		call(node.Idempotent(r))
		require.NoError(t, err)

		// Only idempotent requests, and only this error.
		c.Service("n2", a.serve(func(int, node.Message) any { return unavailable }))
		call()
		require.Equal(t, unavailable, err)
		require.Len(t, a.at, 1)
		c.Service("n2", a.serve(func(int, node.Message) any { return node.NewRPCError(node.TxnConflict, "") }))
		call(node.Idempotent(r))
		require.Equal(t, node.TxnConflict, node.ErrorCode(err))
		require.Len(t, a.at, 1)
		c.Service("n2", a.serve(silent))
		call()
		require.Equal(t, node.Timeout, node.ErrorCode(err))
		require.Len(t, a.at, 1)
	})
}

func TestReplyToAnEarlierAttemptCounts(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		var a attempts
		var first node.Message
		c.Service("n2", a.serve(func(i int, req node.Message) any {
			if i == 0 {
				first = req
			}
			if i == 3 {
				c.Reply(first, map[string]any{"value": 1})
				c.Reply(first, map[string]any{"value": 2}) // a second one is too late
				c.Reply(req, map[string]any{"value": 3})
			}
			return nil
		}))
		do(func(ctx context.Context) {
			reply, err := node.Call[struct{ Value int }](ctx, n, "n2", "ask", none{}, node.Idempotent(node.Retry{}))
			require.NoError(t, err)
			require.Equal(t, 1, reply.Value)
		})
		time.Sleep(time.Minute)
		require.Len(t, a.at, 4)
		require.Zero(t, n.Pending())
	})
}

// A reply that comes at the very instant of the next attempt: whichever is first, nothing is left behind.
func TestReplyAtTheInstantOfAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := startCaller(t)
		c.Service("n2", func(req node.Message) any {
			time.AfterFunc(time.Millisecond, func() { c.Reply(req, none{}) })
			return nil
		})
		var calls sync.WaitGroup
		for range 200 {
			calls.Go(func() {
				retry := node.Retry{Wait: time.Millisecond, Base: 1, Cap: 1}
				if _, err := node.Call[none](context.Background(), n, "n2", "ask", none{}, node.Idempotent(retry)); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		time.Sleep(time.Second)
		synctest.Wait()
		require.Zero(t, n.Pending())
	})
}

// The pauses come from the node's seed, and differ between nodes.
func TestRetryJitterIsSeeded(t *testing.T) {
	schedule := func(seed uint64, id string) (at []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			var m *node.Mem
			start := time.Now()
			m = node.NewMem(func([]byte) { at = append(at, time.Since(start)) })
			n := node.New(node.Options{Transport: m, Seed: seed})
			n.Init(id, []string{id})
			_, err := node.Call[none](t.Context(), n, "n2", "ask", none{}, node.Idempotent(node.Retry{}))
			require.Equal(t, node.Timeout, node.ErrorCode(err))
		})
		return at
	}
	require.Equal(t, schedule(1, "n1"), schedule(1, "n1"))
	require.NotEqual(t, schedule(1, "n1"), schedule(2, "n1"))
	require.NotEqual(t, schedule(1, "n1"), schedule(1, "n2"))
}

func TestCallEndsWithItsContext(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		do(func(ctx context.Context) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			start := time.Now()
			_, err := node.Call[none](ctx, n, "n2", "ask", none{}, node.Idempotent(node.Retry{}))
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, time.Second, time.Since(start))

			synctest.Wait()
			sent := len(c.Sent())
			_, err = node.Call[none](ctx, n, "n2", "ask", none{})
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, n.Sleep(ctx, time.Second), context.Canceled)
			require.Len(t, c.Sent(), sent, "nothing is sent when the context has ended")
		})
		require.Zero(t, n.Pending())
	})
}

// The official RPC: its callback gets the first reply, an error reply too.
func TestRPCCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := startCaller(t)
		var got []string
		require.NoError(t, n.RPC("n2", map[string]any{"type": "ask", "msg_id": 99}, func(m node.Message) error {
			got = append(got, string(m.Body))
			return errors.New("is only reported")
		}))
		time.Sleep(time.Hour) // it waits for as long as it takes
		ask := c.Expect("n2", "ask")
		require.JSONEq(t, `{"type":"ask","msg_id":1}`, string(ask.Body))
		c.Reply(ask, node.NewRPCError(node.Abort, "no"))
		c.Reply(ask, none{})
		c.Close()
		require.Len(t, got, 1)
		require.Equal(t, node.Abort, (&node.Message{Body: json.RawMessage(got[0])}).RPCError().Code)
		require.Zero(t, n.Pending())
	})
}
