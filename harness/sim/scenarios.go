package sim

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"glomers/harness"
	"glomers/internal/shrink"
	"glomers/internal/wording"
)

// Test runs the scenarios of a node's test. Each scenario becomes a subtest of t and runs with the number of seeds that the
// flags ask for, several seeds at a time. Test reports failing seeds with the commands that repeat them, and logs what was
// covered. It also repeats one seed, to detect whether the node breaks the rules of the package documentation: then a seed
// could not be reproduced.
//
// First of all, it repeats the runs in testdata/graveyard that belong to a scenario; see -bury in the package documentation.
//
// Without the flags -seeds, -until-quiet and -seed, this repetition is left out for a scenario with at most one fault if another scenario has
// the same fault and more.
func Test(t *testing.T, scenarios ...Scenario) {
	t.Helper()
	var total Report
	asked := *seedFlag != 0 || *seedsFlag != 0 || *quietFlag != 0
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			if s.Sweep && !asked {
				t.Skip("skipped: only with -seeds, -until-quiet or -seed")
			}
			s, err := s.prepare()
			if err != nil {
				t.Fatal(err)
			}
			seeds, err := chooseSeeds(*seedFlag, *seedsFlag, *quietFlag, s.Seeds)
			if err != nil {
				t.Fatal(err)
			}
			if *seedFlag == 0 {
				s.rise(t)
			}
			report := s.sweep(t, seeds, *quietFlag)
			t.Log(report)
			total.add(report)
			report.fail(t, s.Test)
			test := s.Test
			test.Seed = seeds[0]
			if asked || !s.covered(scenarios) {
				again(t, test, report.hash)
			}
			if seed, ok := report.seedToKeep(); ok {
				test.Seed = seed
				keep(t, test)
			}
			if len(report.Failures) > 0 {
				s.bury(t, report.Failures[0])
			}
			if *shrinkFlag && len(report.Failures) > 0 {
				small, err := Shrink(t, test)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(small)
				if small.Err == nil { // a run that ended early may have no files
					keep(t, small.Test)
				}
			}
		})
	}
	if len(scenarios) > 1 {
		t.Logf("all scenarios: %v", total)
	}
	total.reportProperties(t)
}

// reportProperties logs what the runs have seen of the nodes' properties. With -all-properties, it fails t if something never happened.
func (r Report) reportProperties(t testing.TB) {
	t.Helper()
	if text := r.coverage.String(); text != "" {
		t.Log(text)
	}
	if never := r.coverage.Never(); *allFlag && len(never) > 0 {
		t.Errorf("-all-properties: in %s, %s", wording.Plural(r.Seeds, "run"), strings.Join(never, "; "))
	}
}

// covered reports whether s has at most one fault and another scenario has the same fault and more.
func (s Scenario) covered(scenarios []Scenario) bool {
	return len(s.Test.Nemesis) <= 1 && slices.ContainsFunc(scenarios, func(o Scenario) bool {
		return len(o.Test.Nemesis) > len(s.Test.Nemesis) &&
			!slices.ContainsFunc(s.Test.Nemesis, func(fault string) bool { return !slices.Contains(o.Test.Nemesis, fault) })
	})
}

// again runs test with a different number of processors, and fails t unless the journal has the given hash.
func again(t *testing.T, test harness.Test, hash string) {
	t.Helper()
	processors := 1
	if runtime.GOMAXPROCS(0) == processors {
		processors = 4
	}
	before := runtime.GOMAXPROCS(processors)
	res, _ := Run(t, test) // a run that ends early has a hash, too
	runtime.GOMAXPROCS(before)
	if res.Hash == hash {
		return
	}
	err := Replay(t, test)
	t.Errorf("seed %d gives different runs, whose journals have the hashes %s and %s\n\t%s\n\tagain: %s\n\t%v",
		test.Seed, hash, res.Hash, shrink.Describe(test), command(t.Name(), test.Seed), err)
}

// Catch fails t unless at least one seed of s fails. It is for nodes that are broken on purpose. The reason of each failing
// seed must contain text. With -short, the number of seeds is not reduced, because a mistake may need all of them to show.
func Catch(t *testing.T, s Scenario, text string) {
	t.Helper()
	s, err := s.prepare()
	if err != nil {
		t.Fatal(err)
	}
	seeds, err := chooseSeeds(*seedFlag, max(s.Seeds, *seedsFlag), 0, s.Seeds)
	if err != nil {
		t.Fatal(err)
	}
	report := s.sweep(t, seeds, 0)
	for _, f := range report.Failures {
		if !strings.Contains(f.Problem, text) {
			t.Errorf("seed %d: want a reason with %q: %s\n\t%s", f.Seed, text, f.Problem, shrink.Describe(s.Test))
		}
	}
	if len(report.Failures) == 0 {
		t.Errorf("none of the seeds up to %d catches the mistake\n\t%s", seeds[len(seeds)-1], shrink.Describe(s.Test))
		return
	}
	first := report.Failures[0]
	t.Logf("%d of %d seeds, first %d: %s", len(report.Failures), report.Seeds, first.Seed, first.Problem)
}
