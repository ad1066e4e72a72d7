package sim

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/internal/coverage"
	"glomers/internal/shrink"
	"glomers/internal/wording"
)

// The flags of a test binary that imports this package. Only the command line sets them.
var (
	seedFlag    = flag.Uint64("seed", 0, "simulate only this seed, from 1 on")
	choicesFlag = flag.String("choices", "", "with -seed: decisions that differ from those of the seed, such as network/n0/n1/loss:3.1; or @FILE, a file with them")
	seedsFlag   = flag.Int("seeds", 0, "simulate so many seeds of each scenario (default 10, or fewer for large ones)")
	quietFlag   = flag.Int("until-quiet", 0, "simulate more seeds of each scenario until so many in a row have brought nothing new, or -seeds of them")
	allFlag     = flag.Bool("all-properties", false, "fail if a property that a node declares never happened in any of the scenarios")
	shrinkFlag  = flag.Bool("shrink", false, "shrink the first failure of each scenario")
)

// A Scenario is a test that is run with many seeds. The field Seed of Test is ignored.
type Scenario struct {
	Name  string
	Test  harness.Test
	Seeds int // number of seeds; 0 means 10; -seeds overrides it

	// Sweep leaves the scenario out unless -seeds, -until-quiet or -seed is given. It is for scenarios whose faults others have, too.
	Sweep bool
}

const (
	defaultSeeds = 10
	quietSeeds   = 10_000 // the most seeds with -until-quiet, unless -seeds says otherwise
	maxFailures  = 30     // after this many failures of a scenario, the remaining seeds are left out
	maxReported  = 3      // this many failures are reported; the others are only counted
)

// chooseSeeds returns the seeds of a scenario, given the flags -seed, -seeds and -until-quiet (0 if they are not set) and Scenario.Seeds.
func chooseSeeds(seed uint64, seeds, quiet, wish int) ([]uint64, error) {
	switch {
	case quiet < 0:
		return nil, fmt.Errorf("sim: -until-quiet %d: want at least 1", quiet)
	case seed != 0 && quiet > 0:
		return nil, errors.New("sim: -until-quiet is for many seeds, and -seed is for one: want one of them")
	case seed != 0:
		return []uint64{seed}, nil
	case seeds < 0:
		return nil, fmt.Errorf("sim: -seeds %d: want at least 1", seeds)
	case seeds == 0 && quiet > 0:
		seeds = quietSeeds
	case seeds == 0:
		seeds = max(1, cmp.Or(wish, defaultSeeds)/thinning())
	}
	all := make([]uint64, seeds)
	for i := range all {
		all[i] = uint64(i + 1)
	}
	return all, nil
}

// prepare adds the decisions of the flag -choices to the scenario.
func (s Scenario) prepare() (Scenario, error) {
	if s.Test.Strategy != nil {
		return s, errStrategy
	}
	switch {
	case *choicesFlag == "":
		return s, nil
	case *seedFlag == 0:
		return s, errors.New("sim: -choices: want the -seed whose decisions they change, too")
	}
	var err error
	if s.Test.Choices, err = choice.ReadOverrides(*choicesFlag); err != nil {
		return s, fmt.Errorf("sim: -choices: %w", err)
	}
	return s, nil
}

// errStrategy says why a Test cannot be run several times.
var errStrategy = errors.New("sim: a Test with a Strategy is for Run, as a strategy may be for one run: " +
	"let choice.Record keep its decisions, and make them the Choices of the Test")

// thinning returns the divisor of the default number of seeds. With -short there is little time. With the race detector, a run
// takes ten times as long, and most seeds find the same races.
func thinning() int {
	if raceDetector || testing.Short() {
		return 5
	}
	return 1
}

// sweep runs the scenario with each of the seeds, on all cores, until too many have failed or, if quiet is not 0, that many in a row have
// brought nothing new. What is reported does not depend on which runs end first.
func (s Scenario) sweep(t *testing.T, seeds []uint64, quiet int) Report {
	began := time.Now()
	var report Report
	type outcome struct {
		place   int // in seeds
		res     harness.Result
		problem string
	}
	next, done, enough := make(chan int), make(chan outcome), make(chan struct{})
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				test := s.Test
				test.Seed = seeds[i]
				res, err := Run(t, test)
				done <- outcome{i, res, failure(res, err)}
			}
		})
	}
	go func() {
		defer close(next)
		for i := range seeds {
			select {
			case next <- i:
			case <-enough:
				return
			}
		}
	}()
	go func() {
		workers.Wait()
		close(done)
	}()
	early := make(map[int]outcome)
	over := false
	for o := range done {
		for early[o.place] = o; !over; {
			o, ok := early[report.Seeds]
			if !ok {
				break
			}
			delete(early, o.place)
			report.count(o.res, o.problem)
			report.Quiet = quiet > 0 && report.coverage.Quiet() >= quiet
			if over = report.Quiet || len(report.Failures) >= maxFailures; over {
				close(enough)
			}
		}
	}
	report.LeftOut = len(seeds) - report.Seeds
	report.Wall = time.Since(began)
	return report
}

