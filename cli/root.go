package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vbauerster/mpb/v8/cwriter"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
	"glomers/internal/challenge"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// The exit statuses.
const (
	statusValid   = 0
	statusInvalid = 1 // or the run missed a target
	statusUnknown = 2
	statusBroken  = 3 // the test could not be carried out
)

// A cli is one execution of the program.
type cli struct {
	name           string
	stdin          io.Reader
	stdout, stderr io.Writer // escaped for terminals
	screen         io.Writer // stderr itself, for colours and bars
	terminal       bool      // stderr is a terminal
	log            *slog.Logger
	kinds          workload.Kinds
	faults         nemesis.Kinds
	status         int           // the worst so far
	entered        chan struct{} // see lines

	flags   *pflag.FlagSet // of Elsewhere; nil without it
	runTest func(context.Context, harness.Test) (harness.Result, error)
}

// Run executes the command line args and returns the exit status. It stops early, but cleanly, when ctx is cancelled.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer, extensions ...Extension) int {
	coloured := colours(stderr)
	out, errs := terminal.NewWriter(stdout, colours(stdout)), terminal.NewWriter(stderr, coloured)
	defer out.Flush()
	defer errs.Flush()
	c := &cli{name: "glomers", stdin: os.Stdin, stdout: out, stderr: errs, screen: stderr, kinds: workload.All(), faults: nemesis.All(), runTest: harness.Run}
	c.terminal = isTerminal(stderr)
	c.log = newLog(stderr, coloured)
	if err := c.extend(extensions); err != nil {
		fmt.Fprintf(c.stderr, "%s: %v\n", c.name, err)
		return statusBroken
	}
	if err := refuseDashes(args); err != nil {
		fmt.Fprintf(c.stderr, "%s: %v\n", c.name, err)
		return statusBroken
	}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(c.stderr, "%s: %v\n", c.name, err)
		return statusBroken
	}
	return c.status
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && cwriter.IsTerminal(int(f.Fd()))
}

// colours reports whether w is a terminal that shows colours, for a user who wants any (https://no-color.org).
func colours(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && understandsEscapes(w.(*os.File))
}

// extend adds extensions to the command line.
func (c *cli) extend(extensions []Extension) error {
	for _, extend := range extensions {
		if err := extend(c); err != nil {
			return err
		}
	}
	return nil
}

// worsen sets the exit status to s if s is worse than the current status.
func (c *cli) worsen(s int) {
	rank := map[int]int{statusValid: 0, statusUnknown: 1, statusInvalid: 2, statusBroken: 3}
	if rank[s] > rank[c.status] {
		c.status = s
	}
}

func statusOf(v check.Verdict) int {
	switch v {
	case check.Valid:
		return statusValid
	case check.Unknown:
		return statusUnknown
	default:
		return statusInvalid
	}
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   c.name,
		Short: "Test the nodes of a distributed system",
		Long: `Glomers runs the nodes of a distributed system in a simulated network, injects
faults, and judges what their clients saw. It speaks Maelstrom's protocol.

Exit status: 0 valid, 1 invalid or target missed, 2 unknown, 3 broken test.`,
		Example: `  glomers challenge all
  glomers challenge 3e --repeat 5
  glomers test -w echo --bin ./my-node --node-count 1 --time-limit 10
  glomers why`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return c.noCommand(cmd, args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(c.initCommand(), c.testCommand(), c.challengeCommand(), c.sweepCommand(), c.exploreCommand(), c.checkCommand(), c.compareCommand(), c.conformCommand(), c.watchCommand(), c.hintCommand(), c.whyCommand(), c.progressCommand(), c.reportCommand(), c.exportCommand(), c.serveCommand(), c.demoCommand(), c.debugCommand(), c.docCommand(), c.nodeCommand(), c.versionCommand(), c.benchCommand(), c.readmeCommand())
	root.AddCommand(c.topics()...)
	root.SetHelpCommand(c.helpCommand())
	c.completeCompletion(root)
	return root
}

// noCommand is the error about a word that is no command: what was meant, or what there is.
func (c *cli) noCommand(root *cobra.Command, word string) error {
	there := elsewhere(word)
	switch chs, err := challenge.Choose([]string{word}); {
	case there != "":
	case err == nil && len(chs) > 0:
		there = fmt.Sprintf("it is a challenge: %s challenge %s runs it, %[1]s help %[2]s says what it asks for", c.name, word)
	default:
		there = wording.Want(word, commandNames(root))
	}
	return fmt.Errorf("no command is called %q: %s", word, there)
}

// completeCompletion has the command that cobra makes refuse words that it does not know.
func (c *cli) completeCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		var shells []string
		for _, sub := range cmd.Commands() {
			shells = append(shells, sub.Name())
		}
		cmd.Args = func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("no shell given: want %s", wording.Or(shells))
			}
			return fmt.Errorf("no shell is called %q: %s", args[0], wording.Want(args[0], shells))
		}
		cmd.RunE = func(*cobra.Command, []string) error { return nil } // without it, the arguments are not looked at
	}
}

// noWords refuses words that belong to no flag.
func noWords(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("the word %q belongs to no flag: %s takes only flags, which %[2]s --help lists", args[0], cmd.CommandPath())
	}
	return nil
}

// oneWord refuses more than one word.
func oneWord(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%d words given: want %s", len(args), cmd.UseLine())
	}
	return nil
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() { // not a help topic
			names = append(names, sub.Name())
		}
	}
	return names
}
