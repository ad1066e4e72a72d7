package workload_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/sim"
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
	for _, c := range []exchange{
		{"add", `4`, `{"type":"add","element":4}`, `{"type":"add_ok","in_reply_to":1}`, `4`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":[2,0]}`, `[2,0]`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","messages":[2,0]}`, `read_ok: field "value" is missing; field "messages" is not allowed: want only value, type, in_reply_to, msg_id`},
		{"read", `null`, `{"type":"read"}`, `{"type":"read_ok","value":null}`, `[]`},
	} {
		t.Run(c.reply, func(t *testing.T) { c.require(t, newWorkload(t, "g-set")) })
	}
	_, err := newWorkload(t, "g-set").Invoke(&client{}, history.Op{F: "remove"})
	require.EqualError(t, err, `workload: g-set has no operation "remove"`)
}

func TestGSet(t *testing.T) {
	for want, register := range map[check.Verdict]func(*node.Node){
		check.Valid:   baselines.GossipSet,
		check.Invalid: mutant(t, "set-replace"),
	} {
		res, err := sim.Run(t, harness.Test{
			Workload: "g-set", Program: harness.InProcess(register),
			NodeCount: 3, Rate: 20, TimeLimit: 10 * time.Second, Nemesis: []string{"partition"}, NemesisInterval: 2 * time.Second, Seed: 3,
		})
		require.NoError(t, err)
		require.Equal(t, want, res.Valid, res.Reasons)
		require.Greater(t, res.Workload.(*check.SetFullResult).AttemptCount, 50)
	}
}
