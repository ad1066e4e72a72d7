package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/internal/challenge"
	"glomers/internal/disk"
	"glomers/internal/suite"
)

// suiteFiles are the files for CI systems that a command writes when it ends, however it ends.
type suiteFiles []*suiteFile

type suiteFile struct {
	suiteFormat
	path string
}

type suiteFormat struct {
	name, extension, usage string // of the flag
	format                 func(suite.Suite) []byte
}

var suiteFormats = []suiteFormat{
	{"junit", "xml", "`file` for the outcome as JUnit XML", suite.Suite.JUnit},
	{"summary", "md", "`file` for a summary in Markdown", suite.Suite.Markdown},
	{"badge", "svg", "`file` for a badge: an SVG that says how many passed", suite.Suite.Badge},
	{"annotations", "txt", "`file` for lines that, printed by a job of GitHub, show there what failed", suite.Suite.Annotations},
}

// register adds a flag for each file to cmd.
func (s *suiteFiles) register(cmd *cobra.Command) {
	for _, f := range suiteFormats {
		file := &suiteFile{suiteFormat: f}
		*s = append(*s, file)
		cmd.Flags().StringVar(&file.path, f.name, "", f.usage)
		// An error means that the flag does not exist: a mistake that TestCompletion finds.
		_ = cmd.MarkFlagFilename(f.name, f.extension)
	}
}

// isSuiteFlag reports whether the flag only names a file that a command also writes.
func isSuiteFlag(name string) bool {
	return slices.ContainsFunc(suiteFormats, func(f suiteFormat) bool { return f.name == name })
}

// given returns the flag of one of the files that were asked for, "" if none was.
func (s suiteFiles) given() string {
	for _, f := range s {
		if f.path != "" {
			return f.name
		}
	}
	return ""
}

// check returns an error if the files cannot be written, or replace each other.
func (s suiteFiles) check() error {
	for i, f := range s {
		if f.path == "" {
			continue
		}
		if err := disk.Writable(f.path); err != nil {
			return fmt.Errorf("--%s: %w", f.name, err)
		}
		for _, other := range s[:i] {
			if other.path != "" && same(other.path, f.path) {
				return fmt.Errorf("--%s and --%s both name %s: want two files", other.name, f.name, f.path)
			}
		}
	}
	return nil
}

// same reports whether two paths lead to the same file, which need not exist.
func same(a, b string) bool {
	if x, err := os.Stat(a); err == nil {
		y, err := os.Stat(b)
		return err == nil && os.SameFile(x, y)
	}
	x, err := os.Stat(filepath.Dir(a))
	y, err2 := os.Stat(filepath.Dir(b))
	return err == nil && err2 == nil && os.SameFile(x, y) && filepath.Base(a) == filepath.Base(b)
}

// write writes the files that were asked for, all that can be written.
func (s suiteFiles) write(outcome suite.Suite) error {
	var errs []error
	for _, f := range s {
		if f.path == "" {
			continue
		}
		outcome.Dir = filepath.Dir(f.path)
		if err := disk.WriteFile(f.path, f.format(outcome)); err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", f.name, err))
		}
	}
	return errors.Join(errs...)
}

// asChallenge returns the test in the form of a challenge, so that its outcomes are shown in the same way.
func asChallenge(t harness.Test) challenge.Challenge {
	ch := challenge.Challenge{ID: t.Workload}
	if len(t.Nemesis) > 0 {
		ch.Name = "under " + strings.Join(t.Nemesis, ",")
	}
	return ch
}

// testSuite returns the outcomes of runs of t. Fewer runs than asked for were carried out if one was not valid, or because of err.
func testSuite(command string, start time.Time, t harness.Test, runs int, done []challenge.Outcome, err error) suite.Suite {
	stopped := ""
	switch {
	case err != nil && len(done) > 0: // the last outcome has the error
		stopped = "an earlier run was broken"
	case err != nil:
		stopped = err.Error()
	}
	s := challenge.Suite([]challenge.Challenge{asChallenge(t)}, max(1, runs), done, stopped)
	s.Name, s.Start, s.Table[0][0] = command, start, "test"
	return s
}
