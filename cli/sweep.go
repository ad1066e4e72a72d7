package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"glomers/harness"
	"glomers/internal/challenge"
	"glomers/internal/program"
	"glomers/internal/shrink"
	"glomers/internal/sweep"
	"glomers/internal/wording"
)

// maxSeeds bounds the seeds of a sweep.
const maxSeeds = 10_000_000

// quietSeeds is how many seeds a sweep has that ends when it is quiet, unless --seeds says otherwise.
const quietSeeds = 10_000

// maxShrinkRuns bounds the runs in which the smallest failing one is looked for.
const maxShrinkRuns = 500

// A sweepCommand is what the command sweep was asked for.
type sweepCommand struct {
	cmd           *cobra.Command
	flags         testFlags
	sweep         sweep.Sweep
	shrink        bool
	allProperties bool
	asJSON        bool

	words, nodeArgs []string // for the command that repeats a run
}

func (c *cli) sweepCommand() *cobra.Command {
	s := &sweepCommand{flags: testFlags{kinds: c.kinds, faults: c.faults}}
	s.sweep.First, s.sweep.Last = 1, 100
	cmd := &cobra.Command{
		Use:   "sweep ID|-w WORKLOAD [flags] [[--] ARGS…]",
		Short: "Run many seeds of one test",
		Long: `Run a challenge, or a test with the flags of the command test, with one seed after the other,
several at a time, in virtual time (docs/virtual-time.md). Flags change what is published of a
challenge; without --bin it is run on the solution of this repository.

Failing seeds are grouped by their causes. The files of the first ones of each cause stay, 20 at
most; glomers test repeats the others. With --shrink, the first failing seed is reduced to the
smallest run found that fails in the same way, which takes up to 500 runs.

Nodes may declare properties (docs/properties.md). What never happened with any seed is listed; with
--all-properties, it is a failure. --until-quiet N goes on until N seeds in a row have brought
nothing new: no property that had not happened before, and no failure unlike those before.

Exit status: 0 all seeds are valid, 1 one failed, 2 one is unknown at worst, 3 the sweep could not
be carried out.`,
		Example: `  glomers sweep 3c --bin ./my-broadcast
  glomers sweep 3c --bin ./my-broadcast --seeds 1000 --shrink
  glomers sweep 5b --until-quiet 200
  glomers sweep 5b --seeds 1-50 --nemesis partition,kill
  glomers sweep -w broadcast --bin ./my-broadcast --node-count 25 --latency 100 --nemesis loss
  glomers sweep 1 --bin python3 -- echo.py`,
		ValidArgs: challenge.IDs(),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.cmd = cmd
			return s.run(c, args)
		},
	}
	s.flags.registerTest(cmd)
	registerVirtual(cmd, &s.flags.test.Virtual)
	_ = cmd.Flags().MarkHidden("virtual") // it is always in force, and the flag exists
	define(cmd, "seeds", "", "n|a-b", "100", "the seeds: 1 to n, or a to b", s.setSeeds)
	define(cmd, "jobs", "", "n", "number of CPUs", "runs at a time", whole(&s.sweep.Jobs))
	define(cmd, "until-quiet", "", "n", "", fmt.Sprintf("go on until so many seeds in a row have brought nothing new, or with all --seeds, which are 1 to %d then", quietSeeds), whole(&s.sweep.UntilQuiet))
	cmd.Flags().BoolVar(&s.allProperties, "all-properties", false, "fail if something that nodes declare never happened with any seed")
	cmd.Flags().BoolVar(&s.shrink, "shrink", false, "reduce the first failing seed to the smallest run that fails in the same way")
	cmd.Flags().BoolVar(&s.sweep.KeepAll, "keep-all", false, "keep the files of all runs, also of those that are valid")
	cmd.Flags().BoolVar(&s.asJSON, "json", false, "print the outcome as JSON, and nothing else, on stdout")
	return cmd
}

// setSeeds accepts a number of seeds, or the first and the last.
func (s *sweepCommand) setSeeds(text string) error {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		first, last = "1", text
	}
	a, err := strconv.ParseUint(strings.TrimSpace(first), 10, 64)
	b, err2 := strconv.ParseUint(strings.TrimSpace(last), 10, 64)
	if errors.Join(err, err2) != nil || b < a || b-a >= maxSeeds {
		return fmt.Errorf("want a number of seeds such as 1000, or the first and the last such as 501-1000, at most %d", maxSeeds)
	}
	s.sweep.First, s.sweep.Last = a, b
	return nil
}

