// Package bench measures sets of figures, and makes the charts and tables of the documentation from them.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness"
	"glomers/internal/challenge"
	"glomers/internal/program"
	"glomers/internal/results"
	"glomers/internal/tempdir"
	"glomers/internal/wording"
)

// Dir is the directory of the results that the documentation quotes, from the root of the repository.
const Dir = "docs/results"

// A Bench measures sets, each by several runs, and renders the results.
type Bench struct {
	Sets  []Set
	Quick bool   // short runs, for a glance
	Runs  int    // of each trial
	Jobs  int    // runs at a time
	Out   string // directory of the results
	Root  string // of the repository
	Self  string // the glomers program, which has the baselines

	Test  func(words challenge.Command) (harness.Test, error) // reads the words as the test command does
	Tally Tally
	Log   *slog.Logger
	Text  io.Writer // for the tables, unless they go to the READMEs of the repository

	build   program.Builder
	store   string // for the files of runs; those of valid runs are not kept
	invalid bool   // a run does not count
}

// A Tally begins to show how far a set is; the number of runs is 0 if it is not known. All goroutines may call add, which counts one more run
// and shows its outcome.
type Tally func(set string, runs int) (add func(level slog.Level, text string, attrs ...slog.Attr), done func())

// Choose returns the sets with the given names, in the order of Sets; all of them if no name is given.
func Choose(names []string) ([]Set, error) {
	all := Sets()
	known := make([]string, len(all))
	for i, s := range all {
		known[i] = s.Name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("no set is called %q: %s", name, wording.Want(name, known))
		}
	}
	return slices.DeleteFunc(all, func(s Set) bool { return len(names) > 0 && !slices.Contains(names, s.Name) }), nil
}

// Run measures the sets one after the other, writes each to Out as soon as it is complete, and renders all sets in Out. It
// reports whether every run was valid. Complete sets are kept even if another set fails or the context ends.
func (b *Bench) Run(ctx context.Context) (valid bool, err error) {
	defer b.build.Close()
	store, err := tempdir.New()
	if err != nil {
		return false, fmt.Errorf("cannot keep runs: %w", err)
	}
	b.store = store.Path
	defer func() {
		if !b.invalid {
			_ = store.Remove()
		} else {
			_ = store.Keep() // on a full disk it stays until the next run
			b.Log.Info("the files of the runs that were not valid are kept", "store", b.store)
		}
	}()

	var errs []error
	for _, set := range b.Sets {
		s, err := b.measure(ctx, set)
		if errors.Is(err, program.ErrInterrupted) {
			errs = append(errs, err)
			break
		}
		if err == nil {
			err = b.keep(s)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", set.Name, err))
		}
	}
	return !b.invalid, errors.Join(errors.Join(errs...), b.Render())
}

// measure returns the results of a set.
func (b *Bench) measure(ctx context.Context, set Set) (results.Set, error) {
	start := time.Now()
	measure := b.measureTrials
	switch {
	case set.suite != nil:
		measure = b.measureSuite
	case set.hunts != nil:
		measure = b.measureHunts
	}
	points, err := measure(ctx, set)
	again := fmt.Sprintf("glomers bench %s --runs %d --jobs %d", set.Name, b.Runs, b.Jobs)
	if b.Quick {
		again += " --quick"
	}
	return results.Set{
		Version: results.Version,
		Name:    set.Name,
		About:   set.About,
		Command: again,
		Quick:   b.Quick,
		Commit:  commit(ctx, b.Root),
		Taken:   time.Now().UTC().Truncate(time.Second),
		Took:    time.Since(start).Round(time.Second).Seconds(),
		Machine: results.ThisMachine(),
		Points:  points,
	}, err
}

// keep writes a set, and logs the runs that do not count.
func (b *Bench) keep(s results.Set) error {
	if err := s.Save(b.Out); err != nil {
		return err
	}
	b.Log.Info("measured", "set", s.Name, "time", wording.Duration(time.Duration(s.Took)*time.Second), "file", filepath.Join(b.Out, s.Name+".json"))
	if err := s.Check(); err != nil {
		b.invalid = true
		b.Log.Error(err.Error())
	}
	return nil
}

// commit names the commit that is measured; "unknown" outside git. Changes of results and documentation do not make the tree dirty.
func commit(ctx context.Context, root string) string {
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	id, err := git("rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "unknown"
	}
	if changed, err := git("status", "--porcelain", "--", "*.go", "go.mod", "go.sum"); err != nil || changed != "" {
		id += "-dirty"
	}
	return id
}

// List writes a line for each set.
func (b *Bench) List() error {
	rows := tabwriter.NewWriter(b.Text, 0, 0, 3, ' ', 0)
	fmt.Fprintln(rows, "set\ttook\twhat is measured")
	for _, set := range b.Sets {
		took := "-"
		if s, err := results.Load(filepath.Join(b.Root, Dir), set.Name); err == nil {
			took = (time.Duration(s.Took) * time.Second).String()
		}
		fmt.Fprintf(rows, "%s\t%s\t%s\n", set.Name, took, set.About)
	}
	return rows.Flush()
}
