package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
	"glomers/internal/challenge"
	"glomers/internal/disk"
	"glomers/internal/suite"
	"glomers/internal/wording"
)

func (c *cli) challengeCommand() *cobra.Command {
	var (
		t      = challenge.Contest{Repeat: 1, Log: c.log, Stderr: c.stderr}
		given  harness.Test // the user's settings for every run
		nodes  nodeFlags
		runner = "glomers" // what runs the nodes: this harness or the real Maelstrom
		asJSON bool
		print  bool
		list   bool
		files  suiteFiles
	)
	cmd := &cobra.Command{
		Use:   "challenge ID…|all|all+ [-- ARGS…]",
		Short: "Run the challenges of Gossip Glomers",
		Long: `Run the published commands of the challenges on the solutions of this repository,
or of the release that was unpacked, or on the node given with --bin, and compare
the figures with the targets. Words after -- are the arguments of that node.

7 and 8 are ours, need consensus, and belong to all+, not to all, which are the published ones.

With --nemesis the targets are shown but not judged: under faults a
solution need only be valid. Faults of links are left out where there is
only one node.

Published figures are Maelstrom's, which delivers messages otherwise: with --faithful ours
does as it does, and stable latencies come out up to a hop lower. --harness maelstrom has the
real one run the nodes; its only fault is partition.

With --virtual time jumps to the next event whenever all nodes are at rest: see
docs/virtual-time.md. A seed always gives the same run, and there are as many runs at a time as
processors, so all challenges together take about half a minute.

--junit, --summary and --badge are for CI systems: see docs/ci.md. The files are written also if
a run fails, is broken or is interrupted. A page about several runs, with links to their
reports, is in the store: session-TIME.html.`,
		Example: `  glomers challenge all
  glomers challenge --list
  glomers challenge 3d 3e --nemesis partition
  glomers challenge 3e --repeat 5
  glomers challenge 3e --bin ./my-broadcast
  glomers challenge 1 --bin python3 -- echo.py
  glomers challenge 3a 3b --bin . --junit glomers.xml --summary glomers.md
  glomers challenge 3e --faithful
  glomers challenge all --virtual
  glomers challenge 3e --harness maelstrom`,
		ValidArgs: append(challenge.IDs(), challenge.Sets()...),
		Args: func(cmd *cobra.Command, args []string) (err error) {
			var ids []string
			ids, t.Args = splitAtDash(cmd, args)
			if len(ids) == 0 && !list {
				return fmt.Errorf("no challenge given: %s; glomers challenge --list says what they ask for", challenge.Meant("", challenge.Sets()...))
			}
			t.Challenges, err = challenge.Choose(ids)
			return err
		},
	}
	harnesses := []string{"glomers", "maelstrom"}
	define(cmd, "time-limit", "", "seconds", "", "length of the main phase, instead of the published one", span(&t.TimeLimit, time.Second, time.Second))
	define(cmd, "nemesis", "", "names", "", "faults to inject, instead of the published ones: "+wording.Or(nemesis.All().Names()), someOf(&t.Nemesis, nemesis.All().Names()))
	define(cmd, "repeat", "", "n", "1", "run each challenge so many times, with one seed after the other (Maelstrom draws its own)", whole(&t.Repeat))
	define(cmd, "harness", "", "name", "glomers", "who runs the nodes: "+wording.Or(harnesses), oneOf(&runner, harnesses))
	define(cmd, "seed", "", "n", "from the clock", "of the first run of each challenge", seed(&t.Seed))
	cmd.Flags().BoolVar(&given.Faithful, "faithful", false, "measure as Maelstrom would: deliver messages and draw partitions as it does")
	registerVirtual(cmd, &given.Virtual)
	registerRecovery(cmd, &given.Recovery)
	registerAttach(cmd, &given.Attach.Nodes)
	registerLimits(cmd, &given.Limits)
	cmd.Flags().StringVar(&t.Bin, "bin", "", "`path` of the node to judge: an executable, or the directory of a Go program")
	nodes.register(cmd)
	cmd.Flags().StringVar(&t.Store, "store", "store", "`directory` for the files of the runs")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the outcomes as JSON, and nothing else, on stdout")
	cmd.Flags().BoolVar(&list, "list", false, "list the challenges, what they ask for and their targets, instead of running them")
	cmd.Flags().BoolVar(&print, "print-command", false, "print the words of the published commands for Maelstrom instead of running them")
	files.register(cmd)
	cmd.Flags().AddFlagSet(c.flags)
	suggest(cmd, "nemesis", nemesis.All().Names())
	suggest(cmd, "harness", harnesses)

	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if list {
			return challenge.WriteList(c.stdout, t.Challenges)
		}
		if len(t.Args) > 0 && t.Bin == "" {
			return fmt.Errorf("words after -- are the arguments of the node given with --bin, and there is no --bin")
		}
		if runner == "maelstrom" || print {
			if err := maelstromAccepts(cmd, t.Changes); err != nil {
				return err
			}
		}
		if flag := files.given(); flag != "" && print {
			return fmt.Errorf("--%s: --print-command runs nothing whose outcome could be written", flag)
		}
		if err := files.check(); err != nil {
			return err
		}
		if print {
			return c.printCommands(&t)
		}
		if !cmd.Flags().Changed("seed") {
			t.Seed = clockSeed()
		}
		if runner == "maelstrom" {
			var err error
			if t.Maelstrom, err = challenge.FindMaelstrom(cmd.Context(), c.stderr); err != nil {
				return err
			}
		}
		given.Env, given.Cwd = nodes.env.entries, nodes.cwd
		t.Debug = len(given.Attach.Nodes) > 0
		t.Again = func(id string, seed uint64) string { return commandLine(cmd, []string{id}, t.Args, seed) }
		start := time.Now()
		done, err := c.runContest(cmd.Context(), &t, given)
		stopped := ""
		if err != nil {
			stopped = err.Error()
		}
		outcome := challenge.Suite(t.Challenges, t.Repeat, done, stopped)
		outcome.Name, outcome.Start = cmd.CommandPath(), start
		page, pageErr := writeSession(t.Store, outcome, done)
		return errors.Join(c.printOutcomes(t.Challenges, done, page, asJSON), err, pageErr, files.write(outcome))
	}
	return cmd
}

