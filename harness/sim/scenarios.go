package sim

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"glomers/harness"
)

// Test does what every node's test should do with its scenarios. It runs each of them as a subtest of t, with as many seeds as the
// flags say, several at a time. It reports the seeds that fail and how to run them again, and logs what was covered. And it runs a
// seed once more, to find out whether the node keeps to the rules of the package documentation: without those, seeds would be worthless.
//
// Without the flags -seeds and -seed, a scenario with one fault or none is not run once more if another has all its faults.
func Test(t *testing.T, scenarios ...Scenario) {
	t.Helper()
	var total Report
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			seeds, err := chooseSeeds(*seedFlag, *seedsFlag, s.Seeds)
			if err != nil {
				t.Fatal(err)
			}
			report := s.sweep(t, seeds)
			t.Log(report)
			total.add(report)
			report.fail(t, s.Test)
			test := s.Test
			test.Seed = seeds[0]
			if *seedFlag != 0 || *seedsFlag != 0 || !s.covered(scenarios) {
				again(t, test, report.hash)
			}
			if seed, ok := report.seedToKeep(); ok {
				test.Seed = seed
				keep(t, test)
			}
			if *shrinkFlag && len(report.Failures) > 0 {
				small, err := Shrink(t, test)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(small)
				if small.Err == nil { // what broke off may have no files
					keep(t, small.Test)
				}
			}
		})
	}
	if len(scenarios) > 1 {
		t.Logf("all scenarios: %v", total)
	}
}

// covered tells whether s has no more than one fault, and one of the scenarios has that and others.
func (s Scenario) covered(scenarios []Scenario) bool {
	return len(s.Test.Nemesis) <= 1 && slices.ContainsFunc(scenarios, func(o Scenario) bool {
		return len(o.Test.Nemesis) > len(s.Test.Nemesis) &&
			!slices.ContainsFunc(s.Test.Nemesis, func(fault string) bool { return !slices.Contains(o.Test.Nemesis, fault) })
	})
}

// again runs test with another number of processors, and fails t unless its journal has that hash.
func again(t *testing.T, test harness.Test, hash string) {
	t.Helper()
	processors := 1
	if runtime.GOMAXPROCS(0) == processors {
		processors = 4
	}
	before := runtime.GOMAXPROCS(processors)
	res, _ := Run(t, test) // a run that breaks off has a hash, too
	runtime.GOMAXPROCS(before)
	if res.Hash == hash {
		return
	}
	err := Replay(t, test)
	t.Errorf("seed %d gives different runs, whose journals have the hashes %s and %s\n\t%s\n\tagain: %s\n\t%v",
		test.Seed, hash, res.Hash, describe(test), command(t.Name(), test.Seed), err)
}

// Catch fails t unless one of the seeds of s fails at least: it is for nodes that are broken on purpose. Each seed that
// fails must do so for a reason with that text in it. The seeds are not fewer with -short, as a mistake may take all of them to show.
func Catch(t *testing.T, s Scenario, text string) {
	t.Helper()
	seeds, err := chooseSeeds(*seedFlag, max(s.Seeds, *seedsFlag), s.Seeds)
	if err != nil {
		t.Fatal(err)
	}
	report := s.sweep(t, seeds)
	for _, f := range report.Failures {
		if !strings.Contains(f.Problem, text) {
			t.Errorf("seed %d: want a reason with %q: %s\n\t%s", f.Seed, text, f.Problem, describe(s.Test))
		}
	}
	if len(report.Failures) == 0 {
		t.Errorf("none of the seeds up to %d catches the mistake\n\t%s", seeds[len(seeds)-1], describe(s.Test))
		return
	}
	first := report.Failures[0]
	t.Logf("%d of %d seeds, first %d: %s", len(report.Failures), report.Seeds, first.Seed, first.Problem)
}
