package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"glomers/internal/program"
	"glomers/internal/results"
	"glomers/internal/tempdir"
	"glomers/internal/wording"
)

// A bench is one execution of the bench command.
type bench struct {
	*cli
	sets       []benchSet
	quick      bool
	runs, jobs int
	out        string // directory of the results
	root       string // of the repository
	self       string // this program
	store      string // for the files of runs; those of valid ones are not kept
	build      *program.Builder
}

// resultsDir is where the results are that the documentation quotes, from the root of the repository.
const resultsDir = "docs/results"

func (c *cli) benchCommand() *cobra.Command {
	var (
		b            = bench{cli: c, runs: 5, jobs: 4}
		list, render bool
		names        []string
	)
	for _, s := range benchSets() {
		names = append(names, s.name)
	}
	cmd := &cobra.Command{
		Use:   "bench [NAME…]",
		Short: "Measure everything that the documentation says",
		Long: `Measure sets of figures, by name or all of them, and write each to
` + resultsDir + `/NAME.json as soon as it is complete; then make the charts beside it
and the tables in the READMEs from what is there. Runs have the seeds 1, 2, 3 …, the same for every
design. A run that the machine distorted is repeated, twice at most, and marked
if that does not help. A run that is not valid is written as such, and there is no figure
where one is; glomers then says why, and its exit status is 1.`,
		Example: `  glomers bench
  glomers bench --quick
  glomers bench broadcast-frontier --runs 3
  glomers bench --render`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) (err error) {
			b.sets, err = chooseSets(args)
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := program.Root()
			if err != nil {
				return fmt.Errorf("what is measured is built from its source, but %w", err)
			}
			b.root = root
			if list {
				return b.list()
			}
			if err := b.prepare(cmd); err != nil {
				return err
			}
			if render {
				return b.render()
			}
			return b.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&b.quick, "quick", false, "one short run of each, for a glance; written to a temporary directory unless there is --out")
	cmd.Flags().BoolVar(&list, "list", false, "list the sets, and how long each took when it was last measured")
	cmd.Flags().BoolVar(&render, "render", false, "measure nothing: only make the charts and tables")
	cmd.Flags().StringVar(&b.out, "out", "", "`directory` for the results, instead of "+resultsDir+"; READMEs are left as they are then")
	define(cmd, "runs", "", "n", "5", "run everything so many times", whole(&b.runs))
	define(cmd, "jobs", "", "n", "4", "harness runs at a time; each keeps about a sixth of a processor busy", whole(&b.jobs))
	return cmd
}

// chooseSets returns the sets of these names, or all, in their order.
func chooseSets(names []string) ([]benchSet, error) {
	all := benchSets()
	known := make([]string, len(all))
	for i, s := range all {
		known[i] = s.name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("no set is called %q: want %s", name, wording.Or(known))
		}
	}
	return slices.DeleteFunc(all, func(s benchSet) bool { return len(names) > 0 && !slices.Contains(names, s.name) }), nil
}

// prepare finds out where everything is and goes.
func (b *bench) prepare(cmd *cobra.Command) (err error) {
	if b.quick && !cmd.Flags().Changed("runs") {
		b.runs = 1
	}
	switch {
	case b.out != "":
		b.out, err = filepath.Abs(b.out)
	case b.quick:
		b.out, err = os.MkdirTemp("", "glomers-bench-")
	default:
		b.out = filepath.Join(b.root, resultsDir)
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if b.self, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	return nil
}

// run measures the sets one after the other. What is finished is kept when another one fails or a user interrupts.
func (b *bench) run(ctx context.Context) (err error) {
	b.build = new(program.Builder)
	defer b.build.Close()
	store, err := tempdir.New()
	if err != nil {
		return fmt.Errorf("cannot keep runs: %w", err)
	}
	b.store = store.Path
	defer func() {
		if b.status == statusValid {
			_ = store.Remove()
		} else {
			_ = store.Keep() // on a full disk it stays until the next run
			b.log.Info("the files of the runs that were not valid are kept", "store", b.store)
		}
	}()

	var errs []error
	for _, set := range b.sets {
		s, err := b.measure(ctx, set)
		if errors.Is(err, program.ErrInterrupted) {
			errs = append(errs, err)
			break
		}
		if err == nil {
			err = b.keep(s)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", set.name, err))
		}
	}
	return errors.Join(errors.Join(errs...), b.render())
}

// measure returns the results of a set.
func (b *bench) measure(ctx context.Context, set benchSet) (results.Set, error) {
	start := time.Now()
	measure := b.measureTrials
	if set.suite != nil {
		measure = b.measureSuite
	}
	points, err := measure(ctx, set)
	return results.Set{
		Version: results.Version,
		Name:    set.name,
		About:   set.about,
		Command: b.commandFor(set.name),
		Quick:   b.quick,
		Commit:  commit(ctx, b.root),
		Taken:   time.Now().UTC().Truncate(time.Second),
		Took:    time.Since(start).Round(time.Second).Seconds(),
		Machine: results.ThisMachine(),
		Points:  points,
	}, err
}

// commandFor returns what measures one set again.
func (b *bench) commandFor(name string) string {
	command := fmt.Sprintf("glomers bench %s --runs %d --jobs %d", name, b.runs, b.jobs)
	if b.quick {
		command += " --quick"
	}
	return command
}

// keep writes a set, and says which runs do not count.
func (b *bench) keep(s results.Set) error {
	if err := s.Save(b.out); err != nil {
		return err
	}
	b.log.Info("measured", "set", s.Name, "time", wording.Duration(time.Duration(s.Took)*time.Second), "file", filepath.Join(b.out, s.Name+".json"))
	if err := s.Check(); err != nil {
		b.worsen(statusInvalid)
		b.log.Error(err.Error())
	}
	return nil
}

// commit says what was measured; "unknown" outside git. Results and documentation may differ from it.
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

// list writes a line for each set.
func (b *bench) list() error {
	rows := tabwriter.NewWriter(b.stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(rows, "set\ttook\twhat is measured")
	for _, set := range b.sets {
		took := "-"
		if s, err := results.Load(filepath.Join(b.root, resultsDir), set.name); err == nil {
			took = (time.Duration(s.Took) * time.Second).String()
		}
		fmt.Fprintf(rows, "%s\t%s\t%s\n", set.name, took, set.about)
	}
	return rows.Flush()
}
