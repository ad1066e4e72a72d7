package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"glomers/baselines"
	"glomers/harness"
	"glomers/internal/program"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// A demo is a test of a baseline.
type demo struct {
	baseline string
	flags    string // of its test, besides the flags common to all demos
}

// demos returns at least one test for each workload, modelled on Maelstrom's demo command.
func demos() []demo {
	const usual = " --rate 50" // at 5 per second, a short test may have no cas whose expected value is found
	const total = " --nemesis partition --nemesis-interval 1 --availability total"
	return []demo{
		{"echo", usual},
		{"flooding", usual},
		{"tree", usual},
		{"gossip-set", usual},
		{"cas-counter", usual},
		{"pn-counter", usual},
		{"lin-proxy", "--concurrency 2n" + usual},
		{"single-lock", usual},
		{"lin-log", "--node-count 2 --concurrency 2n --rate 100"},
		{"lin-root", "--node-count 2" + usual},
		{"last-write-wins", "--node-count 2 --rate 100 --consistency-models read-committed" + total},
		{"random-ids", "--node-count 3 --rate 1000" + total},
	}
}

// A demonstration is the outcome of a demo.
type demonstration struct {
	workload, baseline string
	result             harness.Result
	err                error // why the test could not be carried out
}

func (c *cli) demoCommand() *cobra.Command {
	flags := testFlags{kinds: c.kinds, faults: c.faults}
	cmd := &cobra.Command{
		Use:   "demo [flags]",
		Short: "Run a short test of every workload, with nodes that are known to be right",
		Long: `Run a test of every workload on the simple designs of glomers node, all at once, and print a
table. The flags are those of test; what they set holds for all of the tests.`,
		Example: `  glomers demo
  glomers demo --time-limit 10 --nemesis partition
  glomers demo -w kafka --log-ops`,
		Args: noWords,
	}
	flags.register(cmd)
	flags.test.TimeLimit = demoTime
	cmd.Flags().Lookup("time-limit").DefValue = fmt.Sprint(demoTime.Seconds())
	cmd.Flags().Lookup("workload").DefValue = "all"
	ofProcesses := []string{"bin", "test-count", "env", "cwd", "attach"}
	for _, name := range ofProcesses { // a demo has no processes
		_ = cmd.Flags().MarkHidden(name) // the flag exists
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range ofProcesses {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s is not for demo: its nodes are those of glomers node, in this process, and each is tested once", name)
			}
		}
		return c.demo(cmd, &flags)
	}
	return cmd
}

// demoTime is the length of a demo's main phase.
const demoTime = 3 * time.Second

// test returns the test of a demo, with its own flags and then those of the command line, which override them.
func (d demo) test(cmd *cobra.Command, given *testFlags) (harness.Test, error) {
	nodes := baselines.All()
	b := nodes[slices.IndexFunc(nodes, func(b baselines.Baseline) bool { return b.Name == d.baseline })]
	own := testFlags{kinds: given.kinds, faults: given.faults}
	sub := &cobra.Command{Use: "demo"}
	own.register(sub)
	own.test = given.test
	words := strings.Fields(d.flags)
	for i := 0; i < len(words); i += 2 {
		if name := strings.TrimPrefix(words[i], "--"); !cmd.Flags().Changed(name) {
			if err := sub.Flags().Set(name, words[i+1]); err != nil {
				return harness.Test{}, err
			}
		}
	}
	if given.workers > 0 {
		own.workers, own.perNode = given.workers, given.perNode
	}
	own.guide = given.guide
	own.test.Workload = b.Workload
	t, err := own.resolve(cmd)
	t.Program = harness.InProcess(b.Register)
	return t, err
}

// demo runs all demos at once, since they mostly wait.
func (c *cli) demo(cmd *cobra.Command, flags *testFlags) error {
	flags.guide.mention(c.log)
	if flags.guide.json {
		c.logJSON()
	}
	wanted := flags.test.Workload
	seed := flags.seed
	if !cmd.Flags().Changed("seed") {
		seed = clockSeed()
	}
	var done []demonstration
	var tests []harness.Test
	for _, d := range demos() {
		t, err := d.test(cmd, flags)
		if err != nil {
			return err
		}
		t.Seed = seed
		if wanted == "" || wanted == t.Workload {
			tests = append(tests, t)
			done = append(done, demonstration{workload: t.Workload, baseline: d.baseline})
		}
	}
	c.log.Info("starting", "tests", len(tests), "seed", seed)
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	var all sync.WaitGroup
	for i, t := range tests {
		flags.logs.attach(&t, c.log.With("test", done[i].baseline))
		all.Go(func() {
			d := &done[i]
			if d.result, d.err = harness.Run(ctx, t); d.err == nil {
				c.log.Info("finished", "workload", d.workload, "node", d.baseline, "verdict", d.result.Valid)
			}
		})
	}
	all.Wait()
	if cmd.Context().Err() != nil {
		return program.ErrInterrupted
	}
	for _, d := range done {
		c.worsen(d.status())
	}
	return writeDemos(c.stdout, done)
}

func (d demonstration) status() int {
	if d.err != nil {
		return statusBroken
	}
	return statusOf(d.result.Valid)
}

// writeDemos writes a line for each demonstration, with the reasons if it was not valid.
func writeDemos(w io.Writer, done []demonstration) error {
	var b strings.Builder
	rows := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(rows, "workload\tnode\tverdict\toperations\tok\tmsgs/op\tstore")
	for _, d := range done {
		verdict := d.result.Valid.String()
		if d.err != nil {
			verdict = "broken"
		}
		fmt.Fprintf(rows, "%s\t%s\t%s\t%d\t%.5g\t%s\t%s\n", d.workload, d.baseline, verdict,
			d.result.Stats.Count, d.result.Availability.OKFraction, wording.Number(d.result.Net.Servers.MsgsPerOp, 3), terminal.Line(cmp.Or(d.result.Dir, "none")))
	}
	_ = rows.Flush() // writing to a strings.Builder cannot fail
	for _, d := range done {
		if d.status() == statusValid {
			continue
		}
		reasons := d.result.Reasons
		if d.err != nil {
			reasons = append(slices.Clone(reasons), d.err.Error())
		}
		fmt.Fprintf(&b, "\n%s %s:\n  %s\n", d.workload, d.baseline, strings.ReplaceAll(terminal.Escape(strings.Join(reasons, "\n")), "\n", "\n  "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
