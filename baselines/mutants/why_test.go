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

// The explanations of mutants, as they are told, are in testdata/why. A person who has never seen the code must be able to name the bug
// from them. Workloads without an explainer have none.
func TestExplanations(t *testing.T) {
	golden := func(name string) string { return filepath.Join("testdata", "why", name+".txt") }
	explained := 0
	for _, m := range mutants.All() {
		want, err := os.ReadFile(golden(m.Name))
		if err != nil && !*update {
			require.ErrorIs(t, err, os.ErrNotExist)
			continue
		}
		explained++
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			got := explanation(firstFailure(t, trapping(m, m.Register)))
			switch {
			case !*update:
				require.Equal(t, string(want), got)
			case got != "":
				require.NoError(t, os.WriteFile(golden(m.Name), []byte(got), 0o644))
			}
		})
	}
	if !*update {
		files, err := filepath.Glob(golden("*"))
		require.NoError(t, err)
		require.Len(t, files, explained, "each explanation is that of a mutant")
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
