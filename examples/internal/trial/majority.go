package trial

import (
	"encoding/json"
	"flag"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/sim"
	"glomers/internal/control"
	"glomers/node"
)

// LeaderWithin is the time after a cut in which the majority must have a leader, which knows that.
const LeaderWithin = 1500 * time.Millisecond

// minority cuts one or two nodes of five off: both ways, or only from them, or only to them. The others stay connected.
func minority() nemesis.Kind {
	const name = "minority"
	return nemesis.Kind{
		Name: name, About: "a minority of the nodes is cut off, at least in one direction", State: "a minority was cut off", Links: true,
		Make: func(o nemesis.Options) nemesis.Trouble {
			return nemesis.OnLinks(name, func(choices choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
				nodes := slices.Clone(o.Nodes)
				choices.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
				few, many := nodes[:1+choices.IntN(2)], nodes[2:]
				direction := choices.IntN(3)
				var links []network.Link
				for _, a := range few {
					for _, b := range append(slices.Clone(many), nodes[len(few):2]...) {
						if direction != 1 {
							links = append(links, network.Link{Dest: a, Src: b})
						}
						if direction != 2 {
							links = append(links, network.Link{Dest: b, Src: a})
						}
					}
				}
				return links, network.Impairment{Cut: true}, history.Effect{Text: []string{"both ways", "from them", "to them"}[direction]}
			})
		},
	}
}

// Figures are what was seen of many cuts.
type Figures struct {
	Asked, Answered int             // operations at nodes of the majority
	Cuts            int             //
	Leaderless      []time.Duration // after each cut that took the leader away: how long until there was another
}

// Majority runs a program on many seeds while minorities are cut off in turn. It fails t unless 99 % of the operations of the majority's clients
// are answered, and unless each cut is followed by a leader in time.
func Majority(t *testing.T, serve func(n *node.Node), test harness.Test, seeds int) Figures {
	t.Helper()
	if given, err := strconv.Atoi(flag.Lookup("seeds").Value.String()); err == nil && given > 0 {
		seeds = given
	}
	var all Figures
	for seed := range seeds {
		w := &watch{began: make(map[history.Process]bool)}
		test.Seed = uint64(seed + 1)
		test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit = 5, 20, 100, 30*time.Second
		test.Faults, test.Nemesis, test.NemesisInterval = nemesis.Kinds{minority()}, []string{"minority"}, 3*time.Second
		test.Program = harness.InProcess(func(n *node.Node) {
			w.nodes = append(w.nodes, n)
			serve(n)
		})
		test.OnOp, test.OnMessage = w.onOp, func(e network.Event) { w.look(time.Duration(e.Time)) }
		res, err := sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, check.Valid, res.Valid, "seed %d", test.Seed)
		all.Asked, all.Answered, all.Cuts = all.Asked+w.Asked, all.Answered+w.Answered, all.Cuts+w.Cuts
		all.Leaderless = append(all.Leaderless, w.Leaderless...)
	}
	slices.Sort(all.Leaderless)
	last := len(all.Leaderless) - 1
	require.Positive(t, last)
	t.Logf("%d of %d operations of the majority answered (%.2f %%); %d cuts, %d of them took the leader away: another one after %v at the median, %v at most",
		all.Answered, all.Asked, 100*float64(all.Answered)/float64(all.Asked), all.Cuts, last+1, all.Leaderless[last/2].Round(time.Millisecond), all.Leaderless[last].Round(time.Millisecond))
	require.GreaterOrEqual(t, float64(all.Answered), 0.99*float64(all.Asked))
	require.LessOrEqual(t, all.Leaderless[last], LeaderWithin)
	return all
}

// A watch looks at a run from outside.
type watch struct {
	Figures
	nodes []*node.Node
	few   []string // that are cut off now
	began map[history.Process]bool
	cutAt time.Duration // a cut that no leader has followed yet; 0 if there is none
}

func (w *watch) onOp(op history.Op) {
	switch {
	case op.Process == history.Nemesis && op.Effect != nil:
		w.look(time.Duration(op.Time))
		w.few = isolated(op.Effect.Links)
		w.cutAt = time.Duration(op.Time)
		w.Cuts++
		w.look(w.cutAt)
	case op.Process == history.Nemesis:
		if op.F == "stop-minority" {
			w.few, w.cutAt = nil, 0
		}
	case op.Type == history.Invoke:
		w.began[op.Process] = !slices.Contains(w.few, op.Node)
	case w.began[op.Process] && !slices.Contains(w.few, op.Node):
		w.Asked++
		if answered(op) {
			w.Answered++
		}
	}
}

// isolated returns the nodes that have no intact link with at least two others.
func isolated(cut map[string][]string) (few []string) {
	lost := make(map[string]map[string]bool) // those with whom a node cannot talk
	add := func(a, b string) {
		if lost[a] == nil {
			lost[a] = make(map[string]bool)
		}
		lost[a][b] = true
	}
	for dest, srcs := range cut {
		for _, src := range srcs {
			add(dest, src)
			add(src, dest)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(lost)) {
		if len(lost[n]) > 2 {
			few = append(few, n)
		}
	}
	return few
}

// answered reports whether a client was served: that a value is another one, or missing, is an answer.
func answered(op history.Op) bool {
	var e []string
	if json.Unmarshal(op.Error, &e) == nil && len(e) > 0 {
		return e[0] == "precondition-failed" || e[0] == "key-does-not-exist"
	}
	return op.Type == history.OK
}

// look notes when a node of the majority leads.
func (w *watch) look(now time.Duration) {
	if w.cutAt == 0 {
		return
	}
	for _, n := range w.nodes {
		s, ok := control.Shown(n).(rsm.Status)
		if ok && s.Leader == n.ID() && !slices.Contains(w.few, n.ID()) {
			if now > w.cutAt {
				w.Leaderless = append(w.Leaderless, now-w.cutAt)
			}
			w.cutAt = 0
			return
		}
	}
}
