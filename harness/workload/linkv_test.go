package workload_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/linear"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/node"
)

func newLinKV(t *testing.T, nodes, workers int) workload.PerProcess {
	t.Helper()
	o := workload.Config{Workers: workers, Rand: choice.From(rand.NewPCG(1, 2))}
	for i := range nodes {
		o.Nodes = append(o.Nodes, fmt.Sprint("n", i))
	}
	w, err := workload.All().New("lin-kv", o)
	require.NoError(t, err)
	return w.(workload.PerProcess)
}

// keyOf returns the key of an operation's value.
func keyOf(t *testing.T, op history.Op) int {
	t.Helper()
	var pair []json.RawMessage
	var key int
	require.NoError(t, json.Unmarshal(op.Value, &pair))
	require.Len(t, pair, 2)
	require.NoError(t, json.Unmarshal(pair[0], &key))
	return key
}

func TestLinKVOperations(t *testing.T) {
	w := newLinKV(t, 3, 12)
	require.NoError(t, w.Setup(nil))
	require.Empty(t, w.Final())
	require.True(t, w.Idempotent("read"))
	require.False(t, w.Idempotent("write"))
	require.False(t, w.Idempotent("cas"))

	count, values := make(map[string]int), make(map[string]int)
	for i := range 12_000 {
		p := history.Process(i % 12)
		op := w.NextFor(p)
		count[op.F]++
		values[op.F+" "+string(op.Value[3:])]++
		require.Equal(t, int(p)/6, keyOf(t, op), "six workers share a key")
		require.Equal(t, p%6 < 3, op.F == "read", "the first three of them only read")
	}
	require.Equal(t, 6000, count["read"])
	require.InDelta(t, 2000, count["write"], 150)
	require.InDelta(t, 4000, count["cas"], 150)
	require.Len(t, values, 1+5+25)
	for v := range 5 {
		require.InDelta(t, 400, values[fmt.Sprintf("write %d]", v)], 80)
	}
	for from := range 5 {
		for to := range 5 {
			require.InDelta(t, 160, values[fmt.Sprintf("cas [%d,%d]]", from, to)], 60)
		}
	}
}

// A group changes to a new key when twenty processes have used its key.
func TestLinKVRetiresKeys(t *testing.T) {
	w := newLinKV(t, 2, 8)
	require.Equal(t, 0, keyOf(t, w.NextFor(2)))
	require.Equal(t, 1, keyOf(t, w.NextFor(4)))
	p := history.Process(2)
	for range 19 {
		p += 8
		require.Equal(t, 0, keyOf(t, w.NextFor(p)))
		require.Equal(t, 0, keyOf(t, w.NextFor(p)))
	}
	require.Equal(t, 2, keyOf(t, w.NextFor(p+8)))
	require.Equal(t, 2, keyOf(t, w.NextFor(3)), "for the whole group")
	require.Equal(t, 1, keyOf(t, w.NextFor(4)), "and not for others")

	// If a group has more than twenty workers, each of them may use the key.
	w = newLinKV(t, 15, 30)
	for p := range history.Process(30) {
		require.Equal(t, 0, keyOf(t, w.NextFor(p)))
	}
	require.Equal(t, 1, keyOf(t, w.NextFor(30)))
}

func TestLinKVOptions(t *testing.T) {
	for name, want := range map[string]int{"lin-kv": 6, "broadcast": 3} {
		k, err := workload.All().Find(name)
		require.NoError(t, err)
		require.Equal(t, want, k.DefaultWorkers(3))
	}
	_, err := workload.All().New("lin-kv", workload.Config{Nodes: []string{"n0", "n1", "n2"}, Workers: 9})
	require.EqualError(t, err, "workload: lin-kv with 9 workers: want a multiple of 6, as two for each node share a key")

	w := newLinKV(t, 1, 2).(workload.Impatient)
	require.Equal(t, time.Second, w.Timeout(0))
	require.Equal(t, time.Second, w.Timeout(100*time.Millisecond))
	require.Equal(t, 2*time.Second, w.Timeout(200*time.Millisecond))
}

