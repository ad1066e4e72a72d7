package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"glomers/harness/check"
	"glomers/harness/workload"
	"glomers/internal/wording"
)

// stdin is the path that stands for standard input.
const stdin = "-"

// A record is what is known of a run about how to judge its history: from its test.json, or from the name of its
// directory. Without nodes, the checkers cannot say anything about replication.
type record struct {
	Workload     string   `json:"workload"`
	Nodes        []string `json:"nodes"`
	Concurrency  int      `json:"concurrency"`
	Availability string   `json:"availability"`
	TimeLimit    string   `json:"time-limit"`
	workload.Options

	inRun bool // the history is in the directory of a run
	cut   *cut // how it ends; nil if the run has results, or if it is not one of ours
}

// historyNames returns the names that a history has in the directory of a run, the best first.
func historyNames() []string {
	return []string{"history.jsonl", "history.edn", "history.jsonl.gz", "history.edn.gz"}
}

// findHistory returns the history that path leads to, and what is known about it.
func findHistory(kinds workload.Kinds, path string) (file string, r record, err error) {
	if path == stdin {
		return path, r, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", r, err
	}
	dir := path
	if !info.IsDir() {
		if !slices.Contains(historyNames(), filepath.Base(path)) {
			return path, r, nil // from anywhere
		}
		dir = filepath.Dir(path)
	}
	if r, err = readRecord(kinds, dir); err != nil {
		return path, r, err
	}
	_, err = os.Lstat(filepath.Join(dir, "test.json"))
	r.inRun = info.IsDir() || err == nil
	if unfinished(dir) {
		r.cut = new(cut)
	}
	if !info.IsDir() {
		return path, r, nil
	}
	for _, name := range historyNames() {
		file := filepath.Join(path, name)
		if _, err := os.Lstat(file); err == nil { // a link that leads nowhere is an error
			return file, r, nil
		}
	}
	if r.cut != nil {
		return "", r, fmt.Errorf("%s is the directory of a run that was cut short before it had a history: nothing can be judged; the run can be repeated as its test.json says", path)
	}
	return "", r, fmt.Errorf("%s is no run's directory: want one with %s", path, wording.Or(historyNames()))
}

// readRecord returns what the directory of a run says about it. Maelstrom's says so by its place: store/WORKLOAD/TIME.
func readRecord(kinds workload.Kinds, dir string) (r record, err error) {
	file := filepath.Join(dir, "test.json")
	text, err := readInRun(file)
	if err == nil {
		if err := json.Unmarshal(text, &r); err != nil {
			return r, fmt.Errorf("%s: %w", file, err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	if r.Workload == "" {
		r.Workload, err = workloadOf(kinds, dir)
		return r, err
	}
	return r, nil
}

// workloadOf returns the workload after which the directory above dir is called, "" if it is called after none. Links, such as
// store/latest, are followed.
func workloadOf(kinds workload.Kinds, dir string) (string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	if name := filepath.Base(filepath.Dir(dir)); slices.Contains(kinds.Names(), name) {
		return name, nil
	}
	return "", nil
}

// override replaces what the user gave flags for. It returns an error if a flag has no effect on the workload.
func (r *record) override(cmd *cobra.Command, f *testFlags) error {
	given := cmd.Flags().Changed
	if given("workload") {
		r.Workload = f.test.Workload
	}
	if given("availability") {
		r.Availability = f.test.Availability
	}
	if r.Workload == "" {
		return nil // there will be another error
	}
	kind, err := f.kinds.Find(r.Workload)
	if err != nil {
		return err
	}
	for _, flag := range f.kinds.Flags() {
		if !flag.Judges || !given(flag.Name) {
			continue
		}
		if !kind.Has(flag.Name) {
			return fmt.Errorf("--%s has no effect on %s", flag.Name, r.Workload)
		}
		if err := flag.Apply(&r.Options, cmd.Flags().Lookup(flag.Name).Value.String()); err != nil {
			return err
		}
	}
	w, err := r.workload(kind)
	if err != nil {
		return err
	}
	if _, drawable := w.Check(nil).(check.Illustrated); given("out") && !drawable {
		return fmt.Errorf("--out has no effect on %s", r.Workload)
	}
	return nil
}

func (r record) workload(kind workload.Kind) (workload.Workload, error) {
	return kind.New(workload.Config{Options: r.Options, Nodes: r.Nodes, Workers: r.Concurrency})
}
