package nodetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func TestRequestsAndMessages(t *testing.T) {
	c := nodetest.New(t, register)
	var kv nodetest.KV
	kv.Set("total", 40)
	c.Service("seq-kv", kv.Serve)
	c.Init("n1", "n2")

	nodetest.Request[struct{}](c, "add", addRequest{Delta: 2})
	require.Equal(t, readReply{Value: 42}, nodetest.Request[readReply](c, "read", nil))
	require.JSONEq(t, `{"type":"read_ok","in_reply_to":4,"value":42}`,
		string(nodetest.Request[json.RawMessage](c, "read", map[string]any{"ignored": 1})))
	require.Equal(t, json.Number("42"), kv.Get("total"))
	require.Equal(t, "the counter only grows", c.ExpectError(node.PreconditionFailed, "add", addRequest{Delta: -1}).Text)
	c.ExpectError(node.Crash, "fail", nil)
}

// In a bubble of synctest, seconds take no time and every moment is exact.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := 3
		var kv nodetest.KV
		c := nodetest.New(t, register)
		c.Service("seq-kv", func(req node.Message) any {
			if lost--; lost >= 0 {
				return nil // the network loses this one
			}
			return kv.Serve(req)
		})
		c.Init("n1", "n2")

		start := time.Now()
		nodetest.Request[readReply](c, "read", nil) // retried until it is answered
		require.Greater(t, time.Since(start), 3*250*time.Millisecond)

		kv.Set("total", 7)
		for len(c.Sent()) < 10 {
			time.Sleep(time.Second)
		}
		synctest.Wait()
		require.Equal(t, 7, nodetest.Body[readReply](c, c.Sent()[9]).Value)

		c.Service("seq-kv", func(node.Message) any { return nil })
		start = time.Now()
		c.ExpectError(node.Timeout, "read", nil)
		require.Equal(t, node.DefaultTimeout, time.Since(start))
	})
}

func TestPeers(t *testing.T) {
	c := nodetest.Start(t, func(n *node.Node) {
		node.Receive(n, "ask", func(ctx context.Context, _ struct{}) {
			from := node.From(ctx)
			answer, err := node.Call[json.RawMessage](ctx, n, "n3", "question", struct{}{})
			_ = node.Notify(n, from, "told", map[string]any{"answer": answer, "error": fmt.Sprint(err)})
		})
	}, "n1", "n2", "n3")

	c.Send("n2", "ask", nil)
	c.Reply(c.Expect("n3", "question"), map[string]any{"big": json.Number("9223372036854775807")})
	require.JSONEq(t, `{"type":"told","error":"<nil>","answer":{"type":"question_ok","in_reply_to":1,"big":9223372036854775807}}`,
		string(c.Expect("n2", "told").Body))

	c.Send("n2", "ask", nil)
	c.Reply(c.Expect("n3", "question"), node.NewRPCError(node.Abort, "no"))
	require.Contains(t, string(c.Expect("n2", "told").Body), "Abort")

	c.Send("n2", "ask", nil)
	c.Reply(c.Expect("n3", "question"), errors.New("no"))
	require.Contains(t, string(c.Expect("n2", "told").Body), "Crash")

	c.Deliver(`{"src":"n2","dest":"n1","body":{"type":"ask"}}`)
	c.Expect("n3", "question")
	require.Empty(t, c.Sent())
}

func TestKV(t *testing.T) {
	var kv nodetest.KV
	ask := func(body string) string {
		raw, err := json.Marshal(kv.Serve(node.Message{Body: []byte(body)}))
		require.NoError(t, err)
		return string(raw)
	}
	require.Nil(t, kv.Get("k"))
	for _, test := range []struct{ body, want string }{
		{`{"type":"read","key":"k"}`, `"code":20`},
		{`{"type":"cas","key":"k","from":1,"to":2}`, `"code":20`},
		{`{"type":"cas","key":"k","from":1,"to":9223372036854775807,"create_if_not_exists":true}`, `{}`},
		{`{"type":"cas","key":"k","from":9223372036854775806,"to":2}`, `"code":22`},
		{`{"type":"read","key":"k"}`, `{"value":9223372036854775807}`},
		{`{"type":"write","key":"k","value":{"a":1,"b":[2]}}`, `{}`},
		{`{"type":"cas","key":"k","from":{"b":[2],"a":1},"to":null}`, `{}`},
		{`{"type":"read","key":"k"}`, `{"value":null}`},
		{`{"type":"write","key":{"x":1,"y":2},"value":1}`, `{}`},
		{`{"type":"read","key":{"y":2,"x":1}}`, `{"value":1}`},
		{`{"type":"read","Key":{"y":2,"x":1}}`, `"code":20`},
		{`{"type":"cas","to":[],"create_if_not_exists":true}`, `{}`}, // a missing field is null
		{`{"type":"read"}`, `{"value":[]}`},
		{`{"type":"cas","key":null,"from":[]}`, `{}`},
		{`{"type":"read","key":null}`, `{"value":null}`},
		{`{"type":"ts"}`, `"code":10`},
		{`{"type":5}`, `"code":12`},
	} {
		require.Contains(t, ask(test.body), test.want, test.body)
	}
}

