package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/record"
	"glomers/internal/compare"
	"glomers/internal/disk"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

func (c *cli) compareCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare the results of two runs",
		Long: `Show the verdict and the figures of two runs side by side, with their ratio.

A and B are directories of runs, or their results: results.json of this program (also
what check --json and test --json print), or results.edn of Maelstrom. What the figures mean: glomers help results.`,
		Example: `  glomers compare store/broadcast/20260102T150405.000 store/latest
  glomers compare store/latest maelstrom/store/latest
  glomers compare before.json after.json --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("%d results given: want two, each the directory of a run, its results.json or results.edn", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			for _, path := range args {
				if err := c.noFileOfRun(path, resultNames...); err != nil {
					return err
				}
			}
			a, err := readFigures(args[0])
			if err != nil {
				return err
			}
			b, err := readFigures(args[1])
			if err != nil {
				return err
			}
			cmp := comparison{A: args[0], B: args[1], Figures: compare.Pairs(harness.Figures(c.kinds), a, b), mixed: ours(a) != ours(b)}
			if asJSON {
				return writeJSON(c.stdout, cmp)
			}
			return cmp.write(c.stdout)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the comparison as JSON")
	return cmd
}

// readFigures reads the results at path, which may be a run's directory.
func readFigures(path string) (compare.Results, error) {
	file, err := findResults(path)
	if err != nil {
		return nil, err
	}
	f, err := openFile(file, file != path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := disk.ReadAll(f, record.MaxResults)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return compare.Parse(file, text)
}

// resultNames are the names of the results of a run, the best first.
var resultNames = []string{"results.json", "results.edn"}

func findResults(path string) (file string, err error) {
	path = record.Resolve(path)
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return path, err
	}
	run, err := record.Open(path)
	if err != nil {
		return "", err
	}
	defer run.Close()
	if run.Unfinished() {
		return "", fmt.Errorf("the run in %s has no results: it goes on, or was cut short. Its history can be judged, and compared, with\n"+
			"  glomers check %s --json > results.json", path, path)
	}
	for _, name := range resultNames {
		file := filepath.Join(path, name)
		if _, err := os.Lstat(file); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("the run in %s has no results, or did not end: want a run with %s", path, wording.Or(resultNames))
}

// A comparison sets the figures of two results, A and B, side by side.
type comparison struct {
	A       string         `json:"a"` // the path
	B       string         `json:"b"`
	Figures []compare.Pair `json:"figures"`

	mixed bool // one of the two is Maelstrom's
}

// ours reports whether the results come from our harness.
func ours(r compare.Results) bool { return r["seed"] != nil }

// write writes a table.
func (c comparison) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nA: %s\nB: %s\n\n", terminal.Line(c.A), terminal.Line(c.B))
	rows := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(rows, "figure\tB/A\tA\tB")
	for _, f := range c.Figures {
		cells := []string{f.Path, f.Relation(), compare.Show(f.A, f.Unit), compare.Show(f.B, f.Unit)}
		for i, cell := range cells {
			cells[i] = terminal.Line(cell)
		}
		fmt.Fprintln(rows, strings.Join(cells, "\t"))
	}
	_ = rows.Flush() // writing to a strings.Builder cannot fail
	if c.mixed && slices.ContainsFunc(c.Figures, func(f compare.Pair) bool { return strings.Contains(f.Path, "stable-latencies") }) {
		b.WriteString("\nUnder a latency Maelstrom's stable latencies are lower than ours, by up to a hop: there reads wait behind\n" +
			"messages between nodes. To compare, run ours with --faithful.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
