package mutants

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/sim"
	"glomers/node"
)

var fuzzed = flag.String("mutant", "", "let FuzzBroadcast search in this mutant, not in a baseline")

// fuzzable is a short run that is valid for mutants, too, unless decisions differ from those of the seed.
func fuzzable(register func(*node.Node)) harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: harness.InProcess(register), NodeCount: 3, Rate: 5, TimeLimit: 3 * time.Second,
		Nemesis: []string{"loss", "reorder"}, NemesisInterval: time.Second, Seed: 1,
	}
}

func registerOf(t testing.TB, name string) func(*node.Node) {
	for _, m := range All() {
		if m.Name == name {
			return m.Register
		}
	}
	t.Fatalf("there is no mutant %q", name)
	return nil
}

// The baseline passes with all decisions that were found to break a mutant.
func FuzzBroadcast(f *testing.F) {
	register := baselines.Flooding
	if *fuzzed != "" {
		register = registerOf(f, *fuzzed)
	}
	sim.Fuzz(f, fuzzable(register))
}

// The corpus of FuzzBroadcast has, under the name of each of these mutants, decisions that break it. The fuzzer found them in a few
// seconds: go test ./baselines/mutants -run '^$' -fuzz FuzzBroadcast -mutant broadcast-no-retry
func TestFuzzedDecisionsCatchMutants(t *testing.T) {
	files, err := filepath.Glob("testdata/fuzz/FuzzBroadcast/*")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, line, _ := strings.Cut(string(text), "\n")
		quoted := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "[]byte("), ")")
		decisions, err := strconv.Unquote(quoted)
		require.NoError(t, err, file)

		test := fuzzable(registerOf(t, filepath.Base(file)))
		res, err := sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, check.Valid, res.Valid, "the seed alone does not catch it: %s", res.Reasons)
		test.Strategy = choice.Bytes([]byte(decisions))
		res, err = sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, check.Invalid, res.Valid, file)
		require.Contains(t, strings.Join(res.Reasons, "\n"), lost)
	}
}
