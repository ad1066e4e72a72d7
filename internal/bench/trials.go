package bench

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/challenge"
	"glomers/internal/compare"
	"glomers/internal/program"
	"glomers/internal/results"
)

// measureTrials runs every trial of a set Runs times, a few runs at a time. All trials have their first run
// before any has its second, so that a slow phase of the machine slows all of them.
func (b *Bench) measureTrials(ctx context.Context, set Set) ([]results.Point, error) {
	points := make([]results.Point, len(set.trials))
	tests, err := set.Tests(b.Test, b.Quick)
	if err != nil {
		return nil, err
	}
	for i, t := range set.trials {
		if tests[i].Program, err = b.program(ctx, t); err != nil {
			return nil, err
		}
		tests[i].Store = b.store
		points[i] = t.point
		points[i].Command = t.command(b.Quick)
		points[i].Runs = make([]results.Run, b.Runs)
	}

	total := len(points) * b.Runs
	add, done := b.Tally(set.Name, total)
	defer done()
	free := make(chan struct{}, b.Jobs)
	var workers sync.WaitGroup
	for n := range total {
		free <- struct{}{}
		workers.Go(func() {
			defer func() { <-free }()
			if ctx.Err() != nil {
				return
			}
			i, run := n%len(points), n/len(points)
			r := repeated(func() results.Run { return b.once(ctx, set.trials[i], tests[i], uint64(run+1)) })
			points[i].Runs[run] = r
			if ctx.Err() == nil {
				add(news(points[i], r))
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return nil, program.ErrInterrupted
	}
	return points, nil
}

// Tests returns the tests of the set's trials, without their programs. The function reads the words of a test command.
func (s Set) Tests(read func(words challenge.Command) (harness.Test, error), quick bool) ([]harness.Test, error) {
	tests := make([]harness.Test, len(s.trials))
	for i, t := range s.trials {
		var err error
		if tests[i], err = read(t.testWords(quick)); err != nil {
			return nil, fmt.Errorf("%s: %w", t.point, err)
		}
	}
	return tests, nil
}

// program returns the program of a trial's nodes.
func (b *Bench) program(ctx context.Context, t trial) (harness.Program, error) {
	bin := b.Self
	if t.dir != "" {
		var err error
		if bin, err = b.build.Program(ctx, filepath.Join(b.Root, t.dir)); err != nil {
			return nil, err
		}
	}
	return harness.Binary(bin, t.args...), nil
}

// testWords returns the words for the test command. A quick run is short, and its faults come soon.
func (t trial) testWords(quick bool) challenge.Command {
	words := challenge.Command(strings.Fields("test " + t.words))
	if quick {
		words.Set("--time-limit", "5")
		if words.Get("--nemesis") != "" {
			words.Set("--nemesis-interval", "1")
		}
	}
	return words
}

// command returns the command line that a user would type.
func (t trial) command(quick bool) string {
	words := t.testWords(quick)
	bin := t.dir
	if bin == "" {
		bin = "glomers"
	}
	words = append(words, "--bin", bin)
	if len(t.args) > 0 {
		words = append(append(words, "--"), t.args...)
	}
	return "glomers " + strings.Join(words, " ")
}

// news returns a log entry about the outcome of a run.
func news(p results.Point, r results.Run) (slog.Level, string, slog.Attr, slog.Attr) {
	level, text := slog.LevelInfo, fmt.Sprintf("%s: %s", p, r.Verdict)
	if r.Verdict != results.Valid {
		level = slog.LevelError
		text += ": " + strings.Join(r.Reasons, "; ")
	}
	switch {
	case len(r.Distorted) > 0:
		text += fmt.Sprintf(", but the machine distorted it, as it did %d before it: %s", r.Repeats, strings.Join(r.Distorted, "; "))
	case r.Repeats > 0:
		text += fmt.Sprintf(", after %d that the machine distorted", r.Repeats)
	}
	return level, text, slog.Uint64("seed", r.Seed), slog.Float64("msgs/op", r.Values[msgsPerOp])
}

// maxRepeats is the greatest number of repetitions of a run that the machine distorted.
const maxRepeats = 2

// repeated repeats a run that the machine distorted, and returns the last run. A run that is not valid is evidence, whatever its cause,
// and is not repeated.
func repeated(once func() results.Run) results.Run {
	r := once()
	for n := 1; n <= maxRepeats && len(r.Distorted) > 0 && counts(r); n++ {
		r = once()
		r.Repeats = n
	}
	return r
}

// counts reports whether a run is valid. A missed target may be the machine's fault, so that run counts as well.
func counts(r results.Run) bool { return r.Verdict == results.Valid || r.Verdict == targetMissed }

// once runs a trial a single time. A test that breaks gives a run as well, which does not count.
func (b *Bench) once(ctx context.Context, t trial, test harness.Test, seed uint64) results.Run {
	test.Seed = seed
	answered := 0
	healing := newHealing()
	test.OnOp = func(op history.Op) {
		healing.add(op)
		if op.Type == history.OK && !op.Final {
			answered++
		}
	}
	res, err := harness.Run(ctx, test)
	run := results.Run{Seed: seed, Verdict: res.Valid.String(), Reasons: res.Reasons, Distorted: res.Distorted}
	if err != nil {
		run.Verdict, run.Reasons = "broken", []string{err.Error()}
		return run
	}
	run.Values = values(res)
	run.Values[answeredRate] = rounded(float64(answered)/test.TimeLimit.Seconds(), 5)
	if syncs, err := countSyncs(res.Dir); err == nil && syncs > 0 && answered > 0 {
		run.Values[syncsPerOp] = rounded(float64(syncs)/float64(answered), 5)
	}
	if worst, ok := healing.worst(); ok && test.Workload == "broadcast" {
		run.Values[healMS] = rounded(ms(worst), 5)
	}
	if missed := t.targets.Missed(res.Net.Servers.MsgsPerOp, compare.StalenessOf(res.Workload)); !b.Quick && res.Valid == check.Valid && len(missed) > 0 {
		run.Verdict, run.Reasons = targetMissed, missed
	}
	return run
}

// targetMissed is the verdict of a valid run that misses a target of its challenge.
const targetMissed = "target missed"

// The metrics of trials.
const (
	msgsPerOp    = "msgs/op"            // between servers
	medianMS     = "median-ms"          // until what was acknowledged is seen everywhere; see staleness
	maxMS        = "max-ms"             // the same
	answeredRate = "answered/s"         // ok operations of the main phase: clients that wait for an answer ask for nothing else
	bytesPerOp   = "bytes/op"           // of bodies, between servers
	largestBytes = "largest-bytes"      // the largest body of a message between servers
	busiestShare = "busiest-byte-share" // of the bytes between servers, those that the busiest node sent or got
	availability = "availability"       // ok operations of those that were invoked
	healMS       = "heal-ms"            // of broadcast: from a heal until all have what was acknowledged before, at worst; see healing
	syncsPerOp   = "syncs/op"           // of nodes with a store: writes to it, each with its sync
	cutSeconds   = "cut-s"              // how long links were cut
	lagMS        = "harness-lag-p99-ms" // how late the harness was: not far below the latencies, the figures mean nothing
	lagMaxMS     = "harness-lag-max-ms" // the same, at worst
)

// values returns the metrics of a run: those above, and for each function f of the operations f-median-ms and f-p99-ms, the latency
// that clients saw.
func values(res harness.Result) map[string]float64 {
	vs := map[string]float64{
		msgsPerOp:    res.Net.Servers.MsgsPerOp,
		bytesPerOp:   res.Net.Servers.BytesPerOp,
		largestBytes: float64(res.Net.Servers.Largest),
		busiestShare: res.Net.Servers.Busiest.ByteShare,
		availability: float64(res.Availability.OKFraction),
		lagMS:        ms(res.Lag.P99),
		lagMaxMS:     ms(res.Lag.Max),
	}
	if len(res.Nemesis.Faults) > 0 {
		vs[cutSeconds] = res.Nemesis.Cut.Seconds()
	}
	if s := compare.StalenessOf(res.Workload); s != nil {
		vs[maxMS] = ms(s.Max)
		if s.Median != compare.NoMedian {
			vs[medianMS] = ms(s.Median)
		}
	}
	for f, l := range res.Latencies {
		vs[f+"-median-ms"], vs[f+"-p99-ms"] = ms(l.P50), ms(l.P99)
	}
	for name, v := range vs {
		vs[name] = rounded(v, 5)
	}
	return vs
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// rounded rounds a number to some significant digits. Results have five, so that files can be read; no measurement is more exact.
func rounded(v float64, digits int) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64) // it was written a moment ago, so it can be read
	return short
}
