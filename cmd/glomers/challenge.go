package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/nemesis"
	"glomers/internal/program"
	"glomers/internal/wording"
)

// overrides are a user's changes to a published command.
type overrides struct {
	timeLimit time.Duration
	nemesis   []string
	faithful  bool // not of the command's words: Maelstrom need not be told
	limits    harness.Limits
}

// A contest is one execution of the challenge command.
type contest struct {
	*cli
	overrides
	challenges []challenge
	repeat     int
	bin        string
	seed       uint64
	store      string
	nodes      nodeFlags
	maelstrom  string // the launcher of the real one, "" for our own harness
	build      *program.Builder
	again      func(id string, seed uint64) string // the command that repeats a run
}

func (c *cli) challengeCommand() *cobra.Command {
	var (
		t       = contest{cli: c, repeat: 1}
		harness = "glomers"
		asJSON  bool
		print   bool
	)
	cmd := &cobra.Command{
		Use:   "challenge ID…|all",
		Short: "Run the challenges of Gossip Glomers",
		Long: `Run the published commands of the challenges on the solutions of this repository,
or on the node given with --bin, and compare the figures with the targets.

With --nemesis the targets are shown but not judged: under faults a
solution need only be valid. Faults of links are left out where there is
only one node.

Published figures are Maelstrom's, which delivers messages otherwise: with --faithful ours
does as it does, and stable latencies come out up to a hop lower. --harness maelstrom has the
real one run the nodes; its only fault is partition.`,
		Example: `  glomers challenge all
  glomers challenge 3d 3e --nemesis partition
  glomers challenge 3e --repeat 5
  glomers challenge 3e --bin ./my-broadcast
  glomers challenge 3e --faithful
  glomers challenge 3e --harness maelstrom`,
		ValidArgs: append(challengeIDs(), "all"),
		Args: func(_ *cobra.Command, args []string) (err error) {
			if len(args) == 0 {
				return fmt.Errorf("no challenge given: want all, %s", wording.Or(challengeIDs()))
			}
			t.challenges, err = choose(args)
			return err
		},
	}
	harnesses := []string{"glomers", "maelstrom"}
	define(cmd, "time-limit", "", "seconds", "", "length of the main phase, instead of the published one", span(&t.timeLimit, time.Second, time.Second))
	define(cmd, "nemesis", "", "names", "", "faults to inject, instead of the published ones: "+wording.Or(nemesis.Names()), someOf(&t.nemesis, nemesis.Names()))
	define(cmd, "repeat", "", "n", "1", "run each challenge so many times, with one seed after the other (Maelstrom draws its own)", whole(&t.repeat))
	define(cmd, "harness", "", "name", "glomers", "who runs the nodes: "+wording.Or(harnesses), oneOf(&harness, harnesses))
	define(cmd, "seed", "", "n", "from the clock", "of the first run of each challenge", seed(&t.seed))
	cmd.Flags().BoolVar(&t.faithful, "faithful", false, "measure as Maelstrom would: deliver messages and draw partitions as it does")
	registerLimits(cmd, &t.limits)
	cmd.Flags().StringVar(&t.bin, "bin", "", "`path` of the node to judge: an executable, or the directory of a Go program")
	t.nodes.register(cmd)
	cmd.Flags().StringVar(&t.store, "store", "store", "`directory` for the files of the runs")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the outcomes as JSON, and nothing else, on stdout")
	cmd.Flags().BoolVar(&print, "print-command", false, "print the words of the published commands for Maelstrom instead of running them")
	suggest(cmd, "nemesis", nemesis.Names())
	suggest(cmd, "harness", harnesses)

	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		t.again = func(id string, seed uint64) string { return commandLine(cmd, []string{id}, seed) }
		if harness == "maelstrom" || print {
			if err := t.maelstromAccepts(cmd); err != nil {
				return err
			}
		}
		if print {
			return t.printCommands()
		}
		if !cmd.Flags().Changed("seed") {
			t.seed = clockSeed()
		}
		if harness == "maelstrom" {
			var err error
			if t.maelstrom, err = findMaelstrom(cmd.Context(), c.stderr); err != nil {
				return err
			}
		}
		return t.run(cmd.Context(), asJSON)
	}
	return cmd
}

// printCommands writes a line per challenge. Our solutions are expected in bin/.
func (t *contest) printCommands() error {
	for _, ch := range t.challenges {
		bin := t.bin
		if bin == "" {
			bin = filepath.Join("bin", ch.dir)
		}
		if _, err := fmt.Fprintln(t.stdout, strings.Join(ch.command(bin, t.overrides), " ")); err != nil {
			return err
		}
	}
	return nil
}

