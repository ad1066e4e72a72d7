package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glomers/harness/conform"
	"glomers/internal/suite"
)

// conformSuite returns the results of checks as test cases, in the order of all checks. Only failures at the level least or a more
// important one count. Chosen checks without a result were not carried out because of err; no names mean all checks.
func conformSuite(results []conform.Result, names []string, least conform.Level, err error) suite.Suite {
	s := suite.Suite{Table: [][]string{{"level", "passed", "failed", "not applicable"}}}
	counts := make(map[conform.Level]map[conform.Status]int)
	for _, check := range conform.Checks() {
		if len(names) > 0 && !slices.Contains(names, check.Name) {
			continue
		}
		c := suite.Case{Name: check.Name + ": " + check.About}
		i := slices.IndexFunc(results, func(r conform.Result) bool { return r.Name == check.Name })
		switch {
		case i >= 0:
			if counts[check.Level] == nil {
				counts[check.Level] = make(map[conform.Status]int)
			}
			counts[check.Level][results[i].Status]++
			describeCheck(&c, results[i], least)
		case err != nil:
			c.Status, c.Verdict, c.Reasons = suite.Broken, "not run", []string{err.Error()}
		}
		s.Cases = append(s.Cases, c)
	}
	for i, name := range conform.LevelNames() {
		row := []string{name}
		for _, status := range []conform.Status{conform.Passed, conform.Failed, conform.NotApplicable} {
			row = append(row, strconv.Itoa(counts[conform.Level(i)][status]))
		}
		s.Table = append(s.Table, row)
	}
	s.Notes = []string{fmt.Sprintf("Failures count from level %s up (--level).", least)}
	return s
}

// describeCheck completes the case of a check.
func describeCheck(c *suite.Case, r conform.Result, least conform.Level) {
	switch {
	case r.Status == conform.Passed:
		c.Status, c.Verdict = suite.Passed, "passed"
		return
	case r.Status == conform.NotApplicable:
		c.Status, c.Verdict = suite.Skipped, "not applicable"
	case r.Level > least:
		c.Status, c.Verdict = suite.Skipped, "failed, but does not count"
	default:
		c.Status, c.Verdict = suite.Failed, "failed"
	}
	c.Reasons = []string{r.Reason}
	for _, part := range []suite.Note{
		{Name: "level", Text: r.Level.String()},
		{Name: "sent", Text: strings.Join(r.Sent, "\n")},
		{Name: "received", Text: strings.Join(r.Received, "\n")},
		{Name: "why", Text: r.Why},
	} {
		if part.Text != "" {
			c.Notes = append(c.Notes, part)
		}
	}
}