// A Report summarizes the runs of a sweep.
type Report struct {
	Seeds      int
	LeftOut    int           // seeds that were not run, as too many had failed or it was Quiet
	Quiet      bool          // so many seeds in a row brought nothing new as -until-quiet asks for
	Virtual    time.Duration // total virtual time of the runs
	Wall       time.Duration // real time of the whole sweep
	Operations int
	Messages   int
	Faults     int       // started
	Dropped    int       // messages lost to faults
	Failures   []Failure // in the order of their seeds

	coverage coverage.Coverage
	hash     string // of the first seed's journal
}

// A Failure is a seed whose verdict is not Valid.
type Failure struct {
	Seed    uint64
	Problem string
}

// count adds a run.
func (r *Report) count(res harness.Result, problem string) {
	if r.Seeds++; r.Seeds == 1 {
		r.hash = res.Hash
	}
	first, _, _ := strings.Cut(problem, "\n")
	r.coverage.Add(res.Seed, res.Properties, first)
	r.Virtual += res.Elapsed
	r.Operations += res.Stats.Count
	r.Messages += res.Net.All.Messages
	r.Faults += res.Nemesis.Started
	r.Dropped += res.Nemesis.Dropped
	if problem != "" {
		r.Failures = append(r.Failures, Failure{res.Seed, problem})
	}
}

// add adds the runs of a later sweep.
func (r *Report) add(o Report) {
	r.Seeds += o.Seeds
	r.LeftOut += o.LeftOut
	r.Virtual += o.Virtual
	r.Wall += o.Wall
	r.Operations += o.Operations
	r.Messages += o.Messages
	r.Faults += o.Faults
	r.Dropped += o.Dropped
	r.Failures = append(r.Failures, o.Failures...)
	r.coverage.Merge(o.coverage)
}

// String returns the report as one line.
func (r Report) String() string {
	s := fmt.Sprintf("%s, %d failed", wording.Plural(r.Seeds, "seed"), len(r.Failures))
	switch {
	case r.Quiet:
		s += fmt.Sprintf(", nothing new in the last %d", r.coverage.Quiet())
	case r.LeftOut > 0:
		s += fmt.Sprintf(" and %d were left out", r.LeftOut)
	}
	return s + fmt.Sprintf("; %v of virtual time in %v (%.0f times as fast); %d operations, %d messages, %d faults, %d messages lost to them",
		r.Virtual.Round(time.Second), r.Wall.Round(time.Millisecond), r.Virtual.Seconds()/r.Wall.Seconds(),
		r.Operations, r.Messages, r.Faults, r.Dropped)
}

// fail fails t if any seed failed, and reports the commands that repeat the first few. If a problem resembles an earlier one,
// only its first reason is reported.
func (r Report) fail(t *testing.T, test harness.Test) {
	t.Helper()
	told := make(map[string]bool) // by the shape of the first reason
	for i, f := range r.Failures {
		if i == maxReported {
			t.Errorf("… and %d more seeds", len(r.Failures)-maxReported)
			return
		}
		problem, _, more := strings.Cut(f.Problem, "\n")
		shape := check.Shape(problem)
		if more && !told[shape] {
			problem = f.Problem
		}
		told[shape] = true
		t.Errorf("seed %d: %s\n\t%s\n\tagain: %s", f.Seed, problem, shrink.Describe(test), command(t.Name(), f.Seed))
	}
}

// seedToKeep returns the seed whose files to keep: the first failing seed or, if none failed and the user wants artifacts, the
// seed of -seed.
func (r Report) seedToKeep() (seed uint64, ok bool) {
	if len(r.Failures) > 0 {
		return r.Failures[0].Seed, true
	}
	return *seedFlag, *seedFlag != 0 && artifactsAreKept()
}

// command returns the command that runs only this test with only this seed.
func command(test string, seed uint64) string {
	levels := strings.Split(test, "/")
	for i, level := range levels {
		levels[i] = "^" + regexp.QuoteMeta(level) + "$"
	}
	run := fmt.Sprintf("go test %s -run '%s' -seed %d", packagePath(), strings.Join(levels, "/"), seed)
	if *choicesFlag != "" {
		run += fmt.Sprintf(" -choices '%s'", *choicesFlag)
	}
	return run
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
