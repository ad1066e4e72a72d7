package record

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A Place is what a path leads to, for somebody who asked for a run and gave another path.
type Place int

// The places.
const (
	Nowhere   Place = iota // nothing is there
	OtherFile              // a file that belongs to no run
	EmptyDir               //
	OtherDir               // a directory that has nothing to do with runs
	RunDir                 // the directory of a run
	RunFile                // a file of a run
	RunsDir                // a directory of a store: the runs of one workload
	StoreDir               // a store
)

// mostEntries is the number of entries of a directory that Locate looks at.
const mostEntries = 10_000

// Locate says what a path leads to. For a run's file, run is the path of the run; for a directory with runs, that of the latest one.
func Locate(path string) (place Place, run string) {
	path = Resolve(path)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return Nowhere, ""
	case !info.IsDir():
		if dir := filepath.Dir(path); slices.Contains(runFiles(), filepath.Base(path)) && isRun(dir) {
			return RunFile, dir
		}
		return OtherFile, ""
	case isRun(path):
		return RunDir, path
	}
	inside := directories(path)
	if i := slices.IndexFunc(inside, isRun); i >= 0 {
		return RunsDir, inside[i]
	}
	for _, runs := range inside {
		below := directories(runs)
		i := slices.IndexFunc(below, isRun)
		if i < 0 {
			continue
		}
		if latest := filepath.Join(path, "latest"); isRun(Resolve(latest)) {
			return StoreDir, latest
		}
		return StoreDir, below[i]
	}
	if entries, err := readDir(path); err == nil && len(entries) == 0 {
		return EmptyDir, ""
	}
	return OtherDir, ""
}

// runFiles returns the names of files that only the directory of a run has.
func runFiles() []string {
	return append(HistoryNames(), "test.json", "journal.jsonl", "results.json", "results.edn", "test.jepsen", "jepsen.log")
}

// isRun reports whether dir is the directory of a run.
func isRun(dir string) bool {
	return slices.ContainsFunc(runFiles(), func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && !info.IsDir()
	})
}

// directories returns the paths of the directories in dir, without links, the last in alphabetical order first: of runs, which are
// named by their time, the newest.
func directories(dir string) []string {
	entries, err := readDir(dir)
	if err != nil {
		return nil
	}
	var paths []string
	for _, e := range entries {
		if e.IsDir() {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(paths)
	slices.Reverse(paths)
	return paths
}

// readDir returns the entries of a directory, as many as are looked at.
func readDir(dir string) ([]fs.DirEntry, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	entries, err := f.ReadDir(mostEntries)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return entries, err
}