func TestLinKVInvoke(t *testing.T) {
	for _, c := range []exchange{
		{"read", `[7,null]`, `{"type":"read","key":7}`, `{"type":"read_ok","value":3,"in_reply_to":1}`, `[7,3]`},
		{"read", `[7,null]`, `{"type":"read","key":7}`, `{"type":"read_ok","value":null}`, `[7,null]`},
		{"read", `[7,null]`, `{"type":"read","key":7}`, `{"type":"read_ok"}`, `read_ok: field "value" is missing`},
		{"write", `[7,4]`, `{"type":"write","key":7,"value":4}`, `{"type":"write_ok"}`, `[7,4]`},
		{"cas", `[7,[4,0]]`, `{"type":"cas","key":7,"from":4,"to":0}`, `{"type":"cas_ok"}`, `[7,[4,0]]`},
	} {
		t.Run(c.reply, func(t *testing.T) { c.require(t, newLinKV(t, 1, 2)) })
	}
	for _, code := range []int{node.KeyDoesNotExist, node.PreconditionFailed} {
		for f, value := range map[string]string{"read": `[7,null]`, "cas": `[7,[1,2]]`} {
			w := newLinKV(t, 1, 2)
			op := history.Op{Type: history.Invoke, F: f, Value: json.RawMessage(value)}
			done := do(w, &client{err: node.NewRPCError(code, "no")}, op)
			require.Equal(t, history.Fail, done.Type)
			require.Equal(t, value, string(done.Value))
		}
	}
	for value, want := range map[string]string{
		`[7,[1,2]]`: `workload: lin-kv has no operation "incr"`,
		`7`:         "workload: lin-kv: incr 7: json: ",
		`[7]`:       "workload: lin-kv: incr [7]: want 2 elements, not 1",
	} {
		_, err := newLinKV(t, 1, 2).Invoke(&client{}, history.Op{F: "incr", Value: json.RawMessage(value)})
		require.ErrorContains(t, err, want)
	}
	_, err := newLinKV(t, 1, 2).Invoke(&client{}, history.Op{F: "cas", Value: json.RawMessage(`[7,[1]]`)})
	require.EqualError(t, err, "workload: lin-kv: cas [7,[1]]: want 2 elements, not 1")
}

// pass makes n forward requests of these types to the service lin-kv. baselines.LinProxy forwards all of them.
func pass(n *node.Node, types ...string) {
	for _, typ := range types {
		node.HandleRPC(n, typ, func(ctx context.Context, body json.RawMessage) (json.RawMessage, error) {
			return node.Call[json.RawMessage](ctx, n, node.LinKV, typ, body)
		})
	}
}

// silent acknowledges only nine writes in ten.
func silent(n *node.Node) {
	pass(n, "read", "cas")
	writes := 0
	node.HandleRPC(n, "write", func(ctx context.Context, body json.RawMessage) (reply json.RawMessage, err error) {
		reply, err = node.Call[json.RawMessage](ctx, n, node.LinKV, "write", body)
		if writes++; writes%10 == 0 {
			err = n.Sleep(ctx, time.Hour)
		}
		return reply, err
	})
}

// torn carries out a cas as a read and a write, between which others may write.
func torn(n *node.Node) {
	pass(n, "read", "write")
	type fields map[string]json.RawMessage
	node.HandleRPC(n, "cas", func(ctx context.Context, r struct{ Key, From, To json.RawMessage }) (struct{}, error) {
		held, err := node.Call[struct{ Value json.RawMessage }](ctx, n, node.LinKV, "read", fields{"key": r.Key})
		if err != nil {
			return struct{}{}, err
		}
		if string(held.Value) != string(r.From) {
			return struct{}{}, node.NewRPCError(node.PreconditionFailed, "it is "+string(held.Value))
		}
		return node.Call[struct{}](ctx, n, node.LinKV, "write", fields{"key": r.Key, "value": r.To})
	})
}

