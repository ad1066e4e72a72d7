package sim

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"glomers/harness"
	"glomers/harness/check"
)

var (
	seedFlag   = flag.Uint64("seed", 0, "simulate only this seed")
	seedsFlag  = flag.Int("seeds", 20, "simulate so many seeds of each scenario")
	shrinkFlag = flag.Bool("shrink", false, "shrink the first failure of each scenario")
)

// A Scenario is a test that Sweep runs with many seeds. The Seed of Test is not looked at.
type Scenario struct {
	Name string
	Test harness.Test
}

// Run carries out test in virtual time, in a bubble of its own, and returns what harness.Run
// does. It judges nothing and can run beside others.
func Run(t *testing.T, test harness.Test) (res harness.Result, err error) {
	t.Helper()
	test.Settle = synctest.Wait
	synctest.Test(t, func(*testing.T) {
		res, err = harness.Run(context.Background(), test)
	})
	return res, err
}

// Check runs test with its seed, and fails t unless the verdict is Valid. It returns the result.
func Check(t *testing.T, test harness.Test) harness.Result {
	t.Helper()
	res, err := Run(t, test)
	if problem := failure(res, err); problem != "" {
		t.Errorf("seed %d: %s", test.Seed, problem)
	}
	return res
}

// failure says why a run failed; "" if it did not.
func failure(res harness.Result, err error) string {
	switch {
	case err != nil:
		return "broken: " + err.Error()
	case res.Valid != check.Valid:
		return fmt.Sprintf("%v: %s", res.Valid, strings.Join(res.Reasons, "\n\t"))
	}
	return ""
}

// maxReported is how many failing seeds of a scenario are described.
const maxReported = 3

// Sweep runs each scenario as a subtest of t, with as many seeds as the flags say, several at a time. It
// reports the seeds that fail, how to run them again, and logs what was covered.
func Sweep(t *testing.T, scenarios ...Scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			report := s.sweep(t, seeds())
			t.Logf("%s: %v", s.Name, report)
			for i, f := range report.Failures {
				if i == maxReported {
					t.Errorf("… and %d more seeds", len(report.Failures)-maxReported)
					break
				}
				t.Errorf("seed %d: %s\nagain: %s", f.Seed, f.Problem, command(t, f.Seed))
			}
			if *shrinkFlag && len(report.Failures) > 0 {
				test := s.Test
				test.Seed = report.Failures[0].Seed
				t.Logf("%s", Shrink(t, test))
			}
		})
	}
}

// seeds returns the seeds that the flags ask for.
func seeds() []uint64 {
	if *seedFlag != 0 {
		return []uint64{*seedFlag}
	}
	all := make([]uint64, *seedsFlag)
	for i := range all {
		all[i] = uint64(i + 1)
	}
	return all
}

// command returns the command that runs a seed of the subtest t alone.
func command(t *testing.T, seed uint64) string {
	return fmt.Sprintf("go test %s -run '^%s$' -seed %d", packagePath(), strings.ReplaceAll(t.Name(), "/", "$/^"), seed)
}

// packagePath returns the directory of the package under test relative to its module, as in "./broadcast".
func packagePath() string {
	dir, err := os.Getwd() // go test runs a test in its package's directory
	if err != nil {
		return "."
	}
	for root := dir; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			rel, _ := filepath.Rel(root, dir) // root is a parent
			return "./" + filepath.ToSlash(rel)
		}
		if root == filepath.Dir(root) {
			return "."
		}
	}
}

// A Report sums a sweep up.
type Report struct {
	Seeds      int
	Virtual    time.Duration // time that passed in the runs, together
	Wall       time.Duration // time that they took, side by side
	Operations int
	Messages   int
	Faults     int       // started
	Dropped    int       // messages lost to faults
	Failures   []Failure // in the order of their seeds
}

// A Failure is a seed that did not give the verdict Valid.
type Failure struct {
	Seed    uint64
	Problem string
}

// String returns a line.
func (r Report) String() string {
	return fmt.Sprintf("%d seeds, %d failed; %v of virtual time in %v (%.0f times as fast); %d operations, %d messages, %d faults, %d messages dropped",
		r.Seeds, len(r.Failures), r.Virtual.Round(time.Second), r.Wall.Round(time.Millisecond), r.Virtual.Seconds()/r.Wall.Seconds(),
		r.Operations, r.Messages, r.Faults, r.Dropped)
}

// sweep runs the scenario with each of the seeds, on all cores.
func (s Scenario) sweep(t *testing.T, seeds []uint64) Report {
	begin := time.Now()
	runs := make([]outcome, len(seeds))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				runs[i] = s.once(t, seeds[i])
			}
		})
	}
	for i := range seeds {
		next <- i
	}
	close(next)
	workers.Wait()

	r := Report{Seeds: len(seeds), Wall: time.Since(begin)}
	for i, o := range runs {
		r.Virtual += o.res.Elapsed
		r.Operations += o.res.Stats.Count
		r.Messages += o.res.Net.All.Messages
		r.Faults += o.res.Nemesis.Started
		r.Dropped += o.res.Nemesis.Dropped
		if o.problem != "" {
			r.Failures = append(r.Failures, Failure{seeds[i], o.problem})
		}
	}
	return r
}

// An outcome is what came of one seed.
type outcome struct {
	res     harness.Result
	problem string
}

func (s Scenario) once(t *testing.T, seed uint64) outcome {
	test := s.Test
	test.Seed = seed
	res, err := Run(t, test)
	res.Workload = nil // it may be large, and there are many
	return outcome{res, failure(res, err)}
}
