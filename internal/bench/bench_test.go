package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/history"
	"glomers/internal/challenge"
	"glomers/internal/program"
	"glomers/internal/results"
)

// TestSets: the definitions make sense.
func TestSets(t *testing.T) {
	names := map[string]bool{}
	for _, set := range Sets() {
		require.False(t, names[set.Name], set.Name)
		names[set.Name] = true
		require.NotEmpty(t, set.About)
		kinds := 0
		for _, has := range []bool{set.trials != nil, set.suite != nil, set.hunts != nil} {
			if has {
				kinds++
			}
		}
		require.Equal(t, 1, kinds, set.Name)
		points := map[string]bool{}
		for _, trial := range set.trials {
			for _, quick := range []bool{false, true} {
				require.Equal(t, trial.point.Params["faults"] == partitions, strings.Contains(trial.command(quick), "--nemesis partition"), trial.point)
			}
			if len(trial.args) == 2 && trial.args[0] == "node" {
				require.True(t, slices.ContainsFunc(baselines.All(), func(b baselines.Baseline) bool { return b.Name == trial.args[1] }), trial.args)
			}
			require.False(t, points[trial.point.String()], "%v is there twice", trial.point)
			points[trial.point.String()] = true
		}
	}
	for name := range drawings() {
		require.True(t, names[name], name)
	}
	for _, table := range tables() {
		require.True(t, table.set == "" || names[table.set], table.name)
	}
}

func TestBenchCommands(t *testing.T) {
	require.Equal(t, "glomers test -w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100 --bin broadcast -- -budget 100ms",
		frontierTrials()[0].command(false))
	i := slices.IndexFunc(frontierTrials(), func(t trial) bool { return t.point.Series == "flooding" && t.point.Params["faults"] == partitions })
	flooding := frontierTrials()[i]
	require.Equal(t, `glomers test -w broadcast --node-count 25 --time-limit 5 --rate 100 --latency 100 --nemesis partition --nemesis-interval 1 `+
		`--bin glomers -- node flooding`, flooding.command(true))
	rate := suite{"./x", "^BenchmarkRate$", "quick", true}
	require.Equal(t, "go test -run '^$' -bench '^BenchmarkRate$' -timeout 1h -benchtime 5x ./x", shellWords(rate.command(false, 5)))
	rate.seeds = false
	require.Equal(t, "go test -run '^$' -bench '^BenchmarkRate$' -timeout 1h -count 5 ./x", shellWords(rate.command(false, 5)))
	require.Contains(t, shellWords(rate.command(true, 1)), "-bench quick -timeout 1h -benchtime 100ms -count 1")
}

// newBench returns one whose trials are short tests of echo.
func newBench(t *testing.T) *Bench {
	root, err := program.Root()
	require.NoError(t, err)
	b := &Bench{
		Runs: 2, Jobs: 2, Root: root, Out: t.TempDir(), Log: slog.New(slog.DiscardHandler), store: t.TempDir(),
		Test: func(challenge.Command) (harness.Test, error) {
			return harness.Test{Workload: "echo", NodeCount: 1, TimeLimit: time.Second, Rate: 20}, nil
		},
		Tally: func(string, int) (func(slog.Level, string, ...slog.Attr), func()) {
			return func(slog.Level, string, ...slog.Attr) {}, func() {}
		},
	}
	t.Cleanup(b.build.Close)
	return b
}

