package results

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func example() Set {
	return Set{
		Version: Version, Name: "example", About: "what it costs", Command: "glomers bench example",
		Commit: "abc", Taken: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 1.5,
		Machine: Machine{CPU: "fast", Cores: 2, OS: "linux/amd64", Go: "go1.26"},
		Points: []Point{
			{Series: "star", Params: map[string]string{"nodes": "5", "faults": "none"}, Command: "glomers test", Runs: []Run{
				{Seed: 1, Verdict: Valid, Values: map[string]float64{"msgs/op": 3, "max-ms": 5}},
				{Seed: 2, Verdict: Valid, Values: map[string]float64{"msgs/op": 1}},
				{Seed: 3, Verdict: Valid, Values: map[string]float64{"msgs/op": 2}},
			}},
			{Series: "tree", Params: map[string]string{"nodes": "5", "faults": "partition"}, Command: "glomers test", Runs: []Run{
				{Seed: 1, Verdict: Valid, Values: map[string]float64{"msgs/op": 3}},
				{Seed: 2, Verdict: "invalid", Reasons: []string{"value 7 was lost"}, Values: map[string]float64{"msgs/op": 1}},
			}},
		},
	}
}

func TestSaveAndLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	require.NoError(t, example().Save(dir))
	first, err := os.ReadFile(filepath.Join(dir, "example.json"))
	require.NoError(t, err)

	s, err := Load(dir, "example")
	require.NoError(t, err)
	require.Equal(t, example(), s)

	require.NoError(t, s.Save(dir))
	second, err := os.ReadFile(filepath.Join(dir, "example.json"))
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
}

func TestLoadIsStrict(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(dir, "example")
	require.ErrorIs(t, err, fs.ErrNotExist)

	for text, says := range map[string]string{
		`{"version":1,"name":"example","colour":"red"}`: "colour",
		`{"version":2,"name":"example"}`:                "version 2",
		`{"version":1,"name":"other"}`:                  `"other"`,
		`[`:                                             "example.json",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "example.json"), []byte(text), 0o644))
		_, err := Load(dir, "example")
		require.ErrorContains(t, err, says)
	}
}

func TestUnwritable(t *testing.T) {
	s := example()
	s.Points[0].Runs[0].Values["msgs/op"] = math.NaN()
	require.Error(t, s.Save(t.TempDir()))
	require.Error(t, example().Save("/dev/null/results"))
}

func TestCheckNamesInvalidRuns(t *testing.T) {
	s := example()
	err := s.Check()
	require.ErrorContains(t, err, "tree faults=partition nodes=5, seed 2, is invalid: [value 7 was lost]")
	require.NotContains(t, err.Error(), "star")

	s.Points = s.Points[:1]
	require.NoError(t, s.Check())
	s.Points[0].Runs = nil
	require.ErrorContains(t, s.Check(), "no runs")
}

func TestSummaries(t *testing.T) {
	require.Equal(t, Summary{2, 1, 3, 3}, Summarize(3, 1, 2))
	require.Equal(t, Summary{2.5, 1, 4, 4}, Summarize(4, 1, 2, 3))
	require.Equal(t, Summary{7, 7, 7, 1}, Summarize(7))

	star, tree := example().Points[0], example().Points[1]
	f, err := star.Summary("msgs/op")
	require.NoError(t, err)
	require.Equal(t, Summary{2, 1, 3, 3}, f)
	_, err = star.Summary("max-ms") // only one run has it
	require.ErrorIs(t, err, ErrMissing)
	_, err = tree.Summary("msgs/op")
	require.ErrorIs(t, err, ErrNotValid)
	require.ErrorContains(t, err, "1 of 2 runs")
	_, err = Point{}.Summary("msgs/op")
	require.ErrorIs(t, err, ErrMissing)
}

func TestSelection(t *testing.T) {
	s := example()
	require.Equal(t, s.Points, s.Where())
	require.Equal(t, s.Points[1:], s.Where("nodes", "5", "faults", "partition"))
	require.Empty(t, s.Where("nodes", "25"))
	p, ok := s.Find("star", "nodes", "5")
	require.True(t, ok)
	require.Equal(t, s.Points[0], p)
	_, ok = s.Find("star", "nodes", "25")
	require.False(t, ok)
}

func TestBenchmarks(t *testing.T) {
	var points []Point
	counted := 0
	for line := range strings.Lines(`goos: linux
pkg: glomers/broadcast
BenchmarkSize/nodes=5/budget=110ms-2         	       1	 123456 ns/op	         4.000 bound-msgs/op	         4.500 msgs/op
BenchmarkSize/nodes=5/budget=110ms-2         	       1	 123456 ns/op	         4.000 bound-msgs/op	         4.600 msgs/op
BenchmarkEcho/official 	   20000	     61234 ns/op	   1.61 MB/s
BenchmarkRemark
    sim_test.go:7: BenchmarkSize took 3 s
PASS
ok  	glomers/broadcast	1.2s
`) {
		var ok bool
		if points, ok = AddBenchmark(points, line); ok {
			counted++
		}
	}
	require.Equal(t, 3, counted)
	require.Equal(t, []Point{
		{Series: "Size", Params: map[string]string{"nodes": "5", "budget": "110ms"}, Runs: []Run{
			{Verdict: Valid, Values: map[string]float64{"ns/op": 123456, "bound-msgs/op": 4, "msgs/op": 4.5}},
			{Verdict: Valid, Values: map[string]float64{"ns/op": 123456, "bound-msgs/op": 4, "msgs/op": 4.6}},
		}},
		{Series: "Echo/official", Params: map[string]string{}, Runs: []Run{
			{Verdict: Valid, Values: map[string]float64{"ns/op": 61234, "MB/s": 1.61}},
		}},
	}, points)

	for _, line := range []string{"", "BenchmarkX-2 1", "BenchmarkX-2 fast 1 ns/op", "BenchmarkX-2 1 fast ns/op", "BenchmarkX-2 1 1 ns/op 3"} {
		_, ok := AddBenchmark(nil, line)
		require.False(t, ok, line)
	}
}

func TestMachine(t *testing.T) {
	require.Contains(t, ThisMachine().String(), "cores, ")
	require.Equal(t, "fast, 2 cores, linux/amd64, go1.26", example().Machine.String())
}