// recorder is a testing.TB that records failures.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
	cleanup  func()
}

func (r *recorder) Helper()           {}
func (r *recorder) Cleanup(f func())  { r.cleanup = f }
func (r *recorder) Output() io.Writer { return io.Discard }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// Every mistake must fail the test that uses the client, with a message that explains it.
func TestFailures(t *testing.T) {
	nothing := func(*node.Node) {}
	for _, test := range []struct {
		name, want string
		play       func(tb testing.TB)
	}{
		{"no reply", "no a reply to slow within 10s", func(tb testing.TB) {
			c := nodetest.Start(tb, func(n *node.Node) {
				node.HandleRPC(n, "slow", func(ctx context.Context, _ struct{}) (struct{}, error) {
					return struct{}{}, n.Sleep(ctx, time.Minute)
				})
			})
			c.Timeout = 10 * time.Second
			nodetest.Request[struct{}](c, "slow", nil)
		}},
		{"no message", `no a message of type "news" to n2 within 1s`, func(tb testing.TB) {
			c := nodetest.Start(tb, nothing)
			c.Timeout = time.Second
			c.Expect("n2", "news")
		}},
		{"an error instead of a reply", `the reply to x is {"in_reply_to":2,"type":"error","code":10`, func(tb testing.TB) {
			c := nodetest.Start(tb, nothing)
			nodetest.Request[struct{}](c, "x", nil)
		}},
		{"another error", "not an error with code 11", func(tb testing.TB) {
			c := nodetest.Start(tb, nothing)
			c.ExpectError(node.TemporarilyUnavailable, "x", nil)
		}},
		{"a reply of another shape", "cannot unmarshal", func(tb testing.TB) {
			c := nodetest.Start(tb, register)
			c.Service("seq-kv", new(nodetest.KV).Serve)
			nodetest.Request[struct{ Value string }](c, "read", nil)
		}},
		{"a body that is no object", "message from c1: json: cannot unmarshal number", func(tb testing.TB) {
			c := nodetest.Start(tb, nothing)
			c.Do("x", 5)
		}},
		{"failed initialisation", "the reply to init is", func(tb testing.TB) {
			nodetest.Start(tb, func(n *node.Node) {
				n.OnInit(func(context.Context) error { return errors.New("no") })
			})
		}},
		{"a property that does not hold", `nodetest: always "x < 5" does not hold: {"x":7}`, func(tb testing.TB) {
			c := nodetest.Start(tb, func(n *node.Node) {
				small := node.Always(n, "x < 5")
				node.HandleRPC(n, "check", func(context.Context, struct{}) (struct{}, error) {
					small.Check(7 < 5, slog.Int("x", 7))
					return struct{}{}, nil
				})
			})
			nodetest.Request[struct{}](c, "check", nil)
		}},
		{"a node that has ended", "the node has ended without a reply to x", func(tb testing.TB) {
			c := nodetest.Start(tb, nothing)
			c.Close()
			c.Do("x", nil)
		}},
		{"a node that the cluster does not have", "the cluster has no node n9", func(tb testing.TB) {
			nodetest.StartCluster(tb, nothing, "n1").Node("n9")
		}},
		{"a goroutine that goes on", "goroutines of the node go on after its end", func(tb testing.TB) {
			c := nodetest.Start(tb, func(n *node.Node) {
				node.HandleRPC(n, "leak", func(context.Context, struct{}) (struct{}, error) {
					go time.Sleep(time.Minute)
					return struct{}{}, nil
				})
			})
			nodetest.Request[struct{}](c, "leak", nil)
		}},
		{"a handler that goes on", "the node has not ended within 3s", func(tb testing.TB) {
			c := nodetest.Start(tb, func(n *node.Node) {
				node.Receive(n, "work", func(ctx context.Context, _ struct{}) {
					n.Blocking(ctx, func() { time.Sleep(time.Minute) })
				})
			})
			c.Timeout = 3 * time.Second
			c.Send("n2", "work", nil)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &recorder{TB: t}
				done := make(chan struct{})
				go func() {
					defer close(done)
					test.play(r)
				}()
				<-done
				r.cleanup()
				time.Sleep(time.Hour) // the goroutines that go on for a minute end
				r.mu.Lock()
				defer r.mu.Unlock()
				require.NotEmpty(t, r.failures)
				require.Contains(t, r.failures[0], test.want)
			})
		})
	}
}
