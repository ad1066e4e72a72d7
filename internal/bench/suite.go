package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"glomers/internal/program"
	"glomers/internal/results"
)

// measureSuite runs benchmarks with "go test" and reads what they print.
func (b *Bench) measureSuite(ctx context.Context, set Set) ([]results.Point, error) {
	words := set.suite.command(b.Quick, b.Runs)
	in, out := io.Pipe()
	// The go command does not pass signals on to the program that it runs.
	go func() { _ = out.CloseWithError(b.build.Go(ctx, b.Root, out, words[1:]...)) }()

	add, done := b.Tally(set.Name, 0)
	defer done()
	var points []results.Point
	var rest strings.Builder // lines without a result, which explain a failure
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		added, ok := results.AddBenchmark(points, lines.Text())
		if !ok {
			fmt.Fprintln(&rest, lines.Text())
			continue
		}
		points = added
		add(slog.LevelInfo, strings.Join(strings.Fields(lines.Text()), " "))
	}
	err := lines.Err()
	_, _ = io.Copy(io.Discard, in) // the rest, after a line that is too long
	switch {
	case ctx.Err() != nil:
		return nil, program.ErrInterrupted
	case err != nil:
		return nil, fmt.Errorf("%s: %w\n%s", shellWords(words), err, rest.String())
	case len(points) == 0:
		return nil, fmt.Errorf("%s: there is no such benchmark", shellWords(words))
	}
	for i := range points {
		points[i].Command = shellWords(words)
		for _, r := range points[i].Runs {
			for metric, v := range r.Values {
				r.Values[metric] = rounded(v, 5)
			}
		}
	}
	return points, nil
}

// command returns the words for a number of runs. A run is an iteration of a simulation, or a result of another benchmark.
func (s suite) command(quick bool, runs int) []string {
	pattern := s.pattern
	if quick {
		pattern = s.quick
	}
	words := []string{"go", "test", "-run", "^$", "-bench", pattern, "-timeout", "1h"}
	switch {
	case s.seeds:
		words = append(words, "-benchtime", strconv.Itoa(runs)+"x")
	case quick:
		words = append(words, "-benchtime", "100ms", "-count", strconv.Itoa(runs))
	default:
		words = append(words, "-count", strconv.Itoa(runs))
	}
	return append(words, s.pkg)
}

func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = program.Quote(w)
	}
	return strings.Join(quoted, " ")
}
