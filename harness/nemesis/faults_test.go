package nemesis

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/network"
)

// An impaired is a System that records the impairments of links, by owner.
type impaired struct {
	testSystem
	links map[string]map[network.Link]network.Impairment
}

func newImpaired() *impaired {
	return &impaired{links: make(map[string]map[network.Link]network.Impairment)}
}

func (s *impaired) Impair(_ time.Duration, owner string, links []network.Link, im network.Impairment) error {
	s.links[owner] = make(map[network.Link]network.Impairment)
	for _, l := range links {
		s.links[owner][l] = im
	}
	return nil
}

func (s *impaired) Mend(_ time.Duration, owner string) { delete(s.links, owner) }

func newFault(t *testing.T, name string, n int, seed uint64) Fault {
	t.Helper()
	faults, err := All().New([]string{name}, Options{Nodes: nodes(n), Gate: choice.Seeded(seed)})
	require.NoError(t, err)
	return faults[0]
}

func step(t *testing.T, f Fault, now time.Duration, s System) Op {
	t.Helper()
	op, err := f.Step(now, s)
	require.NoError(t, err)
	return op
}

// The faults of links: which of their parameters vary, within which limits, and how many of the links between five nodes they
// hit.
func TestLinkFaults(t *testing.T) {
	percent := func(p float64, most int) bool { return 0.01 <= p && p <= float64(most)/100 }
	for name, c := range map[string]struct {
		ok    func(im network.Impairment) bool
		links []int
	}{
		"loss": {func(im network.Impairment) bool {
			return percent(im.Loss, 30) && im == network.Impairment{Loss: im.Loss}
		}, []int{20}},
		"duplicate": {func(im network.Impairment) bool {
			return percent(im.Duplicate, 50) && im == network.Impairment{Duplicate: im.Duplicate}
		}, []int{20}},
		"reorder": {func(im network.Impairment) bool {
			return percent(im.Spike, 30) && im == network.Impairment{Spike: im.Spike, SpikeMax: 500 * time.Millisecond}
		}, []int{20}},
		"slow": {func(im network.Impairment) bool {
			return im == network.Impairment{Slow: 10, Delay: 10 * time.Millisecond}
		}, []int{2, 8}}, // a pair of nodes, or one node
	} {
		t.Run(name, func(t *testing.T) {
			f, s := newFault(t, name, 5, 1), newImpaired()
			counts, values := map[int]bool{}, map[any]bool{}
			for range 100 {
				op := step(t, f, 0, s)
				require.Equal(t, "start-"+name, op.F)
				require.Equal(t, fmt.Sprintf("%s: %v", name, op.Value), f.InForce())
				values[op.Value] = true
				counts[len(s.links[name])] = true
				require.Equal(t, len(s.links[name]), op.Result)
				require.Equal(t, op.Value, op.Effect.Text)
				require.Empty(t, op.Effect.Links, "none is cut")
				for l, im := range s.links[name] {
					require.NotEqual(t, l.Dest, l.Src)
					require.True(t, c.ok(im), "%+v", im)
				}
				op = step(t, f, 0, s)
				require.Equal(t, Op{F: "stop-" + name, Result: "mended"}, op)
				require.Empty(t, s.links)
				require.Empty(t, f.InForce())
			}
			require.Greater(t, len(values), 10, "each start is another one")
			for _, n := range c.links {
				require.True(t, counts[n])
			}
			require.Len(t, counts, len(c.links))
		})
	}
}

// A slow node is slow in both directions, towards all other nodes.
func TestSlowNode(t *testing.T) {
	f, s := newFault(t, "slow", 5, 1), newImpaired()
	for range 100 {
		op := step(t, f, 0, s)
		victim, isNode := op.Value.(string), len(s.links["slow"]) == 8
		require.Equal(t, strings.Split(victim, " and "), op.Effect.Nodes)
		for l := range s.links["slow"] {
			if isNode {
				require.True(t, l.Dest == victim || l.Src == victim)
			} else {
				require.Contains(t, []string{l.Dest + " and " + l.Src, l.Src + " and " + l.Dest}, victim)
			}
		}
		step(t, f, 0, s)
	}
}

