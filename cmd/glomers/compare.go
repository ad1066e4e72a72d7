package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/internal/edn"
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
			a, err := readTree(args[0])
			if err != nil {
				return err
			}
			b, err := readTree(args[1])
			if err != nil {
				return err
			}
			cmp := comparison{A: args[0], B: args[1], Figures: compareTrees(a, b)}
			if asJSON {
				return writeJSON(c.stdout, cmp)
			}
			return cmp.write(c.stdout)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the comparison as JSON")
	return cmd
}

// readTree reads the results at path, which may be a run's directory, as objects, arrays, strings and json.Numbers with our
// names.
func readTree(path string) (any, error) {
	file, err := findResults(path)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		if text, err = fromMaelstrom(text); err != nil {
			return nil, fmt.Errorf("%s: neither JSON nor Maelstrom's results: %w", file, err)
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // seeds have 64 bits
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	tree = withoutMarks(tree)
	if verdict := find(tree, "valid")["valid"]; verdict == nil {
		return nil, fmt.Errorf("%s: no verdict in there, so these are no results", file)
	}
	return tree, nil
}

func findResults(path string) (file string, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return path, err
	}
	names := []string{"results.json", "results.edn"}
	for _, name := range names {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("%s is no run's directory, or the run did not end: want one with %s", path, alternatives(names))
}

// fromMaelstrom turns EDN into JSON.
func fromMaelstrom(text []byte) ([]byte, error) {
	v, err := edn.Parse(string(text))
	if err != nil {
		return nil, err
	}
	if _, ok := v.(edn.Map); !ok {
		return nil, errors.New("want a map")
	}
	return edn.AppendJSON(nil, v)
}

// withoutMarks removes the question marks of Clojure from names, as in "valid?".
func withoutMarks(tree any) any {
	object, ok := tree.(map[string]any)
	if !ok {
		return tree
	}
	renamed := make(map[string]any, len(object))
	for name, v := range object {
		renamed[strings.TrimSuffix(name, "?")] = withoutMarks(v)
	}
	return renamed
}

// A comparison has the figures of two results, those of either.
type comparison struct {
	A       string   `json:"a"` // where it is
	B       string   `json:"b"`
	Figures []paired `json:"figures"`
}

// write writes a table.
func (c comparison) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nA: %s\nB: %s\n\n", c.A, c.B)
	rows := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(rows, "figure\tB/A\tA\tB")
	for _, f := range c.Figures {
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\n", f.Path, f.relation(), show(f.A, f.Unit), show(f.B, f.Unit))
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// compareTrees pairs what the two results say of each figure that is described.
func compareTrees(a, b any) []paired {
	pairs := []paired{} // marshals to [], not null
	seen := make(map[string]bool)
	for _, group := range harness.Figures() {
		for _, f := range group.Figures {
			for _, p := range pair(f, find(a, f.Path), find(b, f.Path)) {
				if !seen[p.Path] {
					seen[p.Path] = true
					pairs = append(pairs, p)
				}
			}
		}
	}
	return pairs
}