func TestTrials(t *testing.T) {
	set := Set{Name: "example", trials: []trial{
		{point: results.Point{Series: "official"}, dir: "cli/testdata/official"},
		{point: results.Point{Series: "wrong"}, dir: "cli/testdata/misbehave", args: []string{"twist"}},
		{point: results.Point{Series: "crashing"}, dir: "cli/testdata/misbehave", args: []string{"crash"}},
		{point: results.Point{Series: "slow"}, dir: "cli/testdata/official", targets: challenge.Targets{Max: time.Second}},
	}}
	b := newBench(t)
	s, err := b.measure(t.Context(), set)
	require.NoError(t, err)
	require.Len(t, s.Points, 4)
	for _, p := range s.Points {
		require.Len(t, p.Runs, 2)
		require.EqualValues(t, 1, p.Runs[0].Seed)
		require.EqualValues(t, 2, p.Runs[1].Seed)
	}
	official, wrong, crashing, slow := s.Points[0], s.Points[1], s.Points[2], s.Points[3]

	f, err := official.Summary(availability)
	require.NoError(t, err)
	require.Equal(t, results.Summary{Median: 1, Min: 1, Max: 1, Runs: 2}, f)
	for _, metric := range []string{msgsPerOp, answeredRate, lagMS, "echo-median-ms", "echo-p99-ms"} {
		require.Contains(t, official.Runs[0].Values, metric)
	}
	require.Equal(t, "invalid", wrong.Runs[0].Verdict)
	require.NotEmpty(t, wrong.Runs[0].Reasons)
	require.Equal(t, "broken", crashing.Runs[0].Verdict)
	require.Contains(t, crashing.Runs[0].Reasons[0], "out of cheese")
	require.Equal(t, "target missed", slow.Runs[0].Verdict)

	require.NoError(t, b.keep(s))
	require.True(t, b.invalid)
	require.FileExists(t, filepath.Join(b.Out, "example.json"))
}

func TestSuites(t *testing.T) {
	b := newBench(t)
	set := Set{Name: "example", suite: &suite{"./internal/bench/testdata/benchmarks", "Fine", "", true}}
	s, err := b.measure(t.Context(), set)
	require.NoError(t, err)
	require.Equal(t, []results.Point{{
		Series: "Fine", Params: map[string]string{"nodes": "5"}, Command: shellWords(set.suite.command(false, 2)),
		Runs: []results.Run{{Verdict: results.Valid, Values: map[string]float64{"msgs/op": 1.235, "iterations": 2, "ns/op": s.Points[0].Runs[0].Values["ns/op"]}}},
	}}, s.Points)

	for pattern, says := range map[string]string{"Fails": "it went wrong", "Nosuch": "no such benchmark"} {
		set.suite.pattern = pattern
		_, err = b.measure(t.Context(), set)
		require.ErrorContains(t, err, says)
	}
}

// TestBounds: what the write-up says of the challenge, by the maximum that was measured.
func TestBounds(t *testing.T) {
	require.InDelta(t, 12, provenAt(99), 1e-9) // every value for itself; reads see a hop as somewhat less
	require.InDelta(t, 12, designAt(99), 1e-9)
	require.InDelta(t, 0.99, provenAt(331), 0.005)
	require.InDelta(t, 2.07, designAt(331), 0.005)
	require.InDelta(t, 0.97, designAt(580), 0.005)
	require.InDelta(t, 0.31, designAt(1700), 0.005)

	two, _ := results.AddBenchmark(nil, "BenchmarkRate/nodes=2/rate=100-2 1 5 ns/op 100 staleness-max-ms")
	least, _ := rateBound(results.Set{Name: "txn-kv-rate"}, two[0]) // each sends when its first write has waited for S
	require.InDelta(t, 2/(0.1+2/76.6)/100, least, 1e-9)
}

// TestBoundsTable: a latency of four hops is where no design that we know is the best.
func TestBoundsTable(t *testing.T) {
	require.Contains(t, boundsTable(), "\n| 3 | 4 | 1.33 | **1.67** | 2 | 2 | 2 | – |\n")
	require.Contains(t, boundsTable(), "\n| 3 | 5 | 1 | **1** | 1.5 | 1.33 | 1.5 | 1 |\n")
}

