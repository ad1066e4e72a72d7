// Package graveyard keeps the decisions of every failing run that was ever found, so that tests repeat them before they look for
// new ones. A graveyard is the directory testdata/graveyard of a package, with a file for each such run:
//
//	# The value was sent once, and that message was lost.
//	test: TestSim/loss
//	seed: 7
//	decisions: network/n0/n1/loss:3.1
//	fails: is missing from the read
//	commit: 1f2e3d4
//
// decisions are those of package choice: with a seed the overrides of a simulated run, without one the list of an explored
// execution. fails is a part of the reason, and commit the last one at which the run failed.
package graveyard

import (
	"bufio"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"glomers/harness/choice"
	"glomers/internal/disk"
	"glomers/internal/wording"
)

// Dir is the graveyard of the package under test: go test runs a test in its package's directory.
const Dir = "testdata/graveyard"

// A Grave is a run that has failed.
type Grave struct {
	File string // its path; not part of the text

	Comment   string // lines about the run; "" if there are none
	Test      string // the full name of the test that repeats it
	Seed      uint64 // of a simulated run; 0 means that of an explored execution
	Decisions string // see package choice
	Fails     string // a part of the reason
	Commit    string // the last one at which it failed
}

var (
	testName = regexp.MustCompile(`^(Test|Fuzz)[^\s]*$`)
	commitID = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
)

// Parse parses the text of a grave.
func Parse(text string) (Grave, error) {
	g := Grave{}
	fields := map[string]*string{"test": &g.Test, "decisions": &g.Decisions, "fails": &g.Fails, "commit": &g.Commit, "seed": new(string)}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	var comment []string
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if about, ok := strings.CutPrefix(line, "#"); ok {
			comment = append(comment, strings.TrimSpace(about))
			continue
		}
		key, value, found := strings.Cut(line, ":")
		field := fields[key]
		switch {
		case line == "":
		case !found || field == nil:
			return g, fmt.Errorf("graveyard: line %d, %q: want # and a comment, or one of test, seed, decisions, fails and commit, a colon and its value",
				n, wording.Clip(line, 60))
		case *field != "":
			return g, fmt.Errorf("graveyard: line %d: %s is there twice", n, key)
		default:
			*field = strings.TrimSpace(value)
		}
	}
	g.Comment = strings.Join(comment, "\n")
	if seed := *fields["seed"]; seed != "" {
		var err error
		if g.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil || g.Seed == 0 {
			return g, fmt.Errorf("graveyard: seed %q: want a whole number from 1", wording.Clip(seed, 60))
		}
	}
	return g, g.check()
}

// check returns an error if something is missing or malformed.
func (g Grave) check() error {
	switch {
	case !testName.MatchString(g.Test):
		return fmt.Errorf("graveyard: test %q: want the full name of a test, such as TestSim/loss", wording.Clip(g.Test, 60))
	case g.Fails == "":
		return errors.New("graveyard: fails is missing: want a part of the reason for which the run fails")
	case strings.ContainsAny(g.Fails, "\r\n"):
		return errors.New("graveyard: fails has several lines: want a part of one")
	case !commitID.MatchString(g.Commit):
		return fmt.Errorf("graveyard: commit %q: want the last commit at which the run fails, at least 7 hexadecimal digits", wording.Clip(g.Commit, 64))
	}
	var err error
	if g.Seed != 0 {
		_, err = choice.ParseOverrides(g.Decisions)
	} else {
		_, err = choice.Parse(g.Decisions)
	}
	if err != nil {
		return fmt.Errorf("graveyard: decisions: %w", err)
	}
	return nil
}

// String returns the text of the grave.
func (g Grave) String() string {
	var b strings.Builder
	if g.Comment != "" {
		b.WriteString("# " + strings.ReplaceAll(g.Comment, "\n", "\n# ") + "\n")
	}
	fmt.Fprintf(&b, "test: %s\n", g.Test)
	if g.Seed != 0 {
		fmt.Fprintf(&b, "seed: %d\n", g.Seed)
	}
	fmt.Fprintf(&b, "decisions: %s\nfails: %s\ncommit: %s\n", g.Decisions, g.Fails, g.Commit)
	return b.String()
}

// Read returns the graves of a directory in the order of their names. A directory that does not exist has none.
func Read(dir string) ([]Grave, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("graveyard: %w", err)
	}
	var all []Grave
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("graveyard: %w", err)
		}
		g, err := Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		g.File = file
		all = append(all, g)
	}
	return all, nil
}

// Bury writes a grave into a directory, and returns its path. The name of the file comes from the test and the decisions, so
// that the same run found again takes the place of the earlier one.
func Bury(dir string, g Grave) (path string, err error) {
	if err := g.check(); err != nil {
		return "", err
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s\x00%d\x00%s", g.Test, g.Seed, g.Decisions) // never fails
	name := fmt.Sprintf("%s-%08x.txt", strings.Trim(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(g.Test, "-"), "-"), uint32(h.Sum64()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("graveyard: %w", err)
	}
	path = filepath.Join(dir, name)
	if err := disk.WriteFile(path, []byte(g.String())); err != nil {
		return "", fmt.Errorf("graveyard: %w", err)
	}
	return path, nil
}
