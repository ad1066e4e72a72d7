package bench

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
	"glomers/internal/results"
)

// The counts of docs/results are those of today: the short hunts of the first seed are carried out again.
func TestExplorationCounts(t *testing.T) {
	root, err := program.Root()
	require.NoError(t, err)
	s, err := results.Load(filepath.Join(root, Dir), explorationSet)
	require.NoError(t, err)
	require.Len(t, s.Points, len(hunts()))
	const few = 12
	carriedOut := 0
	for _, h := range hunts() {
		want, ok := s.Find(h.trap.Mutant.Name, "strategy", h.strategy.name)
		require.True(t, ok, "%s: measure it again: glomers bench exploration", h.point())
		first := want.Runs[0].Values
		if first[executions] > few {
			continue
		}
		carriedOut++
		got := h.once(t.Context(), 1, s.Quick)
		for _, metric := range counted {
			require.Equal(t, first[metric], got.Values[metric], "%s of %s have changed: if that is meant, measure again: glomers bench exploration", metric, want)
		}
	}
	require.Greater(t, carriedOut, len(hunts())/3)
}

// Each mutant that can be found is found by a systematic strategy, as the issue on exploration asks.
func TestSystematicStrategiesFindAll(t *testing.T) {
	root, err := program.Root()
	require.NoError(t, err)
	s, err := results.Load(filepath.Join(root, Dir), explorationSet)
	require.NoError(t, err)
	byMutant, names := findings(s)
	require.NotEmpty(t, names)
	for _, name := range names {
		require.True(t, slices.ContainsFunc(strategies(), func(st strategy) bool {
			return !st.drawn && byMutant[name][st.name].found == 1
		}), name)
	}
}