func TestHealing(t *testing.T) {
	h := newHealing()
	add := func(ms int64, p history.Process, kind history.Type, f, value string) {
		h.add(history.Op{Time: ms * 1e6, Type: kind, Process: p, F: f, Value: json.RawMessage(value)})
	}
	read := func(ms int64, value string) {
		add(ms, 1, history.Invoke, "read", "null")
		add(ms+5, 1, history.OK, "read", value)
	}
	broadcast := func(ms int64, value string) {
		add(ms, 2, history.Invoke, "broadcast", value)
		add(ms+5, 2, history.OK, "broadcast", value)
	}
	nemesis := func(ms int64, f string) { add(ms, history.Nemesis, history.Info, f, "null") }
	expect := func(worst time.Duration, ok bool) {
		t.Helper()
		is, known := h.worst()
		require.Equal(t, ok, known)
		require.Equal(t, worst, is)
	}

	nemesis(0, "start-partition")
	broadcast(100, "7")
	read(200, "[]") // cut off
	nemesis(1000, "stop-partition")
	add(999, 3, history.Invoke, "read", "null")
	add(1001, 3, history.OK, "read", "[]") // invoked before the heal
	broadcast(1300, "8")
	read(1400, "[1]")
	read(1800, "[1,7]") // 8 is of later
	expect(0, false)    // too short yet
	read(3100, "[7]")
	expect(400*time.Millisecond, true)

	nemesis(4000, "start-partition")
	read(4500, "[]")
	expect(400*time.Millisecond, true)
	nemesis(5000, "stop-partition")
	read(7500, "[7]") // 8 is missing
	expect(2500*time.Millisecond, true)
	h.add(history.Op{Time: 9e9, F: "read", Type: history.OK, Final: true, Value: json.RawMessage("[]")})
	expect(2500*time.Millisecond, true)
}

func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", 0.0584: "0.0584", 0.00012345: "0.000123", 2.3456: "2.35", 99.96: "100", 245.4: "245", 9999: "9999", 12345.6: "12,346",
		1234567: "1,234,567", 0.99965: "0.99965", 0.5: "0.5", -3: "-3", math.Inf(1): "–",
	} {
		require.Equal(t, want, digits(v))
	}
}

// example returns results of a set with one valid point and one that is not.
func exampleSet(name string) results.Set {
	run := func(verdict string, v float64) results.Run {
		return results.Run{Seed: 1, Verdict: verdict, Values: map[string]float64{msgsPerOp: v, medianMS: 100 * v, maxMS: 200 * v, availability: 1}}
	}
	return results.Set{Version: results.Version, Name: name, Command: "glomers bench " + name, Commit: "abc", Points: []results.Point{
		{Series: "broadcast", Params: map[string]string{"budget": "default", "faults": noFaults}, Runs: []results.Run{run(results.Valid, 2), run(results.Valid, 3)}},
		{Series: "star", Params: map[string]string{"faults": noFaults}, Runs: []results.Run{run("invalid", 2), run(results.Valid, 3)}},
	}}
}

func TestFill(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, exampleSet("broadcast-frontier").Save(dir))
	l := library{dir}
	text := func(table string) string {
		return "# Title\n\n<!-- results broadcast-frontier -->\n" + table + "<!-- /results -->\n\nText.\n\n<!-- results runtime -->\n<!-- /results -->\n"
	}
	made, err := l.fill([]byte(text("old\n")))
	require.NoError(t, err)
	require.Contains(t, string(made), "| broadcast | default | none | 2.5 (2–3) | 0.594 | 1.16 | – | – | 250 (200–300) ms | 500 (400–600) ms | – | 1 | – |")
	require.Contains(t, string(made), "| star |  | none | **1 of 2 runs not valid** | – |")
	require.Contains(t, string(made), "Not measured yet: `glomers bench runtime`.")
	require.True(t, strings.HasPrefix(string(made), "# Title\n\n<!-- results broadcast-frontier -->\n\n| design"))
	require.NotContains(t, string(made), "old")

	again, err := l.fill(made)
	require.NoError(t, err)
	require.Equal(t, string(made), string(again))

	for text, says := range map[string]string{
		"<!-- results nosuch -->\n<!-- /results -->\n": `no table is called "nosuch": want runs`,
		"<!-- results runtime -->\nno end\n":           "1 marks around tables, but 0 tables",
		"no begin\n<!-- /results -->\n":                "1 marks",
	} {
		_, err := l.fill([]byte(text))
		require.ErrorContains(t, err, says)
	}
}

