package explore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness/history"
	"glomers/internal/control"
	"glomers/node"
)

// What a search once left out, although it lay within the bound: it called these scopes exhausted.
func TestWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Scope{
		"the other order of delays": {
			Program: mutant(t, "counter-conflict"), Workload: "g-counter", Strategy: Delays(0),
			Given: []Op{{0, "add", 1}, {1, "add", 2}, {2, "add", 3}},
		},
		"a service that answers the same and has changed": {
			Program: askTwice, Workload: "lin-kv", Nodes: 2, Clients: 4,
			Given: []Op{{1, "write", []any{0, 1}}, {1, "write", []any{0, 2}}, {0, "read", []any{0, nil}}},
		},
		"the race of the last action, when a service chooses afterwards": {
			Program: lastRace, Workload: "g-counter", Nodes: 2, Clients: 1, Given: []Op{{0, "add", 1}}, Ticks: 1,
		},
		"a loss beside a message that changes nothing": {
			Program: noise, Workload: "echo", Nodes: 2, Given: []Op{{0, "echo", 1}}, Losses: 1, Shown: true, Lazy: true,
		},
		"a kill after the last answer": {
			Program: inMemory, Workload: "g-counter", Nodes: 1, Given: []Op{{0, "add", 1}}, Kills: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := Run(context.Background(), s)
			require.NoError(t, err)
			require.NotNil(t, r.Failure, "%v", r)
		})
	}
}

type (
	kvBody struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	}
	addBody struct {
		Delta int `json:"delta"`
	}
	valueBody struct {
		Value any `json:"value"`
	}
)

// askTwice reads a key that nobody writes before the one that counts. An old state has neither.
func askTwice(n *node.Node) {
	node.HandleRPC(n, "write", func(ctx context.Context, e valueBody) (struct{}, error) {
		return node.Call[struct{}](ctx, n, node.SeqKV, "write", kvBody{"b", e.Value})
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (valueBody, error) {
		_, _ = node.Call[valueBody](ctx, n, node.SeqKV, "read", kvBody{Key: "a"})
		return node.Call[valueBody](ctx, n, node.SeqKV, "read", kvBody{Key: "b"})
	})
	node.HandleRPC(n, "cas", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, node.NewRPCError(node.PreconditionFailed, "no")
	})
}

// lastRace is wrong if its timer fires before its message arrives. n1 has given seq-kv two states, between which reads choose.
func lastRace(n *node.Node) {
	total, fired, stop := 0, false, func() {}
	n.OnInit(func(ctx context.Context) error {
		if n.ID() != "n1" {
			return nil
		}
		_, err := node.Call[struct{}](ctx, n, node.SeqKV, "write", kvBody{"x", 1})
		return err
	})
	node.HandleRPC(n, "add", func(_ context.Context, e addBody) (struct{}, error) {
		total += e.Delta
		stop = n.After(time.Millisecond, func(context.Context) { fired = true })
		return struct{}{}, node.Notify(n, "n0", "m", struct{}{})
	})
	node.Receive(n, "m", func(context.Context, struct{}) {
		stop()
		if fired {
			total += 100
		}
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ struct{}) (valueBody, error) {
		_, _ = node.Call[valueBody](ctx, n, node.SeqKV, "read", kvBody{Key: "x"})
		return valueBody{total}, nil
	})
}

// noise is wrong if the number does not arrive. What n0 sends itself before it changes nothing.
func noise(n *node.Node) {
	type number struct{ N int }
	var got number
	n.Show(func() any { return got })
	node.Receive(n, "noise", func(context.Context, number) {})
	node.Receive(n, "number", func(_ context.Context, m number) { got = m })
	node.HandleRPC(n, "echo", func(_ context.Context, e echo) (echo, error) {
		if _, ok := e.Echo.(float64); ok {
			_ = node.Notify(n, n.ID(), "noise", number{1})
			_ = node.Notify(n, "n1", "number", number{7})
		} else if n.ID() == "n1" && got.N != 7 {
			return echo{"wrong"}, nil
		}
		return e, nil
	})
}

// inMemory forgets when it is killed.
func inMemory(n *node.Node) {
	total := 0
	node.HandleRPC(n, "add", func(_ context.Context, e addBody) (struct{}, error) {
		total += e.Delta
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (valueBody, error) { return valueBody{total}, nil })
}

// Operations of lin-kv are drawn from numbers that all clients share, so who begins first matters.
func TestDrawnOperations(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		s := Scope{Program: baselines.LinProxy, Workload: "lin-kv", Nodes: 2, Clients: 4, Seed: seed + 1, Operations: 2}
		requireTruth(t, s)
	}
}

