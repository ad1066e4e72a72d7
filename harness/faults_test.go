package harness

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/node"
)

// faulty is a run of ten virtual seconds with these faults.
func faulty(workload string, register func(*node.Node), faults ...string) Test {
	return Test{
		Workload: workload, Program: InProcess(register), NodeCount: 3, Rate: 50, TimeLimit: 10 * time.Second, Seed: 1,
		Nemesis: faults, NemesisInterval: time.Second,
	}
}

// A span is a period in which a fault was in force, with the effect of its start.
type span struct {
	begin, end time.Duration
	result     string
}

// spansOf returns the spans of a fault in a history.
func spansOf(h []history.Op, fault string) []span {
	var spans []span
	for _, f := range history.FaultsIn(h, 0) {
		if f.Name == fault {
			spans = append(spans, span{time.Duration(f.Begin), time.Duration(f.End), f.Effect.Text})
		}
	}
	return spans
}

// recorded runs a test in virtual time and returns its history too.
func recorded(t *testing.T, test Test) (Result, []history.Op) {
	t.Helper()
	var h []history.Op
	test.OnOp = func(op history.Op) { h = append(h, op) }
	return virtually(t, test), h
}

// Every fault is healed before the final phase, whose operations succeed.
func TestFaultsAreHealed(t *testing.T) {
	t.Parallel()
	for _, fault := range nemesis.All().Names() {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			test := faulty("broadcast", func(n *node.Node) {
				registerBroadcast(n)
				store := node.OpenStore(n, "")
				n.OnInit(func(ctx context.Context) error { // bitrot needs something on the disk
					store.Append([]byte("started"))
					return store.Sync(ctx)
				})
			}, fault)
			res, h := recorded(t, test)
			require.Positive(t, res.Nemesis.Started)
			require.Positive(t, res.Nemesis.InForce[fault])
			require.Len(t, spansOf(h, fault), res.Nemesis.Started)
			effects := 0
			for _, times := range res.Nemesis.Effects[fault] {
				effects += times
			}
			require.Equal(t, res.Nemesis.Started, effects)
			healed, final := -1, 0
			for i, op := range h {
				if op.Process == history.Nemesis {
					healed = i
					require.Empty(t, op.Node)
				} else {
					require.Equal(t, test.NodeOf(op.Process), op.Node)
				}
				if op.Final && op.Type == history.OK {
					require.Greater(t, i, healed)
					final++
				}
			}
			require.Equal(t, "stop-"+fault, h[healed].F)
			require.Equal(t, 3, final)
			if fault != "kill" { // which may take the only copy of a value with it
				require.Equal(t, check.Valid, res.Valid, res.Reasons)
			}
		})
	}
}

// A killed node answers nothing, loses its memory, and is initialised again.
func TestKill(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex // nodes run side by side
	starts := make(map[string]int)
	res, h := recorded(t, faulty("unique-ids", func(n *node.Node) {
		process, count := 0, 0
		n.OnInit(func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			starts[n.ID()]++
			process = starts[n.ID()]
			return nil
		})
		node.HandleRPC(n, "generate", func(context.Context, struct{}) (map[string]any, error) {
			count++
			return map[string]any{"id": []any{n.ID(), process, count}}, nil
		})
	}, "kill"))
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	kills := spansOf(h, "kill")
	require.Greater(t, len(kills), 2)
	total := 0
	for _, n := range starts {
		total += n
	}
	require.GreaterOrEqual(t, total, 3+len(kills)-1, "one that is healed at the very end may not get so far")
	require.LessOrEqual(t, total, 3+len(kills))

	last := make(map[string][2]int) // by node: number of its process, number of the id
	for _, op := range h {
		if op.Type != history.OK {
			continue
		}
		var id struct {
			node  string
			nrs   [2]int
			parts []any
		}
		require.NoError(t, json.Unmarshal(op.Value, &id.parts))
		id.node, id.nrs = id.parts[0].(string), [2]int{int(id.parts[1].(float64)), int(id.parts[2].(float64))}
		was := last[id.node]
		if id.nrs[0] == was[0] {
			require.Equal(t, was[1]+1, id.nrs[1])
		} else {
			require.Greater(t, id.nrs[0], was[0])
			require.Equal(t, 1, id.nrs[1], "a new process begins from nothing")
		}
		last[id.node] = id.nrs
		for _, k := range kills {
			at := time.Duration(op.Time)
			require.False(t, id.node == k.result && k.begin < at && at < k.end, "%s answered while it was dead", id.node)
		}
	}
	require.Positive(t, res.Stats.InfoCount, "what a dead node was asked is of unknown outcome")
}