// run runs the challenges one after the other and prints what came out.
func (t *contest) run(ctx context.Context, asJSON bool) error {
	var err error
	t.build = new(program.Builder)
	defer t.build.Close()

	done := []outcome{}
	for _, ch := range t.challenges {
		var bin string
		if bin, err = t.program(ctx, ch); err != nil {
			break
		}
		for i := range t.repeat {
			seed := t.seed + uint64(i)
			var o outcome
			if o, err = t.once(ctx, ch, bin, seed); err != nil {
				break
			}
			done = append(done, o)
			t.worsen(o.status())
			about := []any{"challenge", ch.id, "verdict", o.verdict()}
			if t.maelstrom == "" {
				about = append(about, "seed", seed)
			}
			t.log.Info("finished", append(about, "time", wording.Duration(o.Took.Duration))...)
		}
		if err != nil {
			break
		}
	}
	// What has been finished is worth showing, also when the rest is not to be had.
	return errors.Join(t.report(done, asJSON), err)
}

func (t *contest) report(done []outcome, asJSON bool) error {
	switch {
	case asJSON:
		return errors.Join(writeJSON(t.stdout, done), writeTable(t.stderr, t.challenges, done))
	case len(done) > 0:
		return writeTable(t.stdout, t.challenges, done)
	}
	return nil
}

// program returns the executable that is to solve ch.
func (t *contest) program(ctx context.Context, ch challenge) (string, error) {
	if t.bin != "" {
		return t.build.Program(ctx, t.bin)
	}
	root, err := program.Root()
	if err != nil {
		return "", fmt.Errorf("the solutions are built from their source, but %w: go there, or judge a node of your own with --bin", err)
	}
	return t.build.Program(ctx, filepath.Join(root, ch.dir))
}

// once runs ch a single time. A test that breaks is an outcome; an error means
// that there is no point in going on.
func (t *contest) once(ctx context.Context, ch challenge, bin string, seed uint64) (outcome, error) {
	start := time.Now()
	var (
		o   outcome
		err error
	)
	words := ch.command(bin, t.overrides)
	if t.maelstrom != "" {
		o, err = t.onceUnderMaelstrom(ctx, words)
	} else {
		o, err = t.onceHere(ctx, ch, words, seed)
	}
	if ctx.Err() != nil {
		return outcome{}, program.ErrInterrupted
	}
	if err != nil {
		o.Broken = err.Error()
	}
	o.Challenge, o.Name = ch.id, ch.name
	o.Took = milliseconds{time.Since(start)}
	o.Judged = len(t.nemesis) == 0
	if o.Judged && o.Broken == "" {
		o.Missed = ch.targets.missed(o)
	}
	return o, nil
}

// onceHere runs the words of a command with our harness.
func (t *contest) onceHere(ctx context.Context, ch challenge, words command, seed uint64) (outcome, error) {
	o := outcome{Seed: seed, Faithful: t.faithful, Again: t.again(ch.id, seed)}
	test, err := words.test()
	if err != nil {
		return o, err
	}
	test.Program = harness.Binary(words.get("--bin"))
	test.Seed, test.Store, test.Faithful, test.Limits = seed, t.store, t.faithful, t.limits
	test.Env, test.Cwd = t.nodes.env.entries, t.nodes.cwd
	r, err := t.drive(ctx, ch.id+" "+ch.name, test, logging{})
	o.Dir = r.Dir
	// Of a run that broke off, too: what was found out until then.
	o.Valid, o.Reasons = r.Valid, r.Reasons
	o.OKFraction, o.MsgsPerOp = r.Availability.OKFraction, r.Net.Servers.MsgsPerOp
	if res := r.Net.Servers; r.Hash != "" { // the run began
		o.BytesPerOp, o.Largest = &res.BytesPerOp, res.Largest
	}
	o.Stale, o.Decided = stalenessOf(r.Workload), decidedOf(r.Workload)
	o.Warnings, o.Distorted = r.Warnings, r.Distorted
	return o, err
}

// test reads the words as the test command does.
func (c command) test() (harness.Test, error) {
	var f testFlags
	cmd := &cobra.Command{Use: "test"}
	f.register(cmd)
	if err := cmd.ParseFlags(c[1:]); err != nil {
		return harness.Test{}, err
	}
	return f.resolve(cmd)
}