// One-way: some nodes do not hear the others, but the others hear them. Single link: two nodes do not hear each other.
func TestOwnKinds(t *testing.T) {
	for n := 2; n <= 25; n++ {
		g := oneWay.grudge(nodes(n))
		deaf := 0
		for node, others := range g {
			if len(others) == 0 {
				continue
			}
			deaf++
			require.Len(t, others, n-n/2)
			for _, other := range others {
				require.NotContains(t, g[other], node)
			}
		}
		require.Equal(t, n/2, deaf)

		links := singleLink.grudge(nodes(n)).links()
		require.ElementsMatch(t, []network.Link{{Dest: "n0", Src: "n1"}, {Dest: "n1", Src: "n0"}}, links)
	}
}

// Pause and kill hit one node at a time, which may be any node, and later undo it.
func TestVictims(t *testing.T) {
	for name, undone := range map[string]string{"pause": "resume", "kill": "restart"} {
		t.Run(name, func(t *testing.T) {
			f, s := newFault(t, name, 5, 1), newImpaired()
			hit := map[string]bool{}
			for range 100 {
				op := step(t, f, 0, s)
				node := op.Result.(string)
				require.Equal(t, &history.Effect{Nodes: []string{node}, Text: node}, op.Effect)
				hit[node] = true
				require.Equal(t, name+": "+node, f.InForce())
				require.Equal(t, Op{F: "stop-" + name, Result: node}, step(t, f, 0, s))
				require.Equal(t, []string{name + " " + node, undone + " " + node}, s.done)
				s.done = nil
			}
			require.Len(t, hit, 5)
			op, err := f.Heal(0, s)
			require.NoError(t, err)
			require.Equal(t, Op{F: "stop-" + name}, op)
			require.Empty(t, s.done, "there is nothing to undo")
		})
	}
}

func describe(t *testing.T, name string, effects map[string]int, long string) string {
	t.Helper()
	k, err := All().Find(name)
	require.NoError(t, err)
	return k.Describe(effects, long)
}

// The statistics of a fault name its effects and victims.
func TestEffects(t *testing.T) {
	for _, name := range All().Names() {
		f, s := newFault(t, name, 5, 1), newImpaired()
		require.Empty(t, f.Effects())
		require.Equal(t, name+": never", describe(t, name, f.Effects(), "0 s"))
		want := map[string]int{}
		for range 40 {
			step(t, f, 0, s)
			want[strings.TrimPrefix(f.InForce(), name+": ")]++
			step(t, f, 0, s)
		}
		require.Equal(t, want, f.Effects(), name)
	}
	require.Equal(t, "kill: n1 twice, n3 once, n4 3 times; a node was down for 7 s",
		describe(t, "kill", map[string]int{"n4": 3, "n1": 2, "n3": 1}, "7 s"))
	text := describe(t, "loss", map[string]int{"1 %": 1, "2 %": 1, "3 %": 1, "4 %": 1, "5 %": 1, "6 %": 1, "7 %": 1, "8 %": 1, "9 %": 1, "91 %": 1}, "7 s")
	require.Contains(t, text, "8 % once, and 2 more; messages were lost for 7 s")

	alone := newFault(t, "partition", 1, 1)
	step(t, alone, 0, newImpaired())
	require.Empty(t, alone.Effects(), "there is nothing to cut")
}

func TestSkew(t *testing.T) {
	f, s := newFault(t, "skew", 3, 1), newImpaired()
	forward, back := 0, 0
	for range 100 {
		op := step(t, f, 0, s)
		set := op.Result.(map[string]string)
		require.Equal(t, nodes(3), op.Effect.Nodes)
		require.Equal(t, fmt.Sprintf("n0 %s, n1 %s, n2 %s", set["n0"], set["n1"], set["n2"]), op.Effect.Text)
		require.Len(t, set, 3)
		for i, node := range nodes(3) {
			d, err := time.ParseDuration(set[node])
			require.NoError(t, err)
			require.LessOrEqual(t, d.Abs(), time.Second)
			require.Equal(t, "skew "+node+" "+set[node], s.done[i])
			if d > 0 {
				forward++
			} else {
				back++
			}
		}
		s.done = nil
		step(t, f, 0, s)
		require.Equal(t, []string{"skew n0 0s", "skew n1 0s", "skew n2 0s"}, s.done)
		s.done = nil
	}
	require.InDelta(t, forward, back, 60)
}

