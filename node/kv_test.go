package node_test

import (
	"context"
	"encoding/json"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func TestKVMethods(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		for service, kv := range map[string]*node.KV{
			"lin-kv": node.NewLinKV(n), "seq-kv": node.NewSeqKV(n), "lww-kv": node.NewLWWKV(n), "mine": node.NewKV("mine", n),
		} {
			var fake nodetest.KV
			c.Service(service, fake.Serve)
			do(func(ctx context.Context) {
				_, err := kv.Read(ctx, "k")
				require.Equal(t, node.KeyDoesNotExist, node.ErrorCode(err))
				_, err = kv.ReadInt(ctx, "k")
				require.Equal(t, node.KeyDoesNotExist, node.ErrorCode(err))
				require.Equal(t, node.KeyDoesNotExist, node.ErrorCode(kv.CompareAndSwap(ctx, "k", 1, 2, false)))
				require.NoError(t, kv.CompareAndSwap(ctx, "k", 1, 2, true))
				require.Equal(t, node.PreconditionFailed, node.ErrorCode(kv.CompareAndSwap(ctx, "k", 1, 3, false)))
				require.NoError(t, kv.CompareAndSwap(ctx, "k", 2, 3, false))
				i, err := kv.ReadInt(ctx, "k")
				require.NoError(t, err)
				require.Equal(t, 3, i)

				type point struct{ X, Y int }
				require.NoError(t, kv.Write(ctx, "k", point{1, 2}))
				var p point
				require.NoError(t, kv.ReadInto(ctx, "k", &p))
				require.Equal(t, point{1, 2}, p)
				require.ErrorContains(t, kv.ReadInto(ctx, "k", &i), `node: value of "k" in `+service)
				_, err = kv.ReadInt(ctx, "k")
				require.Error(t, err)
			})
		}
	})
}

// What is written is read: no number is rounded, and what is no int is not made one.
func TestKVValues(t *testing.T) {
	c, n := startCaller(t)
	kv := node.NewLinKV(n)
	c.Service(node.LinKV, new(nodetest.KV).Serve)
	ctx := t.Context()
	for _, test := range []struct {
		json  string
		value any
		isInt bool
	}{
		{`0`, 0, true},
		{`-1`, -1, true},
		{`9007199254740993`, 1<<53 + 1, true},
		{`9223372036854775807`, math.MaxInt, true},
		{`-9223372036854775808`, math.MinInt, true},
		{`9223372036854775808`, 9223372036854775808.0, false},
		{`1.5`, 1.5, false},
		{`1e2`, 100.0, false},
		{`null`, nil, false},
		{`"é"`, "é", false},
		{`true`, true, false},
		{`[1,{"a":null}]`, []any{1.0, map[string]any{"a": nil}}, false},
	} {
		require.NoError(t, kv.Write(ctx, "k", json.RawMessage(test.json)))
		value, err := kv.Read(ctx, "k")
		require.NoError(t, err, test.json)
		require.Equal(t, test.value, value, test.json)

		var raw json.RawMessage
		require.NoError(t, kv.ReadInto(ctx, "k", &raw))
		require.Equal(t, test.json, string(raw))

		i, err := kv.ReadInt(ctx, "k")
		if test.isInt {
			require.NoError(t, err)
			require.Equal(t, test.value, i)
		} else {
			require.ErrorContains(t, err, `node: value of "k" in lin-kv`, test.json)
		}
	}
}

// Reads are idempotent, writes and swaps are not.
func TestKVRepeatsOnlyReads(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		var a attempts
		kv := node.NewSeqKV(n)
		count := func(f func(ctx context.Context) error) int {
			c.Service(node.SeqKV, a.serve(silent))
			do(func(ctx context.Context) {
				require.Equal(t, node.Timeout, node.ErrorCode(f(ctx)))
				require.Equal(t, node.DefaultTimeout, time.Since(a.start))
			})
			return len(a.at)
		}
		require.Greater(t, count(func(ctx context.Context) error { _, err := kv.Read(ctx, "k"); return err }), 3)
		require.Greater(t, count(func(ctx context.Context) error { return kv.ReadInto(ctx, "k", new(int)) }), 3)
		require.Equal(t, 1, count(func(ctx context.Context) error { return kv.Write(ctx, "k", 1) }))
		require.Equal(t, 1, count(func(ctx context.Context) error { return kv.CompareAndSwap(ctx, "k", 1, 2, true) }))
	})
}