// TestRepeats: what the machine distorted is run again, twice at most; what is not valid is not.
func TestRepeats(t *testing.T) {
	late := []string{"late"}
	for name, c := range map[string]struct {
		runs          []results.Run
		made, repeats int
		distorted     bool
	}{
		"good":             {[]results.Run{{Verdict: results.Valid}}, 1, 0, false},
		"good at last":     {[]results.Run{{Verdict: results.Valid, Distorted: late}, {Verdict: targetMissed, Distorted: late}, {Verdict: results.Valid}}, 3, 2, false},
		"never":            {[]results.Run{{Verdict: results.Valid, Distorted: late}, {Verdict: results.Valid, Distorted: late}, {Verdict: results.Valid, Distorted: late}}, 3, 2, true},
		"invalid":          {[]results.Run{{Verdict: "invalid", Distorted: late}}, 1, 0, true},
		"invalid later":    {[]results.Run{{Verdict: results.Valid, Distorted: late}, {Verdict: "invalid", Distorted: late}}, 2, 1, true},
		"broken":           {[]results.Run{{Verdict: "broken"}}, 1, 0, false},
		"missed by itself": {[]results.Run{{Verdict: targetMissed}}, 1, 0, false},
	} {
		made := 0
		r := repeated(func() results.Run { made++; return c.runs[made-1] })
		require.Equal(t, c.made, made, name)
		require.Equal(t, c.repeats, r.Repeats, name)
		require.Equal(t, c.distorted, len(r.Distorted) > 0, name)
	}
}

func TestTablesMarkWhatTheMachineDistorted(t *testing.T) {
	s := exampleSet("broadcast-frontier")
	s.Points[0].Runs[1].Distorted = []string{"late"}
	dir := t.TempDir()
	require.NoError(t, s.Save(dir))
	text, err := library{dir}.table("broadcast-frontier")
	require.NoError(t, err)
	require.Contains(t, text, "| broadcast | default | none | 2.5 (2–3) † | ")
	require.Contains(t, text, "\n†: the machine distorted a run, ")
	plain, err := exampleTable(t, exampleSet("broadcast-frontier"))
	require.NoError(t, err)
	require.NotContains(t, plain, "†")
}

func exampleTable(t *testing.T, s results.Set) (string, error) {
	dir := t.TempDir()
	require.NoError(t, s.Save(dir))
	return library{dir}.table(s.Name)
}

// TestRateChartShowsBytes: as soon as they are measured.
func TestRateChartShowsBytes(t *testing.T) {
	const line = "BenchmarkRate/nodes=5/rate=100-2 1 5 ns/op 0.5 msgs/op 350 staleness-ms 700 staleness-max-ms"
	points, _ := results.AddBenchmark(nil, line)
	require.Len(t, rateChart(results.Set{Name: "g-counter-rate", Points: points}).Panels, 2)
	points, _ = results.AddBenchmark(nil, line+" 65 bytes/op")
	panels := rateChart(results.Set{Name: "g-counter-rate", Points: points}).Panels
	require.Len(t, panels, 3)
	require.Equal(t, 65.0, panels[1].Series[0].Points[0].Y)
}

func TestChartsLeaveOutWhatIsNotValid(t *testing.T) {
	c := frontierChart(exampleSet("broadcast-frontier"))
	for _, p := range c.Panels {
		for _, s := range p.Series {
			switch s.Name {
			case "broadcast, by budget":
				require.Len(t, s.Points, 1)
			case "star":
				require.Empty(t, s.Points)
			}
		}
	}
}

// Each promise has its own bound: what must be on two nodes costs another message for each round.
func TestRateBound(t *testing.T) {
	points, ok := results.AddBenchmark(nil, "BenchmarkRate/nodes=2/rate=1000/copies=1-2 1 5 ns/op 55 staleness-max-ms")
	require.True(t, ok)
	points, ok = results.AddBenchmark(points, "BenchmarkRate/nodes=2/rate=1000/copies=2-2 1 5 ns/op 55 staleness-max-ms")
	require.True(t, ok)
	points, ok = results.AddBenchmark(points, "BenchmarkRate/nodes=2/rate=1000-2 1 5 ns/op 55 staleness-max-ms")
	require.True(t, ok)
	for i, want := range []float64{0.0339, 0.044, 0.044} {
		least, ok := rateBound(results.Set{Name: "kafka-log-rate"}, points[i])
		require.True(t, ok)
		require.InEpsilon(t, want, least, 0.01)
	}
	_, ok = rateBound(results.Set{Name: "kafka-log-rate"}, results.Point{})
	require.False(t, ok)
	require.Equal(t, []string{"2 nodes, copies=1", "2 nodes, copies=2", "2 nodes"}, distinct(points, rateMode))
}