// The nodes of clients that stay down are missed by nobody.
func TestMinorityOfALock(t *testing.T) {
	t.Parallel()
	s := Scope{Program: baselines.SingleLock, Workload: "lock", Given: []Op{{1, "enter", nil}}, Kills: 1, Minority: true}
	e, err := Replay(s, []int{3})
	require.NoError(t, err)
	require.Equal(t, "kill n2", e.Steps[0].Text)
	require.Empty(t, e.Reasons)
}

// Searches end in the same states as an enumeration of all executions, for programs that are drawn: what a node does next, and what it
// sends, stands in a table.
func TestSearchesMeetTheTruth(t *testing.T) {
	t.Parallel()
	seeds, compared := uint64(120), 0
	if testing.Short() { // with the race detector, everything takes ten times as long
		seeds = 30
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 0))
		s := Scope{Workload: "echo", Nodes: 2 + rng.IntN(2), Given: []Op{{0, "echo", 1}}, Ticks: rng.IntN(2)}
		if rng.IntN(2) == 0 {
			s.Given = append(s.Given, Op{1, "echo", 2})
		}
		switch rng.IntN(5) {
		case 0:
			s.Losses = 1
		case 1:
			s.Duplicates = 1
		case 2:
			s.Cuts = 1
		case 3:
			s.Kills = 1
		}
		asks := rng.IntN(4) == 0
		if asks {
			s.Ticks = 0 // calls have timeouts, so that there would be many more timers
		}
		s.Program = drawnProgram(seed, asks, false)
		s.Shown = s.Kills == 0 && !asks && rng.IntN(3) == 0
		if rng.IntN(2) == 0 {
			s.Strategy = Delays(rng.IntN(4))
		}
		if requireTruth(t, s) {
			compared++
		}
	}
	t.Log(compared, "compared")
	require.Greater(t, compared, int(seeds/2))
}

// The same with nodes that keep some of what happens in a store, and wait for that or do not.
func TestSearchesMeetTheTruthOfDisks(t *testing.T) {
	t.Parallel()
	seeds, compared, syncs := uint64(100), 0, 0
	if testing.Short() {
		seeds = 30
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := Scope{Workload: "echo", Nodes: 1 + rng.IntN(2), Given: []Op{{0, "echo", 1}}, Ticks: rng.IntN(2)}
		if rng.IntN(2) == 0 {
			s.Given = append(s.Given, Op{s.Nodes - 1, "echo", 2})
		}
		s.Clients = 2
		switch rng.IntN(4) {
		case 0:
			s.Losses = 1
		case 1, 2:
			s.Kills = 1
		}
		s.Shown = rng.IntN(3) == 0
		if rng.IntN(2) == 0 {
			s.Strategy = Delays(rng.IntN(4))
		}
		s.Program = drawnProgram(seed, false, true)
		if requireTruth(t, s) {
			compared++
			x, err := Replay(s, nil)
			require.NoError(t, err)
			for _, step := range x.Steps {
				if step.Kind == Sync {
					syncs++
				}
			}
		}
	}
	t.Log(compared, "compared, with", syncs, "syncs in their ordinary executions")
	require.Greater(t, compared, int(seeds/2))
	require.Greater(t, syncs, compared)
}

// mostToEnumerate bounds an enumeration: larger scopes are not compared.
const mostToEnumerate = 400

// requireTruth requires that the search of a scope ends in the same states as an enumeration without any memory. It reports whether
// the scope is small enough.
func requireTruth(t *testing.T, s Scope) bool {
	t.Helper()
	p, err := newPlan(s)
	require.NoError(t, err)
	defer p.close()
	most := -1 // delays
	var by pruner = &exhaustive{}
	if d, ok := p.Strategy.(*delays); ok {
		by, most = d, d.most
	}
	want := make(map[string]string) // decisions, by what they end in
	count := 0
	for _, prefix := range p.prefixes() {
		for path := []int(nil); ; {
			var options [][]int // at each decision, the numbers that are within the bound
			left := most
			var last *world
			o := p.execute(func(w *world) { last, left, options = w, most, nil }, prefix, func(_ *world, all []option, ready int) int {
				if ready == 0 {
					return 0
				}
				within := []int{}
				for k, o := range all {
					if most < 0 || k >= ready || cost(o, k) <= left {
						within = append(within, k)
					}
				}
				i := 0
				if at := len(options); at < len(path) {
					i = path[at]
				}
				options = append(options, within)
				if k := within[i]; most >= 0 && k < ready {
					left -= cost(all[k], k)
				}
				return within[i]
			})
			require.NoError(t, o.err)
			want[ending(last)] = o.decisions.Trim().String()
			if count++; count > mostToEnumerate {
				return false
			}
			next := make([]int, len(options))
			copy(next, path)
			i := len(next) - 1
			for i >= 0 && next[i]+1 >= len(options[i]) {
				i--
			}
			if i < 0 {
				break
			}
			next[i]++
			path = next[:i+1]
		}
	}

	met := make(map[string]bool)
	x := &explorer{plan: p, ctx: context.Background(), report: Report{began: time.Now()}}
	d := depthFirst{explorer: x, pruner: by, delays: max(0, most), visited: make(map[uint64][]uint64)}
	var last *world
	note := func() {
		if last != nil && slices.ContainsFunc(last.history, func(op history.Op) bool { return op.Final }) {
			met[ending(last)] = true
		}
	}
	d.run(func(w *world) {
		note() // of the execution before
		last, w.ordered = w, most >= 0
	})
	note()
	require.NoError(t, x.report.Err)
	require.True(t, x.report.Exhausted, x.report.Why)
	for end, decisions := range want {
		require.True(t, met[end], "%v (Shown: %v): %d executions, but none like %s", p, p.Shown, count, decisions)
	}
	return true
}