func linKVTest(register func(*node.Node)) harness.Test {
	return harness.Test{
		Workload: "lin-kv", Program: harness.InProcess(register), NodeCount: 3, Rate: 50, TimeLimit: 10 * time.Second,
		Latency: 20 * time.Millisecond, LatencyDist: "exponential",
	}
}

func TestLinKVProxy(t *testing.T) {
	partitioned, killed := linKVTest(baselines.LinProxy), linKVTest(baselines.LinProxy)
	partitioned.Nemesis, partitioned.NemesisInterval = []string{"partition"}, 3*time.Second
	killed.Nemesis, killed.NemesisInterval = []string{"kill"}, time.Second
	killed.Concurrency = 12
	sim.Test(t,
		sim.Scenario{Name: "quiet", Test: linKVTest(baselines.LinProxy), Seeds: 6},
		sim.Scenario{Name: "partition", Test: partitioned, Seeds: 6},
		sim.Scenario{Name: "kill", Test: killed, Seeds: 6},
	)
}

// Operations of unknown outcome use up a key.
func TestLinKVSilent(t *testing.T) {
	test := linKVTest(silent)
	test.Seed, test.TimeLimit = 1, time.Minute
	res := sim.Check(t, test)
	require.Greater(t, res.Stats.InfoCount, 30)
	require.Greater(t, len(res.Workload.(*linear.Result).Results), 2)
}

// Unanswered requests fail after the timeout of the workload.
func TestLinKVTimeout(t *testing.T) {
	for latency, want := range map[time.Duration]time.Duration{0: time.Second, 300 * time.Millisecond: 3 * time.Second} {
		test := linKVTest(func(n *node.Node) {
			pass(n, "read", "cas")
			node.HandleRPC(n, "write", func(ctx context.Context, _ struct{}) (struct{}, error) {
				return struct{}{}, n.Sleep(ctx, time.Hour)
			})
		})
		test.Latency, test.LatencyDist = latency, "constant"
		var began time.Duration
		var waited []time.Duration
		test.Concurrency, test.NodeCount = 2, 1 // of which one writes
		test.OnOp = func(op history.Op) {
			switch {
			case op.F == "write" && op.Type == history.Invoke:
				began = time.Duration(op.Time)
			case op.F == "write":
				waited = append(waited, time.Duration(op.Time)-began)
				require.Equal(t, history.Info, op.Type)
			}
		}
		_, err := sim.Run(t, test)
		require.NoError(t, err)
		require.NotEmpty(t, waited)
		require.Equal(t, slices.Repeat([]time.Duration{want}, len(waited)), waited)
	}
}

func TestLinKVMutants(t *testing.T) {
	for name, register := range map[string]func(*node.Node){"stale": mutant(t, "lin-cache"), "torn": torn} {
		t.Run(name, func(t *testing.T) {
			test := linKVTest(register)
			test.Seed = 1
			res, err := sim.Run(t, test)
			require.NoError(t, err)
			require.Equal(t, check.Invalid, res.Valid)
			require.Contains(t, res.Reasons[0], "key 0 is not linearizable")
			again, err := sim.Run(t, test)
			require.NoError(t, err)
			require.Equal(t, res.Reasons, again.Reasons)
		})
	}
}

// The store of a run contains the picture of the violation.
func TestLinKVPicture(t *testing.T) {
	test := linKVTest(mutant(t, "lin-cache"))
	test.Store = t.TempDir()
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	picture := res.Workload.(*linear.Result).Results[0].Picture
	page, err := os.ReadFile(filepath.Join(res.Dir, picture))
	require.NoError(t, err)
	require.Contains(t, string(page), "<html")
}