// TestEverythingCanBeRendered: tables and charts of all sets, with points such as the definitions make them.
func TestEverythingCanBeRendered(t *testing.T) {
	dir := t.TempDir()
	suites := map[string]string{
		"broadcast-size": "BenchmarkSize/nodes=25/budget=110ms-2 1 5 ns/op 6 least-msgs/op 12 best-msgs/op 13 msgs/op 99 median-ms 110 max-ms",
		faithfulSet:      "BenchmarkFaithful/broadcast/budget=330ms/faults=none-2 1 5 ns/op 1.9 msgs/op 90 median-ms 180 max-ms",
		"g-counter-rate": "BenchmarkRate/nodes=5/rate=100-2 1 5 ns/op 0.5 msgs/op 350 staleness-ms 700 staleness-max-ms",
		"kafka-log-rate": "BenchmarkRate/nodes=5/rate=100/copies=1-2 1 5 ns/op 0.5 msgs/op 27 staleness-ms 55 staleness-max-ms",
		"unique-ids":     "BenchmarkNext-2 1 5 ns/op 200000000 ids/s",
	}
	runtime, _ := results.AddBenchmark(nil, "BenchmarkEcho/glomers-2 1 5 ns/op 1000 msgs/s 10 allocs/msg")
	runtime, _ = results.AddBenchmark(runtime, "BenchmarkEcho/official-2 1 5 ns/op 100 msgs/s 90 allocs/msg")
	for _, set := range Sets() {
		s := results.Set{Version: results.Version, Name: set.Name, About: set.About}
		for _, trial := range set.trials {
			p := trial.point
			p.Runs = []results.Run{{Seed: 1, Verdict: results.Valid, Values: map[string]float64{
				msgsPerOp: 2, bytesPerOp: 70, medianMS: 100, maxMS: 200, availability: 1, answeredRate: 100, "send-median-ms": 1, "send-p99-ms": 2,
			}}}
			s.Points = append(s.Points, p)
		}
		if set.hunts != nil {
			for _, h := range set.hunts() {
				p := h.point()
				p.Runs = []results.Run{{Seed: 1, Verdict: results.Valid, Values: map[string]float64{foundIt: 1, executions: 7, huntMS: 3, raw: 5, decisions: 1, actions: 9}}}
				s.Points = append(s.Points, p)
			}
		}
		s.Points, _ = results.AddBenchmark(s.Points, suites[set.Name])
		if set.Name == "runtime" {
			s.Points = runtime
		}
		require.NoError(t, s.Save(dir))
	}
	l := library{dir}
	for _, table := range tables() {
		text, err := table.text(l)
		require.NoError(t, err)
		if strings.HasSuffix(table.name, "-above") {
			require.Regexp(t, "[0-9](×| %)|There is no figure", text, table.name)
			continue
		}
		if table.name == "exploration-found" {
			require.Equal(t, "\nA systematic strategy finds 39 of 39 mutants. The fastest of them takes 3 ms at most (append-overwrite, 1 delay).\n\n", text)
			continue
		}
		require.Contains(t, text, "|---|", table.name)
	}
	text, err := l.table("broadcast-above")
	require.NoError(t, err)
	require.Equal(t, "\nMeasured costs are above those of the best design that we know by 8 % (25 nodes, 110ms) at least and by 8 % (25 nodes, 110ms) at most.\n\n", text)
	text, err = l.table("g-counter-above")
	require.NoError(t, err)
	require.Equal(t, "\nMeasured: with 5 nodes ours takes 6.42× the bound, at 100 operations a second.\n\n", text)
	text, err = l.table("runtime")
	require.NoError(t, err)
	require.Contains(t, text, "| Echo | 1000 | 100 | 10× | – | – | – | 10 | 90 | 9× |")
	text, err = l.table("broadcast")
	require.NoError(t, err)
	require.Contains(t, text, "| 3d efficient broadcast I | < 30 msgs/op, < 400 / 600 ms | none | 2 | 70 | 100 ms | 200 ms | 1 | 1.9 at 90 / 180 ms | 7.8 at 336 / 502 ms")
	charts, err := l.charts()
	require.NoError(t, err)
	require.Len(t, charts, len(drawings()))
	for _, c := range charts {
		require.NotContains(t, string(c.text), "NaN", c.path)
	}
}

