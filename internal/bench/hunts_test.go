package bench

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
	"glomers/internal/results"
)

// hunted returns the hunt of a strategy for a mutant.
func hunted(t *testing.T, mutant, strategy string) hunt {
	all := hunts()
	i := slices.IndexFunc(all, func(h hunt) bool { return h.trap.Mutant.Name == mutant && h.strategy.name == strategy })
	require.GreaterOrEqual(t, i, 0, "%s %s", mutant, strategy)
	return all[i]
}

// Hunts of the same seed count the same.
func TestHunts(t *testing.T) {
	b := newBench(t)
	b.Runs, b.Quick = 1, true
	two := []hunt{hunted(t, "broadcast-no-retry", "POS"), hunted(t, "broadcast-no-retry", "1 delay")}
	set := Set{Name: "example", hunts: func() []hunt { return two }}
	s, err := b.measure(t.Context(), set)
	require.NoError(t, err)
	require.Len(t, s.Points, 2)
	drawn, systematic := s.Points[0], s.Points[1]
	require.Len(t, drawn.Runs, seedsOfRun)
	require.Len(t, systematic.Runs, 1)
	require.NotContains(t, drawn.Runs[0].Values, states)
	require.Positive(t, systematic.Runs[0].Values[states])
	for i, r := range drawn.Runs {
		require.Equal(t, results.Valid, r.Verdict)
		require.EqualValues(t, i+1, r.Seed)
		require.EqualValues(t, 1, r.Values[foundIt])
		require.LessOrEqual(t, r.Values[decisions], r.Values[raw])
		again := two[0].once(t.Context(), r.Seed, true)
		for _, metric := range counted {
			require.Equal(t, r.Values[metric], again.Values[metric], metric)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = b.measure(ctx, set)
	require.ErrorIs(t, err, program.ErrInterrupted)
}

// counted are the metrics that are the same on every machine.
var counted = []string{foundIt, executions, pruned, states, raw, decisions, actions}

// A failure for another reason than that of the trap is no find.
func TestHuntsAskForTheReason(t *testing.T) {
	h := hunted(t, "ids-counter", drawnAtRandom)
	h.trap.Reason = "the sky is green"
	r := h.once(t.Context(), 1, true)
	require.Equal(t, "found for another reason", r.Verdict)
	require.Contains(t, r.Reasons[0], "was given out")

	h.trap.Scope.Program = nil
	require.Equal(t, "broken", h.once(t.Context(), 1, true).Verdict)
}

func TestFindings(t *testing.T) {
	run := func(found, n float64) results.Run {
		return results.Run{Verdict: results.Valid, Values: map[string]float64{foundIt: found, executions: n}}
	}
	for _, c := range []struct {
		runs []results.Run
		cell string
	}{
		{[]results.Run{run(1, 3), run(1, 1), run(1, 2)}, "2"},
		{[]results.Run{run(1, 3), run(0, 1000), run(1, 2)}, "3 (2 of 3)"},
		{[]results.Run{run(1, 3), run(0, 1000), run(0, 1000)}, "– (1 of 3)"},
		{[]results.Run{run(0, 1000)}, "–"},
		{nil, "–"},
	} {
		require.Equal(t, c.cell, findingOf(results.Point{Runs: c.runs}).cell(executions))
	}
	require.Equal(t, math.Inf(1), medianOf(nil))

	two := map[string]map[string]finding{
		"a": {drawnAtRandom: findingOf(results.Point{Runs: []results.Run{run(1, 8)}}), "x": findingOf(results.Point{Runs: []results.Run{run(1, 2)}})},
		"b": {drawnAtRandom: findingOf(results.Point{Runs: []results.Run{run(1, 4)}}), "x": findingOf(results.Point{Runs: []results.Run{run(1, 4)}})},
		"c": {drawnAtRandom: findingOf(results.Point{Runs: []results.Run{run(1, 1)}}), "x": findingOf(results.Point{Runs: []results.Run{run(0, 9)}})},
	}
	require.Equal(t, "0.50× (2 mutants)", ratioToRandom(two, []string{"a", "b", "c"}, "x"))
	require.Equal(t, "–", ratioToRandom(two, []string{"c"}, "x"))
}

func TestWaited(t *testing.T) {
	require.Empty(t, waited(100*time.Millisecond, 90*time.Millisecond))
	require.Empty(t, waited(4*time.Millisecond, time.Millisecond))
	require.Empty(t, waited(time.Second, 0), "it is not known")
	require.Equal(t, []string{"it had a processor for 50 % of its time"}, waited(time.Second, time.Second/2))
}

// Each study has a source.
func TestStudies(t *testing.T) {
	for _, s := range studies() {
		require.True(t, strings.HasPrefix(s.source, "http"), s.name)
		require.NotEmpty(t, s.unlike, s.name)
	}
}

// TestHuntLog: a hunt whose failure is another one is told.
func TestHuntLog(t *testing.T) {
	b := newBench(t)
	b.Runs, b.Quick = 1, true
	var lines []string
	b.Tally = func(string, int) (func(slog.Level, string, ...slog.Attr), func()) {
		return func(_ slog.Level, text string, _ ...slog.Attr) { lines = append(lines, text) }, func() {}
	}
	h := hunted(t, "ids-counter", "every schedule")
	wrong := h
	wrong.trap.Reason = "the sky is green"
	_, err := b.measureHunts(t.Context(), Set{Name: "example", hunts: func() []hunt { return []hunt{h, wrong} }})
	require.NoError(t, err)
	require.Equal(t, "ids-counter strategy=every schedule: found 1 times of 1", lines[0])
	require.Contains(t, lines[1], "found for another reason: id")
}