// The fault disk makes the disk of one node at a time slow or full, and good again.
func TestDisk(t *testing.T) {
	f, s := newFault(t, "disk", 3, 1), newImpaired()
	hit := map[string]bool{}
	for range 100 {
		op := step(t, f, 0, s)
		text := op.Result.(string)
		node, state, _ := strings.Cut(text, " ")
		require.Contains(t, []string{"slow", "full"}, state)
		require.Equal(t, &history.Effect{Nodes: []string{node}, Text: text}, op.Effect)
		require.Equal(t, "disk: "+text, f.InForce())
		hit[text] = true
		require.Equal(t, Op{F: "stop-disk", Result: node}, step(t, f, 0, s))
		require.Equal(t, []string{"disk " + text, "disk " + node + " good"}, s.done)
		s.done = nil
	}
	require.Len(t, hit, 2*3)
}

// In a run, bitrot hits only a minority, which depends on the seed.
func TestBitrot(t *testing.T) {
	ever := map[string]bool{}
	for n := range 8 {
		for seed := range uint64(20) {
			f, s := newFault(t, "bitrot", n, seed), newImpaired()
			for range 20 {
				op := step(t, f, 0, s)
				require.Equal(t, len(op.Effect.Nodes) > 0, f.InForce() != "")
				step(t, f, 0, s)
			}
			require.Len(t, f.Effects(), max(0, n-1)/2)
			if n == 3 {
				ever[s.done[0]] = true
			}
			s.done, s.emptyDisks = nil, true
			step(t, f, 0, s)
			require.Empty(t, f.InForce(), "an empty disk has no bits")
		}
	}
	require.Len(t, ever, 3)
}

// The effect of the n-th start depends only on the seed and n, not on earlier steps, nor on other faults.
func TestSeek(t *testing.T) {
	for _, name := range All().Names() {
		t.Run(name, func(t *testing.T) {
			var all []Op
			f := newFault(t, name, 5, 7)
			for range 10 {
				all = append(all, step(t, f, 0, newImpaired()))
				step(t, f, 0, newImpaired())
			}
			require.Equal(t, 10, f.Starts())

			others, err := All().New(slices.Concat([]string{name}, remove(All().Names(), name)), Options{Nodes: nodes(5), Gate: choice.Seeded(7)})
			require.NoError(t, err)
			f = others[0]
			for _, n := range []int{8, 3, 4, 3, 0} {
				f.Seek(n)
				require.Equal(t, all[n], step(t, f, 0, newImpaired()), "start %d", n)
				step(t, f, 0, newImpaired())
			}
			require.Equal(t, all[1], step(t, f, 0, newImpaired()), "it goes on from there")
			require.Equal(t, 6, f.Starts())
		})
	}
}

func remove(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

// The time in force is the time between start and stop. It keeps growing until the stop.
func TestTime(t *testing.T) {
	for _, name := range All().Names() {
		f, s := newFault(t, name, 5, 1), newImpaired()
		require.Zero(t, f.Time(time.Hour))
		step(t, f, 10*time.Second, s)
		require.Equal(t, 5*time.Second, f.Time(15*time.Second))
		step(t, f, 20*time.Second, s)
		require.Equal(t, 10*time.Second, f.Time(30*time.Second))
		step(t, f, 40*time.Second, s)
		_, err := f.Heal(45*time.Second, s)
		require.NoError(t, err)
		_, err = f.Heal(50*time.Second, s)
		require.NoError(t, err)
		require.Equal(t, 15*time.Second, f.Time(time.Hour))
	}
}

// A fault without any effect says so, and is never in force.
func TestNothingToDo(t *testing.T) {
	for _, name := range []string{"partition", "loss", "duplicate", "reorder", "slow"} {
		f, s := newFault(t, name, 1, 1), newImpaired()
		op := step(t, f, 0, s)
		require.Contains(t, []any{"nothing-to-cut", "no-links"}, op.Result, name)
		require.Empty(t, f.InForce())
		step(t, f, time.Second, s)
		require.Zero(t, f.Time(time.Minute), name)
	}
}

func TestAbout(t *testing.T) {
	for _, k := range All() {
		require.NotEmpty(t, k.About)
		require.NotEmpty(t, k.State)
	}
}
