package explore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/baselines/mutants"
	"glomers/node"
)

func strategies() []Strategy {
	return []Strategy{Exhaustive(), Delays(2), Random(1), Swarm(1), PCT(1, 2), PCT(1, 3), POS(1)}
}

// Every strategy finds a mistake that one lost message shows, and its decisions repeat it; in a node without the mistake none finds any.
func TestStrategies(t *testing.T) {
	t.Parallel()
	scope := Scope{Workload: "broadcast", Given: []Op{{0, "broadcast", 1}, {1, "broadcast", 2}}, Losses: 1, Most: 100}
	for _, s := range strategies() {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			t.Parallel()
			scope := scope
			scope.Strategy = s
			scope.Program = mutant(t, "broadcast-no-retry")
			r, err := Run(context.Background(), scope)
			require.NoError(t, err)
			require.NotNil(t, r.Failure, "%v", r)
			e, err := Replay(scope, r.Failure.Decisions)
			require.NoError(t, err)
			require.Equal(t, r.Failure.Reasons, e.Reasons)
			require.Equal(t, r.Failure.Steps, e.Steps)
			again, err := Run(context.Background(), scope)
			require.NoError(t, err)
			require.NotNil(t, again.Failure, "a strategy goes on drawing, and finds it again")

			scope.Program = baselines.Flooding
			r, err = Run(context.Background(), scope)
			require.NoError(t, err)
			require.Nil(t, r.Failure, "%v", r)
		})
	}
}

func mutant(t *testing.T, name string) func(n *node.Node) {
	for _, m := range mutants.All() {
		if m.Name == name {
			return m.Register
		}
	}
	t.Fatal(name)
	return nil
}

// What a service shows is decided, too: a node that reads seq-kv without a barrier is caught when it shows an older state.
func TestServicesChoose(t *testing.T) {
	t.Parallel()
	scope := Scope{Workload: "g-counter", Program: mutant(t, "counter-stale"), Given: []Op{{0, "add", 1}, {1, "add", 2}}}
	r, err := Run(context.Background(), scope)
	require.NoError(t, err)
	require.NotNil(t, r.Failure, "%v", r)
	require.Contains(t, r.Failure.String(), "(seq-kv: option 1 of ")
	scope.Program = baselines.CASCounter
	r = Explore(t, scope)
	require.Nil(t, r.Failure)
}

// Go's fuzzer decides. The inputs in testdata/fuzz make broadcast-no-retry, in place of flooding, lose a value.
func FuzzFlooding(f *testing.F) {
	Fuzz(f, Scope{Program: baselines.Flooding, Workload: "broadcast", Losses: 1, Given: []Op{{0, "broadcast", 1}, {1, "broadcast", 2}}})
}

// The inputs of the fuzzer are decisions: what its corpus holds fails for a node with the mistake, in the same way.
func TestFuzzedDecisions(t *testing.T) {
	t.Parallel()
	p, err := newPlan(Scope{Program: mutant(t, "broadcast-no-retry"), Workload: "broadcast", Losses: 1, Given: []Op{{0, "broadcast", 1}, {1, "broadcast", 2}}})
	require.NoError(t, err)
	defer p.crew.dismiss()
	entries, err := filepath.Glob("testdata/fuzz/FuzzFlooding/*")
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	for _, path := range entries {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var input []byte
		_, err = fmt.Sscanf(string(text), "go test fuzz v1\n[]byte(%q)", &input)
		require.NoError(t, err)
		o := p.execute(nil, nil, fromBytes(input))
		require.NoError(t, o.err)
		require.NotEmpty(t, o.reasons, "%s", path)
	}
}
