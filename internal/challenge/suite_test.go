package challenge

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/why"
	"glomers/internal/suite"
)

func TestSuite(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.html"), nil, 0o666))
	bytes := 12.5
	chs := []Challenge{All()[0], All()[5], All()[6]}
	done := []Outcome{
		{Challenge: "1", Name: "echo", OKFraction: 1, Judged: true, Took: milliseconds{time.Second}, Warnings: []string{"slow"}},
		{Challenge: "1", Name: "echo", Judged: true, Valid: check.Unknown, Reasons: []string{"no operation"}},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 1, Judged: true, BytesPerOp: &bytes, Missed: []string{"too many"}, Reasons: []string{strings.Repeat("x", 5000)}, Dir: dir, Again: "glomers challenge 3d --seed 7"},
	}
	s := Suite(chs, 2, done, "interrupted\nmore")
	type brief struct {
		name    string
		status  suite.Status
		verdict string
		reason  string
	}
	var got []brief
	for _, c := range s.Cases {
		got = append(got, brief{c.Name, c.Status, c.Verdict, strings.Join(c.Reasons, "; ")})
	}
	got[2].reason, _, _ = strings.Cut(got[2].reason, "x")
	require.Equal(t, []brief{
		{"1 echo, run 1", suite.Passed, "valid, with warnings", ""},
		{"1 echo, run 2", suite.Broken, "unknown", "no operation"},
		{"3d efficient broadcast I, run 1", suite.Failed, "target missed", "too many; "},
		{"3d efficient broadcast I, run 2", suite.Broken, "not run", "interrupted\nmore"},
		{"3e efficient broadcast II, run 1", suite.Broken, "not run", "interrupted"},
		{"3e efficient broadcast II, run 2", suite.Broken, "not run", "interrupted"},
	}, got)
	require.Equal(t, time.Second, s.Cases[0].Took)
	require.Equal(t, []string{"slow"}, s.Cases[0].Warnings)
	require.Less(t, len(s.Cases[2].Reasons[1]), 2100, "as brief as on a terminal")
	require.Equal(t, []suite.Note{{Name: "store", Text: dir}, {Name: "report", Text: filepath.Join(dir, "report.html")}, {Name: "again", Text: "glomers challenge 3d --seed 7"}}, s.Cases[2].Notes)
	require.Equal(t, [][]string{
		{"challenge", "verdict", "availability", "msgs/op", "bytes/op", "median", "max", "time"},
		{"1 echo", "1 valid, with warnings, 1 unknown", "0.5 [0–1]", "0 [0–0]", "-", "-", "-", "0 s [0–1]"},
		{"3d efficient broadcast I", "target missed, 1 not run", "1", "0 (< 30)", "12.5", "- (< 400ms)", "- (< 600ms)", "0 s"},
		{"3e efficient broadcast II", "not run", "-", "- (< 20)", "-", "- (< 1s)", "- (< 2s)", "-"},
	}, s.Table)
}

// Each cause ends with the place in the report to look at, as far as there is a report and has the place.
func TestSuiteSaysWhereToLook(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "report.html")
	require.NoError(t, os.WriteFile(page, nil, 0o600))
	lost := why.Cause{Headline: "7 is lost", So: "x", Story: []why.Step{{Kind: why.Message, ID: 123, Text: "n1 sends 7"}}}
	asked := why.Cause{Headline: "8 is lost", So: "x", Story: []why.Step{{Kind: why.Operation, ID: 17, Text: "c1 sends 8"}}}
	none := why.Cause{Headline: "9 is lost", So: "x"}
	ch := Challenge{ID: "broadcast"}
	o := OutcomeOf(ch, harness.Result{Judgement: harness.Judgement{Valid: check.Invalid}, Dir: dir, Why: []why.Cause{lost, asked, none, lost}}, nil)
	c := Suite([]Challenge{ch}, 1, []Outcome{o}, "").Cases[0]
	for _, place := range []string{"#m123", "#op17", "#why3"} {
		require.Contains(t, c.Reasons[0], "\n    look at "+page+place+"\n")
	}
	require.Contains(t, c.Reasons[0], "and 1 more cause: glomers why --all "+dir)
	require.Equal(t, []suite.Link{{Text: "7 is lost", Path: page, Fragment: "m123"}, {Text: "8 is lost", Path: page, Fragment: "op17"}, {Text: "9 is lost", Path: page, Fragment: "why3"}}, c.Links)
}

// Runs that were not needed are skipped.
func TestSuiteOfATest(t *testing.T) {
	ch := Challenge{ID: "echo"}
	o := OutcomeOf(ch, harness.Result{Judgement: harness.Judgement{Valid: check.Invalid, Reasons: []string{"wrong"}}, Elapsed: time.Second, Seed: 7}, nil)
	s := Suite([]Challenge{ch}, 2, []Outcome{o}, "")
	require.Equal(t, []suite.Case{
		{Name: "echo, run 1", Status: suite.Failed, Verdict: "invalid", Took: time.Second, Reasons: []string{"wrong"}, Notes: []suite.Note{{Name: "store", Text: "none"}}},
		{Name: "echo, run 2", Status: suite.Skipped, Verdict: "not run", Reasons: []string{"an earlier run was not valid"}},
	}, s.Cases)

	o.Why = []why.Cause{{Headline: "n1 answered twice", So: "it counts on its own"}}
	reasons := Suite([]Challenge{ch}, 1, []Outcome{o}, "").Cases[0].Reasons
	require.Len(t, reasons, 2)
	require.Contains(t, reasons[1], "why: n1 answered twice\n    So: it counts on its own")
	require.NotContains(t, reasons[1], "look at", "there is no report")

	broken := Suite([]Challenge{ch}, 1, []Outcome{OutcomeOf(ch, harness.Result{Judgement: harness.Judgement{Reasons: []string{"nothing seen"}}}, errors.New("node n0 ended\n\t"))}, "").Cases[0]
	require.Equal(t, suite.Broken, broken.Status)
	require.Equal(t, []string{"node n0 ended", "nothing seen"}, broken.Reasons)
}