// TestTablesAreCurrent: READMEs and charts show what is in docs/results, and all of that counts.
func TestTablesAreCurrent(t *testing.T) {
	root, err := program.Root()
	require.NoError(t, err)
	l := library{filepath.Join(root, Dir)}
	for _, set := range Sets() {
		s, _, err := l.set(set.Name)
		require.NoError(t, err)
		require.NoError(t, s.Check())
	}
	charts, err := l.charts()
	require.NoError(t, err)
	texts, err := l.readmes(root)
	require.NoError(t, err)
	require.NotEmpty(t, texts)
	for _, want := range append(charts, texts...) {
		is, err := os.ReadFile(want.path)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want.text, is), "%s is not what the results say: run go generate ./cli", want.path)
	}
}

// TestFaithfulFigures: all that could be held against published figures has Maelstrom's beside ours, and nothing else.
func TestFaithfulFigures(t *testing.T) {
	root, err := program.Root()
	require.NoError(t, err)
	l := library{filepath.Join(root, Dir)}
	for _, name := range []string{"challenges", "broadcast-frontier"} {
		s, ok, err := l.set(name)
		require.NoError(t, err)
		require.True(t, ok)
		for _, p := range s.Points {
			id := p.Params["challenge"]
			if id != "" && id != "3d" && id != "3e" {
				require.Equal(t, "–", faithfulCell(p), p)
				continue
			}
			require.Regexp(t, `^[0-9.]+ at [0-9,]+ / [0-9,]+ ms$`, faithfulCell(p), p)
			ours, err := p.Summary(maxMS)
			require.NoError(t, err)
			maelstroms, err := p.Summary(faithfulMaxMS)
			require.NoError(t, err)
			if p.Params["faults"] == noFaults {
				require.LessOrEqual(t, maelstroms.Median, ours.Median, p)
			}
		}
	}

	// What is not valid has no figure, there neither.
	faithful, _ := results.AddBenchmark(nil, "BenchmarkFaithful/star/faults=none-2 1 5 ns/op 1.9 msgs/op 90 median-ms 180 max-ms")
	s := addFaithful(exampleSet("broadcast-frontier"), results.Set{Points: faithful})
	require.Equal(t, "–", faithfulCell(s.Points[1]))
	require.NotContains(t, exampleSet("broadcast-frontier").Points[1].Runs[1].Values, faithfulMaxMS)
}

// TestRender: what is rendered elsewhere leaves the repository as it is.
func TestRender(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, exampleSet("broadcast-frontier").Save(dir))
	sets, err := Choose([]string{"broadcast-frontier", "kafka-designs"})
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, (&Bench{Sets: sets, Out: dir, Root: "/nosuch", Text: &text}).Render())
	require.Contains(t, text.String(), "| design | budget |")
	require.NotContains(t, text.String(), "kafka-designs")
	require.FileExists(t, filepath.Join(dir, "broadcast-frontier.svg"))
}

// TestPeers: every figure of somebody else's has a source, and stands in a table.
func TestPeers(t *testing.T) {
	require.Len(t, publishedPoints(func(p peer) float64 { return p.max }), 3)
	for _, p := range peers() {
		require.NotEmpty(t, p.source, p)
		require.Positive(t, p.msgsPerOp, p)
		require.LessOrEqual(t, p.median, p.max, p)
		require.Contains(t, challenge.IDs(), p.challenge)
		require.Contains(t, Published(p.challenge), fmt.Sprint(p.msgsPerOp))
	}
}