// A paused node handles no message; after the pause, it handles all of them.
func TestPauseHoldsEverythingUp(t *testing.T) {
	t.Parallel()
	type moment struct {
		node string
		at   time.Duration
	}
	var mu sync.Mutex // nodes run side by side
	var handled []moment
	test := faulty("echo", func(n *node.Node) {
		start := time.Now()
		note := func() {
			mu.Lock()
			defer mu.Unlock()
			handled = append(handled, moment{n.ID(), time.Since(start)})
		}
		onEcho(n, note)
		n.Every(50*time.Millisecond, func(context.Context) { note() })
	}, "pause")
	test.limits.call = time.Minute
	res, h := recorded(t, test)
	require.Equal(t, res.Stats.Count, res.Stats.OKCount)
	pauses := spansOf(h, "pause")
	require.Greater(t, len(pauses), 2)
	for _, p := range pauses {
		for _, m := range handled {
			require.False(t, m.node == p.result && p.begin < m.at && m.at < p.end, "%v in the pause %v", m, p)
		}
	}
}

// The clock of a node stays wrong when its process is killed and started again, and is right in the end.
func TestSkewOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex                     // nodes run side by side
	wrong := make(map[time.Duration]bool) // by how much a clock was ahead when a process started
	test := faulty("echo", func(n *node.Node) {
		registerEcho(n)
		n.OnInit(func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			wrong[time.Until(n.Now())] = true
			return nil
		})
	}, "skew", "kill")
	test.Seed = 2 // a node comes back while the clocks are wrong
	_, h := recorded(t, test)
	allowed := map[time.Duration]bool{0: true}
	for _, s := range spansOf(h, "skew") {
		for _, clock := range strings.Split(s.result, ", ") {
			_, a, _ := strings.Cut(clock, " ")
			d, err := time.ParseDuration(a)
			require.NoError(t, err)
			require.LessOrEqual(t, d.Abs(), time.Second)
			allowed[d] = true
		}
	}
	require.Greater(t, len(wrong), 1)
	for d := range wrong {
		require.True(t, allowed[d], d)
	}
}

// Two faults may hit the same node, and one may end in the middle of the other.
func TestPauseAndKillOfOneNode(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		test := faulty("broadcast", registerBroadcast, "pause", "kill")
		test.NodeCount, test.Seed = 1, seed
		res, _ := recorded(t, test)
		require.Zero(t, res.Exceptions.Verdict())
	}
}

// An excerpt leaves out the given operations and faults, and nothing else.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	test := faulty("broadcast", registerBroadcast, "partition", "kill")
	_, whole := recorded(t, test)
	invocations := func(h []history.Op) (ops []string) {
		for _, op := range h {
			if op.Process != history.Nemesis && op.Type == history.Invoke && !op.Final {
				ops = append(ops, op.F+string(op.Value))
			}
		}
		return ops
	}
	all := invocations(whole)
	test.Excerpt = &Excerpt{
		Ops: []int{0, 7, 30},
		Faults: []FaultWindow{
			{Name: "kill", Start: 1, Begin: 2 * time.Second, End: 3 * time.Second},
			{Name: "partition", Start: 0, Begin: 0, End: 500 * time.Millisecond},
			{Name: "partition", Start: 2, Begin: 9 * time.Second, End: 20 * time.Second}, // until the end
			{Name: "partition", Start: 3, Begin: 11 * time.Second, End: 12 * time.Second},
		},
	}
	_, part := recorded(t, test)
	require.Equal(t, []string{all[0], all[7], all[30]}, invocations(part))
	kills, wholeKills := spansOf(part, "kill"), spansOf(whole, "kill")
	require.Equal(t, []span{{2 * time.Second, 3 * time.Second, wholeKills[1].result}}, kills)
	cuts, wholeCuts := spansOf(part, "partition"), spansOf(whole, "partition")
	require.Len(t, cuts, 2, "what begins after the main phase never does")
	require.Equal(t, span{0, 500 * time.Millisecond, wholeCuts[0].result}, cuts[0])
	require.Equal(t, span{9 * time.Second, 10 * time.Second, wholeCuts[2].result}, cuts[1])

	test.Excerpt.Faults[0].Name = "loss"
	_, err := Run(t.Context(), test)
	require.EqualError(t, err, `harness: the excerpt has a fault "loss" that is not among ["partition" "kill"]`)
}

// The hooks see everything, in order.
func TestHooks(t *testing.T) {
	t.Parallel()
	test := faulty("broadcast", registerBroadcast, "partition")
	test.Store = t.TempDir()
	var events []network.Event
	test.OnMessage = func(e network.Event) { events = append(events, e) }
	res, h := recorded(t, test)
	require.Equal(t, jsonLines(t, readHistory(t, res)), jsonLines(t, h))
	sent := slices.DeleteFunc(slices.Clone(events), func(e network.Event) bool { return e.Kind != network.Sent })
	require.Len(t, sent, res.Net.All.Sent)
}

func jsonLines(t *testing.T, h []history.Op) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, history.Write(&b, h))
	return b.String()
}

func TestNodeOf(t *testing.T) {
	t.Parallel()
	for p, want := range map[history.Process]string{0: "n1", 4: "n5", 5: "n1", 12: "n3"} {
		require.Equal(t, want, Test{}.NodeOf(p))
	}
	for p, want := range map[history.Process]string{0: "n0", 2: "n0", 3: "n1", 4: "n0", 7: "n1"} {
		require.Equal(t, want, Test{NodeCount: 2, Concurrency: 4}.NodeOf(p))
	}
}
