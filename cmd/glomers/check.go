package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

func (c *cli) checkCommand() *cobra.Command {
	var (
		flags  testFlags
		out    string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "check FILE [flags]",
		Short: "Judge a saved history",
		Long: `Judge a saved history with the checker of a workload, without running anything.

FILE is a history.jsonl of this program, or a history.edn of Maelstrom or Jepsen; what it
is shows in its content. It may also be the directory of a run, which has one or the
other. A directory of this program also says what the workload and the options
were; flags override that.

A history does not say whether the run broke, nor whether a fault was ever in force.

Nothing is written beside FILE. With --out, violations of lin-kv and cycles of transactions are also drawn.`,
		Example: `  glomers check store/latest
  glomers check -w broadcast maelstrom/store/latest/history.edn
  glomers check -w txn-rw-register history.jsonl --consistency-models snapshot-isolation
  glomers check -w lin-kv history.jsonl --out pictures
  glomers check store/latest --availability total --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d files given: want one history, or the directory of a run", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.check(cmd, flags.test, args[0], out, asJSON)
		},
	}
	flags.registerVerdict(cmd)
	cmd.Flags().StringVar(&out, "out", "", "`directory` for the pictures of a violation; without it, none are drawn")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the judgement as JSON, and nothing else, on stdout")
	return cmd
}

// check judges the history at path by the flags, which t has. Pictures of a violation go to the directory out, "" for
// none.
func (c *cli) check(cmd *cobra.Command, t harness.Test, path, out string, asJSON bool) error {
	file, record, err := findHistory(path)
	if err != nil {
		return err
	}
	record.override(cmd, t)
	if record.Workload == "" {
		return fmt.Errorf("no workload given, and %s does not say: want --workload %s", path, alternatives(workload.Names()))
	}
	w, err := record.workload()
	if err != nil {
		return err
	}
	h, err := history.ReadFile(file)
	if err != nil {
		return err
	}
	j, err := harness.Judge(w, h, record.Availability)
	if err != nil {
		return err
	}
	c.worsen(statusOf(j.Valid))
	var pictures []string
	if out != "" {
		if pictures, err = writePictures(out, j.Workload); err != nil {
			return err
		}
	}
	if asJSON {
		return writeJSON(c.stdout, j)
	}
	return writeJudgement(c.stdout, record.Workload, j, pictures)
}

// writePictures writes the files of a result that has any to dir, which is made if need be, and returns their paths.
func writePictures(dir string, r check.Result) ([]string, error) {
	illustrated, ok := r.(check.Illustrated)
	if !ok {
		return nil, nil
	}
	var paths []string
	artifacts := illustrated.Artifacts()
	for _, name := range slices.Sorted(maps.Keys(artifacts)) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("--out: %w", err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, artifacts[name], 0o644); err != nil {
			return nil, fmt.Errorf("--out: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// A record is what a run's test.json says about how to judge its history. Without nodes, the checkers
// cannot say anything about replication.
type record struct {
	Workload     string   `json:"workload"`
	Nodes        []string `json:"nodes"`
	Concurrency  int      `json:"concurrency"`
	Availability string   `json:"availability"`
	Models       []string `json:"consistency-models"`
	Strict       bool     `json:"strict"`
}

// findHistory returns the history that path leads to, and what is known about it.
func findHistory(path string) (file string, r record, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return path, r, err
	}
	text, err := os.ReadFile(filepath.Join(path, "test.json"))
	if err == nil {
		if err := json.Unmarshal(text, &r); err != nil {
			return "", r, fmt.Errorf("%s: %w", filepath.Join(path, "test.json"), err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", r, err
	}
	names := []string{"history.jsonl", "history.edn"}
	for _, name := range names {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); err == nil {
			return file, r, nil
		}
	}
	return "", r, fmt.Errorf("%s is no run's directory: want one with %s", path, alternatives(names))
}

// override replaces what the user gave flags for.
func (r *record) override(cmd *cobra.Command, t harness.Test) {
	given := cmd.Flags().Changed
	if given("workload") {
		r.Workload = t.Workload
	}
	if given("availability") {
		r.Availability = t.Availability
	}
	if given("consistency-models") {
		r.Models = t.ConsistencyModels
	}
	if given("strict") {
		r.Strict = t.Strict
	}
}

func (r record) workload() (workload.Workload, error) {
	return workload.New(r.Workload, workload.Options{
		Nodes:             r.Nodes,
		Workers:           r.Concurrency,
		ConsistencyModels: r.Models,
		Strict:            r.Strict,
	})
}

// writeJudgement says what a history shows, and where there are pictures of it, or how to get them.
func writeJudgement(w io.Writer, workload string, j harness.Judgement, pictures []string) error {
	var b strings.Builder
	writeVerdict(&b, workload, j)
	rows := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	writeFigures(rows, j)
	illustrated, drawable := j.Workload.(check.Illustrated)
	switch {
	case len(pictures) > 0:
		writeRow(rows, "pictures", "%s", strings.Join(pictures, ", "))
	case drawable && len(illustrated.Pictures()) > 0:
		writeRow(rows, "pictures", "none: --out DIR would draw the violation")
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
