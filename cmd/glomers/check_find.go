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

	"glomers/harness"
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
	Models       []string `json:"consistency-models"`
	Strict       bool     `json:"strict"`
	TimeLimit    string   `json:"time-limit"`

	inRun bool // the history is in the directory of a run
	cut   *cut // how it ends; nil if the run has results, or if it is not one of ours
}

// historyNames returns the names that a history has in the directory of a run, the best first.
func historyNames() []string {
	return []string{"history.jsonl", "history.edn", "history.jsonl.gz", "history.edn.gz"}
}

// findHistory returns the history that path leads to, and what is known about it.
func findHistory(path string) (file string, r record, err error) {
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
	if r, err = readRecord(dir); err != nil {
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
func readRecord(dir string) (r record, err error) {
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
		r.Workload, err = workloadOf(dir)
		return r, err
	}
	return r, nil
}

// workloadOf returns the workload after which the directory above dir is called, "" if it is called after none. Links, such as
// store/latest, are followed.
func workloadOf(dir string) (string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	if name := filepath.Base(filepath.Dir(dir)); slices.Contains(workload.Names(), name) {
		return name, nil
	}
	return "", nil
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

// refuseFlags returns an error if a flag was given that has no effect on the workload.
func refuseFlags(cmd *cobra.Command, r record) error {
	if r.Workload == "" {
		return nil // there will be another error
	}
	w, err := r.workload()
	if err != nil {
		return err
	}
	_, transactional := w.(*workload.Transactions)
	_, drawable := w.Check(nil).(check.Illustrated)
	for _, flag := range []struct {
		name  string
		works bool
	}{{"consistency-models", transactional}, {"strict", transactional}, {"out", drawable}} {
		if cmd.Flags().Changed(flag.name) && !flag.works {
			return fmt.Errorf("--%s has no effect on %s", flag.name, r.Workload)
		}
	}
	return nil
}
