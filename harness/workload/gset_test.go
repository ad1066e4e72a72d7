package workload_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/node"
)

func TestGSetOperations(t *testing.T) {
	w := newWorkload(t, "g-set")
	require.NoError(t, w.Setup(nil))
	require.True(t, w.Idempotent("read"))
	require.False(t, w.Idempotent("add"))
	require.Equal(t, []history.Op{{F: "read", Final: true}}, w.Final())
	adds := 0
	for range 1000 {
		if op := w.Next(); op.F == "add" {
			require.Equal(t, fmt.Sprint(adds), string(op.Value))
			adds++
		} else {
			require.Equal(t, history.Op{F: "read"}, op)
		}
	}
	require.InDelta(t, 500, adds, 60)
}

func TestGSetInvoke(t *testing.T) {
	for _, c := range []struct {
		f, value, request, reply, want string // no want: the reply is malformed
	}{
		{"add", `4`, `{"type":"add","element":4}`, `{"type":"add_ok","in_reply_to":1}`, `4`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":[2,0]}`, `[2,0]`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","messages":[2,0]}`, ``},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":null}`, ``},
	} {
		t.Run(c.reply, func(t *testing.T) {
			w := newWorkload(t, "g-set")
			to := &client{reply: c.reply}
			op := history.Op{Type: history.Invoke, F: c.f, Value: json.RawMessage(c.value)}
			value, err := w.Invoke(to, op)
			done := workload.Complete(w, op, value, err)
			require.Equal(t, []string{c.request}, to.requests)
			if c.want == "" {
				require.Equal(t, history.Info, done.Type)
				require.JSONEq(t, `["malformed-reply","read_ok with value, an array of integers",`+c.reply+`]`, string(done.Error))
				return
			}
			require.Equal(t, history.OK, done.Type)
			require.Equal(t, c.want, string(done.Value))
		})
	}
	_, err := newWorkload(t, "g-set").Invoke(&client{}, history.Op{F: "remove"})
	require.EqualError(t, err, `workload: g-set has no operation "remove"`)
}

// set makes n keep a set, which it sends to a random node ten times a second. With keep, what it is
// sent adds to what it has; without, it replaces it.
func set(n *node.Node, keep bool) {
	type element struct {
		Element int `json:"element"`
	}
	type list struct {
		Value []int `json:"value"`
	}
	has := make(map[int]bool)
	elements := list{[]int{}}
	add := func(e int) {
		if !has[e] {
			has[e] = true
			elements.Value = append(elements.Value, e)
		}
	}
	node.HandleRPC(n, "add", func(_ context.Context, e element) (struct{}, error) {
		add(e.Element)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (list, error) { return elements, nil })
	node.Receive(n, "gossip", func(_ context.Context, _ string, heard list) {
		if !keep {
			clear(has)
			elements = list{[]int{}}
		}
		for _, e := range heard.Value {
			add(e)
		}
	})
	n.Every(100*time.Millisecond, func(context.Context) {
		_ = node.Notify(n, n.NodeIDs()[n.Rand().IntN(len(n.NodeIDs()))], "gossip", elements)
	})
}

func TestGSet(t *testing.T) {
	for keep, want := range map[bool]check.Verdict{true: check.Valid, false: check.Invalid} {
		res, err := sim.Run(t, harness.Test{
			Workload: "g-set", Program: harness.InProcess(func(n *node.Node) { set(n, keep) }),
			NodeCount: 3, Rate: 20, TimeLimit: 10 * time.Second, Nemesis: []string{"partition"}, NemesisInterval: 2 * time.Second, Seed: 3,
		})
		require.NoError(t, err)
		require.Equal(t, want, res.Valid, res.Reasons)
		require.Greater(t, res.Workload.(*check.SetFullResult).AttemptCount, 50)
	}
}
