package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness/conform"
	"glomers/internal/program"
)

func (c *cli) conformCommand() *cobra.Command {
	var (
		options conform.Options
		nodes   nodeFlags
		bin     string
		level   string
		asJSON  bool
		files   suiteFiles
	)
	cmd := &cobra.Command{
		Use:   "conform --bin PATH [-w WORKLOAD] [flags] [-- ARGS…]",
		Short: "Check a node program against the protocol",
		Long: `Check whether a node program, in any language, understands what it may be sent and writes
what a harness accepts: ids, malformed and unknown requests, numbers of 64 bits, escapes, long
lines, late replies, the end of input. Words after -- are the arguments of the program.

A check that fails shows the line that was sent, the line that came back, and why it matters.
A check of level must fails if Maelstrom itself would refuse the node, or mislead its author;
should is what the protocol asks for besides; nice is good manners. All checks: see harness/README.md.

Exit status: 0 all checks of --level and above passed, 1 one failed, 3 the program could not be checked.`,
		Example: `  glomers conform --bin ./my-node
  glomers conform --bin /usr/bin/python3 --level should -- examples/python/echo.py
  glomers conform -w kafka --bin ./my-log --check integers,line-1m --json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				return fmt.Errorf("the word %q belongs to no flag: arguments of the node go after --", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			options.Args, options.Env, options.Cwd = args, nodes.env.entries, nodes.cwd
			least := conform.Must
			if level != "" {
				var err error
				if least, err = conform.ParseLevel(level); err != nil {
					return err
				}
			}
			if err := files.check(); err != nil {
				return err
			}
			start := time.Now()
			results, err := c.conform(cmd.Context(), options, bin, least, asJSON)
			outcome := conformSuite(results, options.Checks, least, err)
			outcome.Name, outcome.Start = cmd.CommandPath(), start
			return errors.Join(err, files.write(outcome))
		},
	}
	options.Kinds, options.InitTimeout, options.Timeout = c.kinds, 10*time.Second, 5*time.Second
	flags := cmd.Flags()
	flags.StringVar(&bin, "bin", "", "the node program: an executable, or the `directory` of a Go program")
	define(cmd, "workload", "w", "name", "", "the workload whose requests the node serves; without it, that is found out", oneOf(&options.Workload, c.kinds.Names()))
	suggest(cmd, "workload", c.kinds.Names())
	define(cmd, "level", "", "level", conform.Must.String(), "the least important level whose failures count: "+strings.Join(conform.LevelNames(), ", "), oneOf(&level, conform.LevelNames()))
	suggest(cmd, "level", conform.LevelNames())
	define(cmd, "check", "", "names", "", "only these checks, with commas between them", someOf(&options.Checks, checkNames()))
	suggest(cmd, "check", checkNames())
	define(cmd, "init-timeout", "", "time", "10s", "how long the node may take to answer init", span(&options.InitTimeout, time.Second, time.Millisecond))
	define(cmd, "timeout", "", "time", "5s", "how long a check waits when nothing comes", span(&options.Timeout, time.Second, time.Millisecond))
	nodes.register(cmd)
	flags.BoolVar(&asJSON, "json", false, "print the report as JSON, and nothing else, on stdout")
	files.register(cmd)
	return cmd
}

func checkNames() []string {
	var names []string
	for _, check := range conform.Checks() {
		names = append(names, check.Name)
	}
	return names
}

// conform checks the program at bin. Only failures at the level least or a more important one count. It returns the results of
// the checks that have ended also if an error ends it early.
func (c *cli) conform(ctx context.Context, o conform.Options, bin string, least conform.Level, asJSON bool) (results []conform.Result, err error) {
	var build program.Builder
	defer build.Close()
	if o.Path, err = build.Program(ctx, bin); err != nil {
		return nil, err
	}
	report, err := c.watchConform(ctx, o, func(r conform.Result) { results = append(results, r) })
	if errors.Is(err, context.Canceled) {
		err = program.ErrInterrupted
	}
	if err != nil {
		return results, err
	}
	report.Path = bin // the path that the user gave, not that of the build
	if len(report.Failed(least)) > 0 {
		c.worsen(statusInvalid)
	}
	if asJSON {
		return report.Results, writeJSON(c.stdout, report)
	}
	return report.Results, report.WriteText(c.stdout)
}

// watchConform carries out the checks and shows the progress: on a terminal in a line, elsewhere every few seconds. It passes
// each result on, too.
func (c *cli) watchConform(ctx context.Context, o conform.Options, ended func(conform.Result)) (conform.Report, error) {
	if c.terminal {
		line := newLiveLine(c.screen, "conform")
		defer line.close()
		o.Progress = func(r conform.Result, done, all int) {
			ended(r)
			line.set(fmt.Sprintf("conform: %d of %d checks", done, all), r.Name)
			line.bar.SetTotal(int64(all), false)
			line.bar.SetCurrent(int64(done))
		}
		return conform.Run(ctx, o)
	}
	last := time.Now()
	o.Progress = func(r conform.Result, done, all int) {
		ended(r)
		if time.Since(last) >= logEvery {
			last = time.Now()
			c.log.Info("conform", "done", done, "of", all)
		}
	}
	return conform.Run(ctx, o)
}
