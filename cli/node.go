package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"glomers/baselines"
	"glomers/baselines/mutants"
	"glomers/internal/wording"
	"glomers/node"
)

// A sample is a node that is part of this program: a baseline or a mutant. A mutant has flags.
type sample struct {
	name, workload, about string
	flags                 string // of a test that catches the mutant; "" for a baseline
	register              func(n *node.Node)
}

// samples returns the baselines, then the mutants.
func samples() []sample {
	var all []sample
	for _, b := range baselines.All() {
		all = append(all, sample{name: b.Name, workload: b.Workload, about: b.About, register: b.Register})
	}
	for _, m := range mutants.All() {
		flags := m.Caught.Flags()
		if slices.Contains(m.Caught.Nemesis, "skew") {
			flags += "  (only in simulation: go test ./baselines/mutants)" // a process does not have its own clock
		}
		all = append(all, sample{m.Name, m.Workload, m.Breaks, flags, m.Register})
	}
	return all
}

// findSample returns the sample with this name. The error says which names are meant.
func findSample(name string) (sample, error) {
	var names []string
	for _, s := range samples() {
		if s.name == name {
			return s, nil
		}
		names = append(names, s.name)
	}
	return sample{}, fmt.Errorf("no node is called %q: %s", name, wording.Want(name, names))
}

// sampleCompletions returns the names of the samples for the completion of words.
func sampleCompletions() []string {
	var described []string
	for _, s := range samples() {
		described = append(described, cobra.CompletionWithDesc(s.name, s.workload+": "+s.about))
	}
	return described
}

func (c *cli) nodeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "node [NAME]",
		Short: "Be a node: a simple design, or one that is broken on purpose",
		Long: `Run a baseline or a mutant as a node that speaks Maelstrom's protocol on stdin and
stdout, so that a harness can drive it. Without a name, list them.`,
		Example: `  glomers node
  glomers test -w broadcast --bin glomers -- node flooding
  glomers test -w broadcast --bin glomers --nemesis partition -- node broadcast-gives-up`,
		ValidArgs: sampleCompletions(),
		Args:      oneWord,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listSamples(c.stdout, samples())
			}
			s, err := findSample(args[0])
			if err != nil {
				return err
			}
			n := node.NewNode()
			s.register(n)
			node.Main(n)
			return nil
		},
	}
}

// listSamples writes a line for each sample.
func listSamples(w io.Writer, all []sample) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "Correct:")
	for i, s := range all {
		if s.flags != "" && all[i-1].flags == "" { // the baselines come first
			fmt.Fprintln(t, "\nBroken on purpose, and flags of a test that shows it:")
		}
		fmt.Fprintf(t, "  %s\t%s\t%s", s.name, s.workload, s.about)
		if s.flags != "" {
			fmt.Fprintf(t, "\t%s", s.flags)
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // writing to a strings.Builder cannot fail
	_, err := io.WriteString(w, b.String())
	return err
}
