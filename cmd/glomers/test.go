package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/internal/terminal"
)

func (c *cli) testCommand() *cobra.Command {
	var (
		flags  testFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "test -w WORKLOAD --bin PATH [flags] [-- ARGS…]",
		Short: "Run one test",
		Long: `Run a workload against nodes and judge what happened. The flags are Maelstrom's.
Words after -- are the arguments of the node program.`,
		Example: `  glomers test -w echo --bin ./my-node --node-count 1 --time-limit 10
  glomers test -w broadcast --bin broadcast --node-count 25 --rate 100 --latency 100 --nemesis partition
  glomers test -w unique-ids --bin /usr/bin/python3 --availability total --seed 7 -- ids.py`,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				return fmt.Errorf("the word %q belongs to no flag: arguments of the node go after --", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.test(cmd, &flags, args, asJSON)
		},
	}
	flags.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON, and nothing else, on stdout")
	return cmd
}

// test runs the test that the flags describe, as often as they say.
func (c *cli) test(cmd *cobra.Command, f *testFlags, args []string, asJSON bool) error {
	t, err := f.resolve(cmd)
	if err != nil {
		return err
	}
	build, err := newBuilder()
	if err != nil {
		return err
	}
	defer build.close()
	bin, err := build.program(cmd.Context(), f.bin)
	if err != nil {
		return err
	}
	t.Program = harness.Binary(bin, args...)

	out := c.stdout
	if asJSON {
		out = c.stderr
	}
	for range max(1, f.runs) {
		c.log.Info("starting", "workload", t.Workload, "seed", t.Seed)
		result, err := c.drive(cmd.Context(), t.Workload, t, f.logs)
		if err != nil {
			return fmt.Errorf("%w\nstore: %s\nagain: %s", err, cmp.Or(result.Dir, "none"), commandLine(cmd, args, t.Seed))
		}
		if asJSON {
			if err := writeJSON(c.stdout, result); err != nil {
				return err
			}
		}
		if err := writeSummary(out, t, result, commandLine(cmd, args, t.Seed)); err != nil {
			return err
		}
		c.worsen(statusOf(result.Valid))
		if result.Valid != check.Valid {
			break
		}
		t.Seed++
	}
	return nil
}

// drive runs t and shows how it goes.
func (c *cli) drive(ctx context.Context, title string, t harness.Test, logs logging) (harness.Result, error) {
	d := c.newDisplay(title)
	defer d.close()
	t.Progress = d.show
	logs.attach(&t, d.logger())
	result, err := harness.Run(ctx, t)
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	return result, err
}

func writeJSON(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(terminal.JSON(text), '\n'))
	return err
}
