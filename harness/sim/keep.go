package sim

import (
	"flag"
	"path/filepath"
	"testing"

	"glomers/harness"
	"glomers/harness/report"
	"glomers/harness/why"
)

// keep repeats a run, logs why it failed, and leaves its files in the test's artifact directory: the history, the messages, and report.html,
// which shows them. The files of a shrunk run go into the subdirectory "shrunk".
func keep(t *testing.T, test harness.Test) {
	t.Helper()
	test.Store = t.ArtifactDir()
	run := tellRun(test)
	if test.Excerpt != nil {
		test.Store = filepath.Join(test.Store, "shrunk")
		run += ", shrunk,"
	}
	res, err := Run(t, test)
	if res.Dir == "" {
		t.Errorf("sim: %s could not be kept: %v", run, err)
		return
	}
	kept := artifactsAreKept()
	if told := causes(res, kept); told != "" {
		t.Logf("%s:\n%s", run, told)
	}
	if kept {
		t.Logf("%s to look at: %s", run, report.Page(res.Dir))
	} else {
		t.Logf("%s can be looked at if -artifacts is added: then its report.html stays", run)
	}
}

// causes tells why a run failed. Places in its report are named only if that is kept.
func causes(res harness.Result, kept bool) string {
	var telling why.Telling
	if kept {
		telling.Look = report.Look(res.Dir)
	}
	return telling.Text(res.Why)
}

// artifactsAreKept reports whether go test was run with -artifacts. Otherwise the artifact directory is removed after the test.
func artifactsAreKept() bool {
	f := flag.Lookup("test.artifacts")
	return f != nil && f.Value.String() == "true"
}