func (s *sweepCommand) run(c *cli, args []string) error {
	args, err := s.chooseTest(args)
	if err != nil {
		return err
	}
	flags := &s.flags
	if err := s.cmd.Flags().Set("virtual", "true"); err != nil { // the command that repeats a run needs it
		return err
	}
	t, err := flags.resolve(s.cmd)
	if err != nil {
		return err
	}
	if flags.guide.json {
		c.logJSON()
	}
	flags.guide.mention(c.log)
	var build program.Builder
	defer build.Close()
	bin, err := build.Program(s.cmd.Context(), flags.bin)
	if err != nil {
		return err
	}
	t.Program = harness.Binary(bin, args...)
	if s.sweep.Challenge.ID == "" {
		s.sweep.Challenge = asChallenge(t)
	}
	s.sweep.Test = t
	if s.sweep.UntilQuiet > 0 && !s.cmd.Flags().Changed("seeds") {
		s.sweep.Last = quietSeeds
	}
	if s.sweep.Jobs == 0 {
		s.sweep.Jobs = runtime.GOMAXPROCS(0)
	}
	for range s.sweep.Jobs {
		defer boundHeap(t.Limits)()
	}

	start := time.Now()
	display := c.newSweepDisplay(t.Workload)
	s.sweep.Show = display.show
	report, err := s.sweep.Run(s.cmd.Context())
	display.close()
	if report == nil {
		return err
	}
	if errors.Is(err, context.Canceled) {
		err = program.ErrInterrupted
	}
	out := c.stdout
	if s.asJSON {
		out = c.stderr
		if err := writeJSON(c.stdout, report); err != nil {
			return err
		}
	}
	c.worsen(sweepStatus(report))
	if s.allProperties && len(report.Never) > 0 {
		c.worsen(statusInvalid)
	}
	if err := errors.Join(writeSweep(out, report, time.Since(start), s.again), err); err != nil || !s.shrink {
		return err
	}
	return s.small(c, out, report)
}

// chooseTest fills in what is published of the challenge that args begin with, if they do, where no flag says otherwise. It returns the
// arguments of the node.
func (s *sweepCommand) chooseTest(args []string) ([]string, error) {
	s.words, s.nodeArgs = splitAtDash(s.cmd, args)
	flags := s.cmd.Flags()
	if flags.Changed("workload") {
		return args, nil
	}
	if len(s.words) == 0 {
		return nil, fmt.Errorf("no test given: want a challenge (%s) or -w with a workload", wording.Or(challenge.IDs()))
	}
	chosen, err := challenge.Choose(s.words[:1])
	if err != nil {
		return nil, err
	}
	if slices.Contains(challenge.Sets(), strings.ToLower(s.words[0])) {
		return nil, errors.New("a sweep is of one test: want one challenge, not all")
	}
	ch := chosen[len(chosen)-1] // of 6b the totally available one, which asks for more
	s.words, args = s.words[1:], args[1:]
	s.sweep.Challenge, s.sweep.Judged = ch, true

	bin := flags.Lookup("bin").Value.String()
	if bin == "" {
		if bin, err = challenge.Solution(ch); err != nil {
			return nil, err
		}
	}
	published := &cobra.Command{Use: "test"}
	words := testFlags{kinds: s.flags.kinds, faults: s.flags.faults}
	words.register(published)
	if err := published.ParseFlags(ch.Command(bin, challenge.Changes{})[1:]); err != nil {
		return nil, err
	}
	for _, f := range []string{"nemesis", "latency", "rate", "node-count", "nodes", "node", "nodes-file", "concurrency"} {
		if flags.Changed(f) {
			s.sweep.Judged = false // it is another test now
		}
	}
	published.Flags().Visit(func(f *pflag.Flag) {
		if !flags.Changed(f.Name) {
			err = errors.Join(err, flags.Set(f.Name, f.Value.String()))
		}
	})
	return args, err
}

// again returns the command that repeats a seed, with more flags.
func (s *sweepCommand) again(seed uint64, more ...string) string {
	return commandLineOf(strings.TrimSuffix(s.cmd.CommandPath(), s.cmd.Name())+"test", s.cmd, s.words, s.nodeArgs, seed, more...)
}

func sweepStatus(r *sweep.Report) int {
	switch {
	case r.Failed == 0:
		return statusValid
	case r.Failed == r.Verdicts["unknown"]:
		return statusUnknown
	}
	return statusInvalid
}

// small looks for the smallest run that fails as the first failing seed does, and shows it.
func (s *sweepCommand) small(c *cli, out io.Writer, r *sweep.Report) error {
	var first *sweep.Seed
	for _, cause := range r.Causes {
		if len(cause.First.Missed) == 0 && !cause.First.Differs {
			first = &cause.First
			break
		}
	}
	if first == nil {
		if r.Failed > 0 {
			c.log.Warn("no seed can be made smaller: none fails again in the same way, or a target was missed only")
		}
		return nil
	}
	t := s.sweep.Test
	t.Seed, t.Store = first.Seed, ""
	display := c.newSweepDisplay(t.Workload)
	small, err := shrink.Shrink(s.cmd.Context(), t, shrink.Options{Run: harness.Run, MaxRuns: maxShrinkRuns, Progress: display.shrinking})
	display.close()
	if err != nil {
		return err
	}
	small.Test.Store = s.sweep.Test.Store
	kept, _ := harness.Run(context.WithoutCancel(s.cmd.Context()), small.Test) // its error is that of the run, which the story tells
	again := ""
	if kept.Dir != "" {
		again = s.again(first.Seed, "--excerpt", program.Quote(kept.Dir))
	}
	err = writeSmall(out, small, kept, again)
	if s.cmd.Context().Err() != nil {
		err = errors.Join(err, program.ErrInterrupted)
	}
	return err
}

// reportOf returns the page of a run.
func reportOf(dir string) string { return filepath.Join(dir, "report.html") }