// Many at once: each change is made exactly once.
func TestUpdateContention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fake nodetest.KV
		var kv *node.KV
		c := nodetest.New(t, func(n *node.Node) {
			kv = node.NewLinKV(n)
			node.HandleRPC(n, "add", func(ctx context.Context, req struct{ Delta int64 }) (none, error) {
				_, err := node.Update(ctx, kv, "sum", 1<<53, func(sum int64) int64 { return sum + req.Delta })
				return none{}, err
			})
		})
		c.Service(node.LinKV, fake.Serve)
		c.Init()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { nodetest.Request[none](c, "add", map[string]any{"delta": 1}) })
			all.Go(func() {
				_, err := node.Update(t.Context(), kv, "sum", 1<<53, func(sum int64) int64 { return sum + 1 })
				require.NoError(t, err)
			})
		}
		all.Wait()
		require.Equal(t, json.Number("9007199254741032"), fake.Get("sum")) // 2^53 + 40
	})
}

func TestUpdateErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := startCaller(t)
		kv := node.NewLinKV(n)
		double := func(i int) int { return 2 * i }
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()

		c.Service(node.LinKV, func(req node.Message) any {
			if req.Type() == "read" {
				return map[string]any{"value": "text"}
			}
			return nil
		})
		_, err := node.Update(ctx, kv, "k", 1, double)
		require.ErrorContains(t, err, `node: value of "k" in lin-kv: json: cannot unmarshal string`)

		c.Service(node.LinKV, func(node.Message) any { return node.NewRPCError(node.Abort, "no") })
		_, err = node.Update(ctx, kv, "k", 1, double)
		require.Equal(t, node.Abort, node.ErrorCode(err))

		swap := any(nil)
		c.Service(node.LinKV, func(req node.Message) any {
			if req.Type() == "read" {
				return map[string]any{"value": 3}
			}
			return swap
		})
		_, err = node.Update(ctx, kv, "k", 1, double)
		require.Equal(t, node.Timeout, node.ErrorCode(err), "a lost swap may have happened and is not repeated")

		swap = node.NewRPCError(node.PreconditionFailed, "")
		_, err = node.Update(ctx, kv, "k", 1, double)
		require.ErrorIs(t, err, context.DeadlineExceeded, "it tries until the context ends")

		swap = none{}
		got, err := node.Update(context.Background(), kv, "k", 1, double)
		require.NoError(t, err)
		require.Equal(t, 6, got)
	})
}

func TestTimestamps(t *testing.T) {
	eachWay(t, func(t *testing.T, c *nodetest.Client, n *node.Node, do func(func(ctx context.Context))) {
		ts := node.NewLinTSO(n)
		next := func() (v int64, err error) {
			do(func(ctx context.Context) { v, err = ts.Next(ctx) })
			return v, err
		}
		last := int64(-1)
		lose := false
		c.Service(node.LinTSO, func(node.Message) any {
			last++
			if lose = !lose; lose {
				return nil // it is repeated, which leaves a gap
			}
			return map[string]any{"ts": last}
		})
		for _, want := range []int64{1, 3, 5} {
			got, err := next()
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		c.Service(node.LinTSO, func(node.Message) any { return none{} })
		_, err := next()
		require.EqualError(t, err, "node: lin-tso's reply has no ts")
		c.Service(node.LinTSO, func(node.Message) any { return nil })
		_, err = next()
		require.Equal(t, node.Timeout, node.ErrorCode(err))
	})
}
