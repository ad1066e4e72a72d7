package results

import (
	"regexp"
	"strconv"
	"strings"
)

// AddBenchmark adds a line of the output of "go test -bench" to the points, as one more run of the line's benchmark, and
// reports whether the line is one of a benchmark. The name BenchmarkRate/lossy/nodes=5-8 belongs to the series Rate/lossy
// with nodes: 5; the number of threads at its end is left out. The units become the metrics.
func AddBenchmark(points []Point, line string) ([]Point, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
		return points, false
	}
	if _, err := strconv.Atoi(fields[1]); err != nil { // the number of iterations
		return points, false
	}
	run := Run{Verdict: Valid, Values: map[string]float64{}}
	for i := 2; i < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return points, false
		}
		run.Values[fields[i+1]] = v
	}
	p := named(fields[0])
	for i := range points {
		if points[i].String() == p.String() {
			points[i].Runs = append(points[i].Runs, run)
			return points, true
		}
	}
	p.Runs = []Run{run}
	return append(points, p), true
}

// threads matches the suffix that the testing package adds to names if GOMAXPROCS is not 1.
var threads = regexp.MustCompile(`-\d+$`)

// named returns a point without runs for a benchmark's name.
func named(benchmark string) Point {
	name := threads.ReplaceAllString(strings.TrimPrefix(benchmark, "Benchmark"), "")
	p := Point{Params: map[string]string{}}
	var series []string
	for part := range strings.SplitSeq(name, "/") {
		if key, value, ok := strings.Cut(part, "="); ok {
			p.Params[key] = value
		} else {
			series = append(series, part)
		}
	}
	p.Series = strings.Join(series, "/")
	return p
}
