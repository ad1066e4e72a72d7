package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/internal/challenge"
	"glomers/internal/pretty"
	"glomers/internal/program"
	"glomers/internal/terminal"
)

func (c *cli) testCommand() *cobra.Command {
	flags := testFlags{kinds: c.kinds, faults: c.faults}
	var (
		asJSON bool
		files  suiteFiles
	)
	cmd := &cobra.Command{
		Use:   "test -w WORKLOAD --bin PATH [flags] [[--] ARGS…]",
		Short: "Run one test",
		Long: `Run a workload against nodes and judge what happened. The flags are Maelstrom's.
Words without a flag, and all after --, are the arguments of the node program.`,
		Example: `  glomers test -w echo --bin ./my-node --node-count 1 --time-limit 10
  glomers test -w broadcast --bin broadcast --node-count 25 --rate 100 --latency 100 --nemesis partition
  glomers test -w unique-ids --bin /usr/bin/python3 --availability total --seed 7 -- ids.py`,
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := flags.resolve(cmd)
			if err == nil {
				err = files.check()
			}
			if err != nil {
				return err
			}
			start := time.Now()
			done, err := c.test(cmd, &flags, t, args, asJSON)
			return errors.Join(err, files.write(testSuite(cmd.CommandPath(), start, t, flags.runs, done, err)))
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON, and nothing else, on stdout")
	files.register(cmd)
	cmd.Flags().AddFlagSet(c.flags)
	return cmd
}

// test runs t as many times as the flags ask. It returns the outcomes also if an error ends it early.
func (c *cli) test(cmd *cobra.Command, f *testFlags, t harness.Test, args []string, asJSON bool) (done []challenge.Outcome, err error) {
	if f.guide.json {
		c.logJSON()
	}
	build := program.Builder{Debug: len(t.Attach.Nodes) > 0}
	defer build.Close()
	bin, err := build.Program(cmd.Context(), f.bin)
	if err != nil {
		return nil, err
	}
	t.Program = harness.Binary(bin, args...)
	words, nodeArgs := splitAtDash(cmd, args)

	out := c.stdout
	if asJSON {
		out = c.stderr
	}
	f.guide.mention(c.log)
	for _, name := range t.ConsistencyModels {
		if m, err := elle.ParseModel(name); err == nil && !m.Forbids() {
			c.log.Warn("no history is found to contradict " + name + ": nothing that is looked for has to do with it")
		}
	}
	start := []any{"workload", t.Workload}
	if len(args) > 0 {
		start = append(start, "args", strings.Join(args, " "))
	}
	for range max(1, f.runs) {
		c.log.Info("starting", append(start, "seed", t.Seed)...)
		result, broken := c.drive(cmd.Context(), c.newDisplay(t.Workload), t, f.logs)
		again := commandLine(cmd, words, nodeArgs, t.Seed)
		o := challenge.OutcomeOf(asChallenge(t), result, broken)
		o.Faithful, o.Again = t.Faithful, again
		done = append(done, o)
		if broken == nil || result.Elapsed > 0 { // the results up to the failure are useful, too
			if asJSON {
				if err := writeJSON(c.stdout, result); err != nil {
					return done, err
				}
			}
			if err := writeSummary(out, t, result, again); err != nil {
				return done, err
			}
		}
		if broken != nil {
			return done, fmt.Errorf("%w\nstore: %s\nagain: %s", broken, cmp.Or(result.Dir, "none"), again)
		}
		c.worsen(statusOf(result.Valid))
		if result.Valid != check.Valid {
			break
		}
		t.Seed++
	}
	return done, nil
}

// drive runs t and shows its progress.
func (c *cli) drive(ctx context.Context, d display, t harness.Test, logs logging) (harness.Result, error) {
	defer d.close()
	defer boundHeap(t.Limits)()
	t.Progress = d.show
	logs.attach(&t, d.logger())
	c.askUser(&t, d.logger())
	result, err := c.runTest(ctx, t)
	if errors.Is(err, context.Canceled) {
		err = program.ErrInterrupted
	}
	return result, err
}

func writeJSON(w io.Writer, v any) error {
	text, err := pretty.JSON(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(terminal.JSON(text), '\n'))
	return err
}
