package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"glomers/harness/check"
	"glomers/harness/record"
	"glomers/harness/workload"
	"glomers/internal/wording"
)

// stdin is the path that stands for standard input.
const stdin = "-"

// A subject holds the facts about a run that decide how to judge its history. They come from the run's test.json, or from
// the name of its directory. Without the number of nodes, the checkers cannot judge replication.
type subject struct {
	record.Meta

	inRun bool // the history is in a run's directory
	cut   *cut // how the history ends; nil if the run has results or is not a run of ours
}

// findHistory returns the path of the history that path leads to, and the facts known about its run.
func findHistory(kinds workload.Kinds, path string) (file string, r subject, err error) {
	if path == stdin {
		return path, r, nil
	}
	path = record.Resolve(path)
	info, err := os.Stat(path)
	if err != nil {
		return "", r, err
	}
	dir := path
	if !info.IsDir() {
		if !slices.Contains(record.HistoryNames(), filepath.Base(path)) {
			return path, r, nil // a history outside any run's directory
		}
		dir = filepath.Dir(path)
	}
	run, err := record.Open(dir)
	if err != nil {
		return path, r, err
	}
	defer run.Close()
	if r.Meta, err = metaOf(kinds, run); err != nil {
		return path, r, err
	}
	r.inRun = info.IsDir() || run.IsOurs()
	if run.Unfinished() {
		r.cut = new(cut)
	}
	if !info.IsDir() {
		return path, r, nil
	}
	if name := run.HistoryName(); name != "" {
		return filepath.Join(path, name), r, nil
	}
	if r.cut != nil {
		return "", r, fmt.Errorf("%s is the directory of a run that was cut short before it had a history: nothing can be judged; the run can be repeated as its test.json says", path)
	}
	return "", r, fmt.Errorf("%s is not the directory of a run: want one with %s", path, wording.Or(record.HistoryNames()))
}

// metaOf returns the metadata in the directory of a run. For a run of Maelstrom, the path names the workload:
// store/WORKLOAD/TIME.
func metaOf(kinds workload.Kinds, run *record.Run) (record.Meta, error) {
	m, err := run.Meta()
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil && m.Workload == "" {
		m.Workload, err = workloadOf(kinds, run.Dir())
	}
	return m, err
}

// workloadOf returns the workload named by the directory above dir, or "" if that directory is not named after a workload.
// Links, such as store/latest, are followed.
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

// override replaces the values for which the user gave flags. It returns an error if a flag has no effect on the workload.
func (r *subject) override(cmd *cobra.Command, f *testFlags) error {
	given := cmd.Flags().Changed
	if given("workload") {
		r.Workload = f.test.Workload
	}
	if given("availability") {
		r.Availability = f.test.Availability
	}
	if r.Workload == "" {
		return nil // the workload itself is reported as an error later
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

func (r subject) workload(kind workload.Kind) (workload.Workload, error) {
	return kind.New(workload.Config{Options: r.Options, Nodes: r.Nodes, Workers: r.Concurrency})
}
