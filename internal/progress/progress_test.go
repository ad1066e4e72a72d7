package progress

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/internal/challenge"
	"glomers/internal/compare"
)

var day = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// outcome returns a run of challenge 3d.
func outcome(valid check.Verdict, msgsPerOp float64, most time.Duration) challenge.Outcome {
	return challenge.Outcome{
		Challenge: "3d", Name: "efficient broadcast I", Valid: valid, OKFraction: 1, MsgsPerOp: msgsPerOp,
		Stale: &compare.Staleness{Median: most / 2, Max: most}, Seed: 7,
	}
}

func missed(o challenge.Outcome) challenge.Outcome {
	o.Missed = []string{"msgs/op is 31, the target is below 30"}
	return o
}

func distorted(o challenge.Outcome) challenge.Outcome {
	o.Distorted = []string{"the harness was late"}
	return o
}

func TestBest(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		runs   []challenge.Outcome
		passed int // the first run that did, from 1; 0 if none did
		best   int
		last   string
	}{
		"one that passes":         {[]challenge.Outcome{outcome(check.Valid, 5, 400*ms)}, 1, 1, "valid"},
		"one that fails":          {[]challenge.Outcome{outcome(check.Invalid, 5, 400*ms)}, 0, 0, "invalid"},
		"a missed target":         {[]challenge.Outcome{missed(outcome(check.Valid, 31, 400*ms))}, 0, 0, "target missed"},
		"fewer messages":          {[]challenge.Outcome{outcome(check.Valid, 5, 400*ms), outcome(check.Valid, 4, 500*ms)}, 1, 2, "valid"},
		"as many, and sooner":     {[]challenge.Outcome{outcome(check.Valid, 5, 400*ms), outcome(check.Valid, 5, 300*ms)}, 1, 2, "valid"},
		"worse":                   {[]challenge.Outcome{outcome(check.Valid, 5, 400*ms), outcome(check.Valid, 6, 300*ms)}, 1, 1, "valid"},
		"passed, and failed":      {[]challenge.Outcome{outcome(check.Valid, 5, 400*ms), outcome(check.Invalid, 1, 1*ms)}, 1, 1, "invalid"},
		"failed, and passed":      {[]challenge.Outcome{outcome(check.Invalid, 1, 1*ms), outcome(check.Valid, 5, 400*ms)}, 2, 2, "valid"},
		"distorted":               {[]challenge.Outcome{distorted(outcome(check.Valid, 5, 400*ms))}, 1, 0, "valid"},
		"distorted, and then not": {[]challenge.Outcome{distorted(outcome(check.Valid, 1, 1*ms)), outcome(check.Valid, 5, 400*ms)}, 1, 2, "valid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := filepath.Join(t.TempDir(), "store")
			at := func(i int) time.Time { return day.AddDate(0, 0, i) }
			for i, o := range c.runs {
				require.NoError(t, Record(store, o, true, at(i+1)))
			}
			p, err := Load(store)
			require.NoError(t, err)
			require.Len(t, p.Challenges, 1)
			s := p.Challenges["3d efficient broadcast I"]
			require.Equal(t, len(c.runs), s.Runs)
			require.Equal(t, c.last, s.Last.Verdict)
			require.True(t, s.Last.At.Equal(at(len(c.runs))))
			require.Equal(t, c.passed == 0, s.Passed.IsZero())
			if c.passed > 0 {
				require.True(t, s.Passed.Equal(at(c.passed)))
			}
			require.Equal(t, c.best == 0, s.Best == nil)
			if c.best > 0 {
				require.True(t, s.Best.At.Equal(at(c.best)))
				require.Equal(t, c.runs[c.best-1].Figures(), s.Best.Figures())
				require.True(t, s.Best.Virtual)
				require.EqualValues(t, 7, s.Best.Seed)
			}
		})
	}
}

// Runs that end at the same time are all there.
func TestRecordAtOnce(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "store")
	const runs = 20
	var all sync.WaitGroup
	errs := make([]error, runs)
	for i := range runs {
		all.Go(func() { errs[i] = Record(store, outcome(check.Valid, float64(i+1), time.Second), false, day) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	p, err := Load(store)
	require.NoError(t, err)
	s := p.Challenges["3d efficient broadcast I"]
	require.Equal(t, runs, s.Runs)
	require.EqualValues(t, 1, s.Best.MsgsPerOp)
}

// A file that cannot be understood stays as it is, and its error says where it is.
func TestDamaged(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                 "cannot be understood",
		"{":                                "cannot be understood",
		"null":                             "it has no version",
		"[]":                               "cannot be understood",
		`{"challenges": {}}`:               "it has no version",
		`{"version": 1}`:                   "it has no challenges",
		`{"version": 1, "challenges": []}`: "cannot be understood",
		`{"version": 1, "challenges": {"1 echo": null}}`: `"1 echo" is null`,
		`{"version": 2, "challenges": []}`:               "written by a later version of glomers, in format 2",
	} {
		dir := t.TempDir()
		store, path := filepath.Join(dir, "store"), filepath.Join(dir, ".glomers", "progress.json")
		require.NoError(t, os.Mkdir(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := Load(store)
		require.ErrorContains(t, err, says, text)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, Record(store, outcome(check.Valid, 5, time.Second), true, day), says)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(kept))
	}
}

func TestNothingYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := Load(filepath.Join(dir, "store"))
	require.NoError(t, err)
	require.Empty(t, p.Challenges)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries, "reading makes nothing")
}