func cost(o option, k int) int {
	if o.kind == Pick {
		return min(k, 1)
	}
	return k
}

// ending tells the ends of executions apart by what the nodes show, if they do, by what is on their disks, and by what happened to the
// operations.
func ending(w *world) string {
	s := fmt.Sprint(w.ops)
	for _, m := range w.members {
		s += fmt.Sprint(" ", control.Shown(m.node), m.disk.key())
	}
	return s
}

// drawnProgram returns a node whose state and messages follow from a table. It may ask seq-kv, or keep something in a store, too.
func drawnProgram(seed uint64, asks, keeps bool) func(n *node.Node) {
	type message struct{ N, Hops int }
	return func(n *node.Node) {
		var state struct {
			S, T  uint64
			Waits [][2]uint64 // what waits for the store
		}
		n.Show(func() any { return state })
		var s *node.Store
		most := 2
		if keeps {
			most = 1 // syncs make executions long enough
			s = node.OpenStore(n, "")
			n.OnInit(func(context.Context) error {
				again := func(b []byte) error { state.S = mix(state.S, uint64(b[0])) % 5; return nil }
				return s.Replay(again, again)
			})
		}
		send := func(h uint64, hops int) {
			for i := range h >> 8 % 3 {
				if hops < most {
					_ = node.Notify(n, n.NodeIDs()[h>>(10+3*i)%uint64(len(n.NodeIDs()))], "m", message{int(h >> (20 + i) & 1), hops + 1})
				}
			}
		}
		keep := func(ctx context.Context, h uint64, hops int) {
			if h>>44%2 == 0 {
				s.Append([]byte{byte(h >> 46 % 5)})
			}
			if h>>48%4 == 0 {
				s.Checkpoint([]byte{byte(h >> 50 % 5)})
			}
			if h>>52%3 > 0 {
				waits := [2]uint64{h, uint64(hops)}
				state.Waits = append(state.Waits, waits)
				if s.Sync(ctx) == nil {
					state.S = mix(state.S, h) % 5
					send(h>>12, hops)
				}
				i := slices.Index(state.Waits, waits)
				state.Waits = slices.Delete(state.Waits, i, i+1)
			}
		}
		stop := func() {}
		step := func(ctx context.Context, in uint64, hops int) {
			h := mix(mix(mix(seed, state.S), in), uint64(n.Index()))
			state.S = h % 5
			send(h, hops)
			if h>>40%3 == 0 {
				stop()
				stop = n.After(time.Duration(1+h>>48%3)*time.Millisecond, func(context.Context) { state.T++ })
			}
			if keeps {
				keep(ctx, h>>4, hops)
			}
			if asks && h>>50%2 == 0 {
				key := string(rune('a' + h>>52%2))
				if h>>54%2 == 0 {
					_, _ = node.Call[struct{}](ctx, n, node.SeqKV, "write", kvBody{key, state.S})
				} else if v, err := node.Call[kvBody](ctx, n, node.SeqKV, "read", kvBody{Key: key}); err == nil {
					state.S = mix(state.S, uint64(v.Value.(float64))) % 5
				}
			}
		}
		node.Receive(n, "m", func(ctx context.Context, m message) { step(ctx, uint64(m.N), m.Hops) })
		node.HandleRPC(n, "echo", func(ctx context.Context, e echo) (echo, error) {
			if v, ok := e.Echo.(float64); ok {
				step(ctx, uint64(v)+10, 0)
			}
			return e, nil
		})
	}
}
