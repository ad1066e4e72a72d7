package graveyard

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
