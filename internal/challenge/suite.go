package challenge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/report"
	"glomers/harness/why"
	"glomers/internal/suite"
)

// OutcomeOf returns the outcome of a run that is not of a challenge. The error is that of the run.
func OutcomeOf(ch Challenge, r harness.Result, broken error) Outcome {
	o := Outcome{Challenge: ch.ID, Name: ch.Name, Judged: true, Took: milliseconds{r.Elapsed}, Seed: r.Seed}
	o.fill(r)
	if broken != nil {
		o.Broken = broken.Error()
	}
	return o
}

// Suite returns the outcomes of repeated runs of challenges as test cases. Runs without an outcome were not carried out: because
// of stopped, or if stopped is "", because nothing more was to be learnt after the runs before.
func Suite(chs []Challenge, repeat int, done []Outcome, stopped string) suite.Suite {
	s := suite.Suite{Table: table(chs, done)[:1], Notes: append(legend(done), conditions(done)...)}
	s.Table[0] = slices.Insert(s.Table[0], bytesColumn, "bytes/op")
	for _, ch := range chs {
		runs := runsOf(ch, done)
		for i := range repeat {
			c := suite.Case{Name: ch.Title()}
			if repeat > 1 {
				c.Name += fmt.Sprintf(", run %d", i+1)
			}
			switch {
			case i < len(runs):
				runs[i].describe(&c)
			case stopped == "":
				c.Status, c.Verdict, c.Reasons = suite.Skipped, notRun, []string{"an earlier run was not valid"}
			default:
				c.Status, c.Verdict, c.Reasons = suite.Broken, notRun, []string{check.Brief(stopped)}
				stopped, _, _ = strings.Cut(stopped, "\n") // one case with all of it is enough
			}
			s.Cases = append(s.Cases, c)
		}
		s.Table = append(s.Table, summaryRow(ch, runs, repeat-len(runs)))
	}
	return s
}

const (
	notRun      = "not run"
	bytesColumn = 4 // of the table in a summary
)

// summaryRow returns the row of a challenge in a summary, which has room for one more column than a terminal.
func summaryRow(ch Challenge, runs []Outcome, missing int) []string {
	cells := row(ch, runs)
	cells = slices.Insert(cells, bytesColumn, bytesPerOp(slices.DeleteFunc(slices.Clone(runs), func(o Outcome) bool { return o.BytesPerOp == nil || o.Broken != "" })))
	switch {
	case len(runs) == 0:
		cells[1] = notRun
	case missing > 0:
		cells[1] += fmt.Sprintf(", %d %s", missing, notRun)
	}
	return cells
}

// describe completes the case of the outcome.
func (o Outcome) describe(c *suite.Case) {
	c.Status, c.Verdict, c.Took = o.status(), o.Verdict(), o.Took.Duration
	reasons := o.why()
	if o.Broken != "" { // a CI system shows the first reason as the message, and those before it are of half a run
		reasons = append([]string{o.Broken}, reasons[:len(reasons)-1]...)
	}
	for _, reason := range reasons {
		c.Reasons = append(c.Reasons, strings.TrimRight(check.Brief(reason), "\n\t "))
	}
	if told := strings.Trim(TellingOf(o.Dir).Text(o.Why), "\n"); told != "" {
		c.Reasons = append(c.Reasons, told)
	}
	if page := report.Page(o.Dir); page != "" {
		for i, cause := range o.Why[:min(len(o.Why), why.Told)] {
			c.Links = append(c.Links, suite.Link{Text: cause.Headline, Path: page, Fragment: report.Anchor(i+1, cause)})
		}
	}
	for _, warning := range o.Warnings {
		c.Warnings = append(c.Warnings, check.Brief(warning))
	}
	for _, note := range []suite.Note{
		{Name: "decided", Text: check.Brief(o.violation())},
		{Name: "store", Text: cmp.Or(o.Dir, "none")},
		{Name: "report", Text: report.Page(o.Dir)},
		{Name: "again", Text: o.Again},
	} {
		if note.Text != "" {
			c.Notes = append(c.Notes, note)
		}
	}
}

// status returns the status of the outcome's case. A run that is unknown shows too little to tell, so it is as good as broken.
func (o Outcome) status() suite.Status {
	switch {
	case o.Passed():
		return suite.Passed
	case o.Broken == "" && (len(o.Missed) > 0 || o.Valid == check.Invalid):
		return suite.Failed
	default:
		return suite.Broken
	}
}
