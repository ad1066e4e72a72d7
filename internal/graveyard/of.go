package graveyard

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The flag is here because a test may simulate and explore.
var buryFlag = flag.String("bury", "", "write what fails first into testdata/graveyard; the argument is the commit, of git rev-parse HEAD")

// BuryIn writes g into the graveyard of the package under test if the flag -bury is given: test and commit are those of t and of the flag.
// Of several lines of Fails it takes the first. It logs where.
func BuryIn(t testing.TB, g Grave) {
	t.Helper()
	if *buryFlag == "" {
		return
	}
	g.Test, g.Commit = t.Name(), *buryFlag
	g.Fails, _, _ = strings.Cut(g.Fails, "\n")
	path, err := Bury(Dir, g)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("buried in %s", path)
}

// Of returns the graves of the package under test that t repeats: those with its name. It fails t if a grave cannot be read, or
// if it names a test that the package does not have, and so would never be repeated.
func Of(t testing.TB) []Grave {
	t.Helper()
	all, err := Read(Dir)
	if err != nil {
		t.Fatal(err)
	}
	var mine []Grave
	for _, g := range all {
		if top, _, _ := strings.Cut(g.Test, "/"); !hasTest(".", top) {
			t.Fatalf("graveyard: %s: there is no test %s in this package", g.File, top)
		}
		if g.Test == t.Name() {
			mine = append(mine, g)
		}
	}
	return mine
}

// hasTest reports whether a test file of the directory has the function.
func hasTest(dir, name string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*_test.go")) // the pattern is well-formed
	function := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(name) + `\(`)
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && function.Match(text) {
			return true
		}
	}
	return false
}
