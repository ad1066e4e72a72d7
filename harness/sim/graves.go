package sim

import (
	"testing"

	"glomers/harness/choice"
	"glomers/internal/graveyard"
	"glomers/internal/wording"
)

// rise repeats the runs of the graveyard that belong to the scenario, and fails t if one fails again.
func (s Scenario) rise(t *testing.T) {
	t.Helper()
	graves := graveyard.Of(t)
	for _, g := range graves {
		test := s.Test
		test.Seed = g.Seed
		var err error
		if test.Choices, err = choice.ParseOverrides(g.Decisions); err != nil || g.Seed == 0 {
			t.Fatalf("%s: want the seed and the decisions of a simulated run", g.File)
		}
		res, err := Run(t, test)
		if problem := failure(res, err); problem != "" {
			t.Errorf("%s fails again, as it did at commit %s: %s", g.File, g.Commit, problem)
		}
	}
	if len(graves) > 0 {
		t.Logf("%s of testdata/graveyard repeated", wording.Plural(len(graves), "run"))
	}
}

// bury writes the first failure of the scenario into the graveyard, if -bury is given.
func (s Scenario) bury(t *testing.T, first Failure) {
	t.Helper()
	graveyard.BuryIn(t, graveyard.Grave{Seed: first.Seed, Decisions: s.Test.Choices.String(), Fails: first.Problem})
}
