package nodetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

type (
	names struct {
		Names []string `json:"names"`
	}
	letter = node.Envelope[names]
)

// A gatherer tells another node the names that it has heard, a second after the first one that is new.
type gatherer struct {
	heard  map[string]int // and how often
	due    time.Duration
	sorted bool // in messages
}

func (g *gatherer) Receive(_ string, m names, now time.Duration) []letter {
	for _, name := range m.Names {
		g.heard[name]++
	}
	g.due = min(g.due, now+time.Second)
	return nil
}

func (g *gatherer) Tick(time.Duration) []letter {
	g.due = node.Never
	return []letter{{Dest: "n2", Message: names{g.names(g.sorted)}}}
}

func (g *gatherer) Next() time.Duration { return g.due }

func (g *gatherer) names(sorted bool) (all []string) {
	for name := range g.heard {
		all = append(all, name)
	}
	if sorted {
		slices.Sort(all)
	}
	return all
}

func gatherers(sorted bool) func() *gatherer {
	return func() *gatherer { return &gatherer{heard: make(map[string]int), due: node.Never, sorted: sorted} }
}

// hears is an input: a message.
func hears(at time.Duration, all ...string) func(*gatherer) []letter {
	return func(g *gatherer) []letter { return g.Receive("n2", names{all}, at) }
}

func tick(at time.Duration) func(*gatherer) []letter {
	return func(g *gatherer) []letter { return g.Tick(at) }
}

// failure returns what a test that is to fail says.
func failure(play func(tb testing.TB)) string {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		play(r)
	}()
	<-done
	if len(r.failures) == 0 {
		return ""
	}
	return r.failures[0]
}

// The order of a map must not decide what a machine sends.
func TestDeterministic(t *testing.T) {
	inputs := []func(*gatherer) []letter{hears(0, "a", "b"), hears(time.Second/2, "c"), tick(time.Second)}
	nodetest.Deterministic(t, gatherers(true), inputs...)
	said := failure(func(tb testing.TB) { nodetest.Deterministic(tb, gatherers(false), inputs...) })
	require.Regexp(t, `^nodetest: the machine does not always do the same at input 3: once it sends\n\t\[\{"Dest":"n2","Message":\{"names":\[.*\]\}\}\], and wants its next Tick at .*\nand once\n\t\[`, said)
}

// A message that comes twice must change nothing that the machine promises to keep.
func TestIdempotent(t *testing.T) {
	inputs := []func(*gatherer) []letter{hears(0, "a"), hears(0, "a", "b")}
	set := func(g *gatherer) any { return g.names(true) }
	nodetest.Idempotent(t, gatherers(true), set, inputs...)
	said := failure(func(tb testing.TB) {
		nodetest.Idempotent(tb, gatherers(true), func(g *gatherer) any { return g.heard }, inputs...)
	})
	require.Equal(t, "nodetest: input 1 leaves the machine in another state if it comes twice: once\n\tmap[a:1]\ntwice\n\tmap[a:2]", said)
}

// Two properties of handlers that a network asks for: a seed repeats a run only if a machine does the same with the same inputs, and a
// network that delivers a message twice must do no harm.
func ExampleDeterministic() {
	test := func(t *testing.T) {
		inputs := []func(*gatherer) []letter{hears(0, "a", "b"), hears(time.Second/2, "c"), tick(time.Second)}
		nodetest.Deterministic(t, gatherers(true), inputs...)
		nodetest.Idempotent(t, gatherers(true), func(g *gatherer) any { return g.names(true) }, inputs...)
	}
	_ = test
}
