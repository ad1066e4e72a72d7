package bench

import (
	"bufio"
	"context"
	"errors"
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
	out, end := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		// The go command does not pass signals on to the program that it runs.
		err := b.build.Go(ctx, b.Root, end, words[1:]...)
		_ = end.Close() // it never fails
		ended <- err
	}()

	tally := b.Tally(set.Name, 0)
	defer tally.Close()
	var points []results.Point
	var rest strings.Builder // what is no result says why something failed
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		added, ok := results.AddBenchmark(points, lines.Text())
		if !ok {
			fmt.Fprintln(&rest, lines.Text())
			continue
		}
		points = added
		tally.Add(slog.LevelInfo, strings.Join(strings.Fields(lines.Text()), " "))
	}
	_, _ = io.Copy(io.Discard, out) // what follows a line that is too long
	err := errors.Join(lines.Err(), <-ended)
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
				r.Values[metric] = significant(v)
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
