package mutants_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines/mutants"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
)

var update = flag.Bool("update", false, "write the explanations to testdata/why, to be read by a person who does not know the mutants")

// The explanation of each mutant, as it is told, is in testdata/why. A person who has never seen the code must be able to name the bug
// from it.
func TestExplanations(t *testing.T) {
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			got := explanation(firstFailure(t, trapping(m, m.Register)))
			golden := filepath.Join("testdata", "why", m.Name+".txt")
			if *update && got != "" {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			if os.IsNotExist(err) {
				t.Skip("there is no explanation yet")
			}
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// firstFailure returns the result of the first seed that fails.
func firstFailure(t *testing.T, s sim.Scenario) harness.Result {
	s.Test.Store = t.TempDir()
	for s.Test.Seed = 1; s.Test.Seed <= uint64(s.Seeds); s.Test.Seed++ {
		res, err := sim.Run(t, s.Test)
		require.NoError(t, err)
		if res.Valid == check.Invalid {
			return res
		}
	}
	require.Fail(t, "no seed fails")
	return harness.Result{}
}

// explanation returns the causes as text.
func explanation(res harness.Result) string {
	var texts []string
	for _, c := range res.Why {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, "\n")
}
