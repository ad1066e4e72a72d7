package results

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The reasons why a metric of a point has no summary.
var (
	ErrNotValid = errors.New("not valid")    // a run was not valid
	ErrMissing  = errors.New("not measured") // a run lacks the metric, or there are no runs
)

// A Summary sums up the values of one metric in several runs.
type Summary struct {
	Median, Min, Max float64
	Runs             int
}

// Distorted reports whether the machine distorted one of the runs.
func (p Point) Distorted() bool {
	return slices.ContainsFunc(p.Runs, func(r Run) bool { return len(r.Distorted) > 0 })
}

// Summarize summarizes the values of at least one run; it does not change values. The median of an even number of values is
// the mean of the two in the middle.
func Summarize(values ...float64) Summary {
	vs := slices.Sorted(slices.Values(values))
	n := len(vs)
	return Summary{Median: (vs[(n-1)/2] + vs[n/2]) / 2, Min: vs[0], Max: vs[n-1], Runs: n}
}

// Summary summarizes a metric over the runs of a point. The error wraps ErrNotValid if a run was not valid, and ErrMissing
// if a run lacks the metric.
func (p Point) Summary(metric string) (Summary, error) {
	var values []float64
	if n := p.NotValid(); n > 0 {
		return Summary{}, fmt.Errorf("results: %s: %d of %d runs: %w", p, n, len(p.Runs), ErrNotValid)
	}
	for _, r := range p.Runs {
		v, ok := r.Values[metric]
		if !ok {
			return Summary{}, fmt.Errorf("results: %s: %s: %w", p, metric, ErrMissing)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return Summary{}, fmt.Errorf("results: %s: no runs: %w", p, ErrMissing)
	}
	return Summarize(values...), nil
}

// NotValid returns the number of runs that were not valid.
func (p Point) NotValid() int {
	n := 0
	for _, r := range p.Runs {
		if r.Verdict != Valid {
			n++
		}
	}
	return n
}

// String returns the properties that distinguish the point from others.
func (p Point) String() string {
	words := []string{p.Series}
	for _, name := range slices.Sorted(maps.Keys(p.Params)) {
		words = append(words, name+"="+p.Params[name])
	}
	return strings.Join(words, " ")
}

// Where returns the points with these parameters, given as name, value, name, value …, in their order.
func (s Set) Where(params ...string) []Point {
	return slices.DeleteFunc(slices.Clone(s.Points), func(p Point) bool {
		for pair := range slices.Chunk(params, 2) {
			if p.Params[pair[0]] != pair[1] {
				return true
			}
		}
		return false
	})
}

// Find returns the point of a series with these parameters, given as in Where.
func (s Set) Find(series string, params ...string) (Point, bool) {
	for _, p := range s.Where(params...) {
		if p.Series == series {
			return p, true
		}
	}
	return Point{}, false
}
