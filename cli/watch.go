package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/internal/challenge"
	"glomers/internal/program"
	"glomers/internal/watching"
	"glomers/internal/wording"
)

// watchEvery is the time between two looks at the source.
const watchEvery = 30 * time.Millisecond

// shortly is the length of the main phase of a challenge without faults in real time, unless the user gives one. Faults need the published
// length: they begin 10 s after the start, on average.
const shortly = 5 * time.Second

func (c *cli) watchCommand() *cobra.Command {
	w := &watcher{c: c, contest: challenge.Contest{Log: c.log, Stderr: c.stderr}, every: watchEvery}
	var (
		nodes      nodeFlags
		bin, build string
	)
	cmd := &cobra.Command{
		Use:   "watch [ID…] [--bin PATH] [-- ARGS…]",
		Short: "Run the challenges again after each change of the source",
		Long: `Build the node when a file of its source changes, check that it speaks the protocol, and run the
challenges in their order, up to the first that fails. Once that one is passed, those after it
follow. Challenges that were passed run again when the program is another one. Ctrl-C ends it.

The node is that of --bin, as for challenge. Without --bin it is the one in this directory, if
glomers init made it, or else the solutions of this repository. Without an ID it runs the challenges
that the node serves the requests of.

Programs in Go are built; so are those in Rust, Java and C that are laid out as glomers init does.
Others need --build, or nothing at all, like scripts. Directories called build, dist, node_modules,
out, store and target, and hidden files, are no source.

Challenges run in virtual time if the node is made for it (docs/virtual-time.md). Otherwise they run in
real time: those without faults for 5 s instead of the published length.`,
		Example: `  glomers watch
  glomers watch 3b 3c --bin .
  glomers watch 1 --bin python3 -- echo.py
  glomers watch --bin ./bin/node --build 'make node'
  glomers watch 3c --once`,
		ValidArgs: append(challenge.IDs(), challenge.Sets()...),
		Args: func(cmd *cobra.Command, args []string) (err error) {
			var ids []string
			if ids, w.contest.Args = splitAtDash(cmd, args); len(ids) > 0 {
				w.contest.Challenges, err = challenge.Choose(ids)
			}
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			w.given.Env, w.given.Cwd = nodes.env.entries, nodes.cwd
			if !cmd.Flags().Changed("seed") {
				w.contest.Seed = clockSeed()
			}
			if cmd.Flags().Changed("virtual") {
				w.sensed = true
			}
			if err := w.choose(bin, build); err != nil {
				return err
			}
			w.contest.Again = w.again(nodes)
			return w.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&bin, "bin", "", "`path` of the node: an executable, the directory of a Go program, or a program on PATH")
	cmd.Flags().StringVar(&build, "build", "", "`command` that builds the executable of --bin from the source in this directory; it is not given to a shell")
	cmd.Flags().BoolVar(&w.once, "once", false, "run one round and end, with the exit status of challenge")
	registerVirtual(cmd, &w.given.Virtual)
	cmd.Flags().Lookup("virtual").DefValue = "if the node is made for it"
	define(cmd, "time-limit", "", "seconds", "", "length of the main phase, instead of the published one", span(&w.contest.TimeLimit, time.Second, time.Second))
	define(cmd, "seed", "", "n", "from the clock", "of all runs, so that a failure comes again until it is repaired", seed(&w.contest.Seed))
	registerLimits(cmd, &w.given.Limits)
	nodes.register(cmd)
	cmd.Flags().StringVar(&w.contest.Store, "store", "store", "`directory` for the files of the runs")
	return cmd
}

// choose finds the program to watch.
func (w *watcher) choose(bin, build string) error {
	if bin != "" {
		var err error
		w.target, err = watching.Find(bin, w.contest.Args, build)
		w.contest.Bin = bin
		return err
	}
	if len(w.contest.Args) > 0 || build != "" {
		return fmt.Errorf("words after -- and --build are about the node given with --bin, and there is no --bin")
	}
	if here, ok := watching.Here(); ok {
		w.target, w.contest.Bin, w.contest.Args = here, here.Bin, here.Args
		return nil
	}
	root, err := program.Root()
	if err != nil {
		return fmt.Errorf("there is no node to watch: give one with --bin, or go to a directory that glomers init has made (%w)", err)
	}
	w.target.Root = root
	if len(w.contest.Challenges) == 0 {
		w.contest.Challenges = challenge.All()
	}
	return nil
}

// again returns the function for the command that repeats a run.
func (w *watcher) again(nodes nodeFlags) func(id string, seed uint64) string {
	return func(id string, seed uint64) string {
		words := []string{w.c.name, "challenge", id}
		if w.contest.Bin != "" {
			words = append(words, "--bin", program.Quote(w.contest.Bin))
		}
		if w.given.Virtual {
			words = append(words, "--virtual")
		}
		if w.contest.TimeLimit > 0 {
			words = append(words, "--time-limit", fmt.Sprint(w.contest.TimeLimit.Seconds()))
		}
		words = append(words, nodes.env.words()...)
		if nodes.cwd != "" {
			words = append(words, "--cwd", program.Quote(nodes.cwd))
		}
		words = append(words, "--seed", fmt.Sprint(seed))
		if len(w.contest.Args) > 0 {
			words = append(words, "--")
			for _, arg := range w.contest.Args {
				words = append(words, program.Quote(arg))
			}
		}
		return strings.Join(words, " ")
	}
}

// run watches until ctx ends, or carries out one round.
func (w *watcher) run(ctx context.Context) error {
	defer w.close()
	w.contest.Test = func(words challenge.Command) (harness.Test, error) { return readTestLike(words, w.given) }
	w.contest.Drive = func(ctx context.Context, title string, test harness.Test) (harness.Result, error) {
		if test.Virtual {
			return w.c.drive(ctx, noProgress{w.c.log}, test, logging{})
		}
		return w.c.drive(ctx, w.c.newDisplay(title), test, logging{})
	}
	scan := func(before watching.Tree) (watching.Tree, error) { return watching.Scan(w.target.Root, before) }
	if w.once {
		tree, err := scan(watching.Tree{})
		if err != nil {
			return err
		}
		return w.round(ctx, tree, nil)
	}
	root, err := filepath.Abs(w.target.Root)
	if err != nil {
		return err
	}
	loop := watching.Loop{Scan: scan, Every: w.every, Round: func(ctx context.Context, tree watching.Tree, changed []string) error {
		if len(changed) == 0 {
			w.c.say("Watching %s: %s. Ctrl-C ends it.\n", root, wording.Plural(tree.Len(), "file"))
		}
		err := w.round(ctx, tree, changed)
		if err != nil && ctx.Err() == nil {
			w.c.say("%v\n", err)
		}
		if ctx.Err() == nil {
			w.c.say("Waiting for a change.\n")
		}
		return ctx.Err()
	}}
	err = loop.Run(ctx)
	w.c.status = statusValid // the rounds had their own
	return err
}

// say prints text at once.
func (c *cli) say(format string, args ...any) {
	fmt.Fprintf(c.stdout, format, args...)
}
