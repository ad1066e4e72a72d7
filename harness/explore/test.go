package explore

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"glomers/harness/choice"
	"glomers/internal/graveyard"
	"glomers/internal/wording"
)

// decisionsFlag is for one test; -run selects it.
var decisionsFlag = flag.String("decisions", "", "carry out only the execution with these decisions, as in 12.3-17.1, and print its actions")

// Explore explores the scope, and fails t unless all executions are valid and, for strategies that end, the scope is exhausted. It
// logs and returns the report. First of all it repeats the executions in testdata/graveyard that have failed in t at some time; the flag
// -bury, whose argument is a commit, writes a failure there.
func Explore(t *testing.T, s Scope) Report {
	t.Helper()
	switch {
	case *debugFlag:
		Debug(t, s)
		t.SkipNow() // nothing was explored
	case *decisionsFlag != "":
		return replay(t, s)
	}
	rise(t, s)
	r, err := Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r)
	switch {
	case r.Failure != nil:
		graveyard.BuryIn(t, graveyard.Grave{Decisions: r.Failure.Decisions.String(), Fails: r.Failure.Reasons[0]})
		t.Errorf("%s\n%v\n\tagain: go test -run '^%s$' -decisions %v (-debug shows it in the browser)", r.Bound, r.Failure, t.Name(), r.Failure.Decisions)
	case !r.Exhausted && r.Ends:
		t.Errorf("%s: not exhausted: %s", r.Bound, r.Why)
	}
	return r
}

// Catch fails t unless an execution fails, with a reason that contains text. It is for nodes that are broken on purpose.
func Catch(t *testing.T, s Scope, text string) Report {
	t.Helper()
	if *debugFlag {
		Debug(t, s)
		t.SkipNow()
	}
	r, err := Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case r.Failure == nil:
		t.Errorf("no execution fails:\n%v", r)
	case !strings.Contains(strings.Join(r.Failure.Reasons, "\n"), text):
		t.Errorf("want a reason with %q:\n%v", text, r.Failure)
	default:
		t.Logf("%v\n%v", r, r.Failure)
	}
	return r
}

// rise repeats the executions of the graveyard that belong to t, and fails t if one fails again.
func rise(t *testing.T, s Scope) {
	t.Helper()
	graves := graveyard.Of(t)
	for _, g := range graves {
		d, err := choice.Parse(g.Decisions)
		if err != nil || g.Seed != 0 {
			t.Fatalf("%s: want the decisions of an explored execution, without a seed", g.File)
		}
		e, err := Replay(s, d)
		if err != nil {
			t.Errorf("%s cannot be repeated; if the scope has changed, find it anew: %v", g.File, err)
		}
		for _, reason := range e.Reasons {
			t.Errorf("%s fails again, as it did at commit %s: %s", g.File, g.Commit, reason)
		}
	}
	if len(graves) > 0 {
		t.Logf("%s of testdata/graveyard repeated", wording.Plural(len(graves), "execution"))
	}
}

// replay carries out the execution of the flag.
func replay(t *testing.T, s Scope) Report {
	t.Helper()
	d, err := choice.Parse(*decisionsFlag)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Replay(s, d)
	if err != nil {
		t.Fatal(err)
	}
	var steps strings.Builder
	for _, step := range r.Steps {
		fmt.Fprintf(&steps, "\n%4s  %v", step.number(), step)
	}
	t.Log(steps.String())
	for _, reason := range r.Reasons {
		t.Error(reason)
	}
	return Report{Executions: 1}
}
