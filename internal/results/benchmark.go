package results

import (
	"regexp"
	"strconv"
	"strings"
)

// AddBenchmark adds a line that "go test -bench" wrote to the points, as one more run of the benchmark that it is about, and tells
// whether it is such a line. The name BenchmarkRate/lossy/nodes=5-8 is of the series Rate/lossy, with nodes: 5; the number of
// threads at its end is left out. The units are the metrics.
func AddBenchmark(points []Point, line string) ([]Point, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
		return points, false
	}
	if _, err := strconv.Atoi(fields[1]); err != nil { // iterations
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

// threads is what the testing package adds to names where GOMAXPROCS is not 1.
var threads = regexp.MustCompile(`-\d+$`)

// named returns a point without runs for the name of a benchmark.
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