// unknownToMaelstrom maps the flags of the challenge command that Maelstrom cannot honour to the reasons.
var unknownToMaelstrom = map[string]string{
	"env":      "Maelstrom passes its whole environment on to nodes",
	"cwd":      "Maelstrom runs nodes in the directory for temporary files",
	"seed":     "Maelstrom draws its own, so it cannot be given one",
	"virtual":  "its time is that of the operating system",
	"recovery": "its is always 10 s",
	"faithful": "it makes our harness measure as Maelstrom does",
	"attach":   "Maelstrom starts the nodes itself, and its clock cannot be stopped",

	"max-logs": boundsOurs, "max-journal": boundsOurs, "max-history": boundsOurs, "max-memory": boundsOurs,
}

const boundsOurs = "it bounds what our harness keeps"

// maelstromAccepts returns an error if the flags of the challenge command ask for a feature that Maelstrom lacks.
func maelstromAccepts(cmd *cobra.Command, changes challenge.Changes) error {
	for _, name := range slices.Sorted(maps.Keys(unknownToMaelstrom)) {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: %s", name, unknownToMaelstrom[name])
		}
	}
	return changes.RefusedByMaelstrom()
}

// printCommands prints the command of each challenge on a line. Our solutions are expected in bin/.
func (c *cli) printCommands(t *challenge.Contest) error {
	for _, ch := range t.Challenges {
		bin := t.Bin
		if bin == "" {
			bin = filepath.Join("bin", ch.Dir)
		}
		if _, err := fmt.Fprintln(c.stdout, strings.Join(t.Command(ch, bin).ForMaelstrom(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// runContest runs the challenges. It returns the outcomes of the finished runs also if an error ends the contest early.
func (c *cli) runContest(ctx context.Context, t *challenge.Contest, given harness.Test) ([]challenge.Outcome, error) {
	t.Test = func(words challenge.Command) (harness.Test, error) { return readTestLike(words, given) }
	if given.Virtual {
		t.AtOnce = runtime.GOMAXPROCS(0) // one run keeps about one processor busy, and none can be late
	}
	t.Drive = func(ctx context.Context, title string, test harness.Test) (harness.Result, error) {
		d := c.newDisplay(title)
		if t.AtOnce > 1 {
			d = noProgress{c.log}
		}
		return c.drive(ctx, d, test, logging{})
	}
	t.Ended = func(o challenge.Outcome) { c.note(t, o, given.Virtual) }
	done, err := t.Run(ctx)
	for _, o := range done {
		c.worsen(outcomeStatus(o))
	}
	return done, err
}

// readTestLike parses the words of a command, and takes the user's settings from given.
func readTestLike(words challenge.Command, given harness.Test) (harness.Test, error) {
	test, err := readTest(words)
	test.Faithful, test.Virtual, test.Recovery = given.Faithful, given.Virtual, given.Recovery
	test.Limits, test.Env, test.Cwd, test.Attach = given.Limits, given.Env, given.Cwd, given.Attach
	return test, err
}

// writeSession writes a page about several runs into their store, and returns its path; "" if there are not several reports.
func writeSession(store string, outcome suite.Suite, done []challenge.Outcome) (path string, err error) {
	if !challenge.HaveReports(done) {
		return "", nil
	}
	root, err := os.OpenRoot(store)
	if err != nil {
		return "", fmt.Errorf("the page about all runs: %w", err)
	}
	defer root.Close() // the page is complete by then
	name := "session-" + outcome.Start.Format("20060102T150405.000") + ".html"
	outcome.Dir = store
	if err := disk.ReplaceBytes(root, name, outcome.Page()); err != nil {
		return "", fmt.Errorf("the page about all runs: %w", err)
	}
	return filepath.Join(store, name), nil
}

// printOutcomes prints the outcomes as JSON or as a table. page is the path of the page about them.
func (c *cli) printOutcomes(chs []challenge.Challenge, done []challenge.Outcome, page string, asJSON bool) error {
	switch {
	case asJSON:
		return errors.Join(writeJSON(c.stdout, done), challenge.WriteTable(c.stderr, chs, done, page))
	case len(done) > 0:
		return challenge.WriteTable(c.stdout, chs, done, page)
	}
	return nil
}

func outcomeStatus(o challenge.Outcome) int {
	switch {
	case o.Broken != "":
		return statusBroken
	case len(o.Missed) > 0:
		return statusInvalid
	default:
		return statusOf(o.Valid)
	}
}

// readTest parses the words of a command as the test command does.
func readTest(words challenge.Command) (harness.Test, error) {
	f := testFlags{kinds: workload.All(), faults: nemesis.All()}
	cmd := &cobra.Command{Use: "test"}
	f.register(cmd)
	if err := cmd.ParseFlags(words[1:]); err != nil {
		return harness.Test{}, err
	}
	return f.resolve(cmd)
}
