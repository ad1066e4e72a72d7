package sim

import (
	"flag"
	"path/filepath"
	"testing"

	"glomers/harness"
)

// keep carries out a run once more, the same, and leaves its files in the test's artifact directory: the history, the
// messages, and report.html, which shows them.
func keep(t *testing.T, test harness.Test) {
	t.Helper()
	test.Store = t.ArtifactDir()
	res, err := Run(t, test)
	if res.Dir == "" {
		t.Errorf("sim: seed %d could not be kept: %v", test.Seed, err)
		return
	}
	report := filepath.Join(res.Dir, "report.html")
	if artifactsAreKept() {
		t.Logf("seed %d to look at: %s", test.Seed, report)
	} else {
		t.Logf("seed %d can be looked at if -artifacts is added: then its report.html stays", test.Seed)
	}
}

// artifactsAreKept tells whether go test was given -artifacts; otherwise artifact directories go with their tests.
func artifactsAreKept() bool {
	f := flag.Lookup("test.artifacts")
	return f != nil && f.Value.String() == "true"
}
