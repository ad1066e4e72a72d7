package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"glomers/harness/record"
	"glomers/internal/challenge"
	"glomers/internal/program"
	"glomers/internal/wording"
)

// oneRun is for commands that take the directory of a run, or nothing.
func oneRun(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%d directories given: want that of one run", len(args))
	}
	return nil
}

// runIn returns the directory that the arguments name, or else that of the run that was finished last.
func runIn(args []string) string {
	if len(args) == 1 {
		return args[0]
	}
	return filepath.Join("store", "latest")
}

// noRun returns an error about a path that leads to no run: it says what is there, and what to do. A command needs one of the given
// files of a run.
func (c *cli) noRun(path string, names ...string) error {
	place, run := record.Locate(path)
	files := wording.Or(names)
	switch place {
	case record.RunDir:
		return nil
	case record.Nowhere:
		if store := filepath.Dir(path); filepath.Base(path) == "latest" {
			return c.noStore(store)
		}
		return fmt.Errorf("%s is not there: want the directory of a run", path)
	case record.OtherFile:
		return fmt.Errorf("%s is a file: want the directory of a run, with %s", path, files)
	case record.RunFile:
		return fmt.Errorf("%s is a file of a run: want its directory, %s", path, run)
	case record.EmptyDir:
		return fmt.Errorf("%s is empty: want the directory of a run, with %s", path, files)
	case record.RunsDir:
		return fmt.Errorf("%s has runs in it: want the directory of one, such as %s", path, run)
	case record.StoreDir:
		return fmt.Errorf("%s is a store: want the directory of one of its runs, such as %s", path, run)
	}
	return fmt.Errorf("%s is not the directory of a run: want one with %s", path, files)
}

// noFileOfRun is noRun for commands that also accept a file. A file of a run must have one of the given names; of other files nothing
// is known.
func (c *cli) noFileOfRun(path string, names ...string) error {
	switch place, run := record.Locate(path); place {
	case record.OtherFile:
		return nil
	case record.RunFile:
		if slices.Contains(names, filepath.Base(record.Resolve(path))) {
			return nil
		}
		return fmt.Errorf("%s is another file of a run: want its directory, %s, or %s", path, run, wording.Or(names))
	}
	return c.noRun(path, names...)
}

// noStore is the error about a store that has no run yet: it says where runs are, or how to make one.
func (c *cli) noStore(store string) error {
	switch place, run := record.Locate(store); place {
	case record.RunDir:
		return fmt.Errorf("%s is the directory of a run: want a store, in which it is WORKLOAD/TIME", store)
	case record.RunsDir:
		return fmt.Errorf("%s has the runs of one workload: want the store that it is in, %s", store, filepath.Dir(filepath.Clean(store)))
	case record.StoreDir: // its latest link is missing
		return fmt.Errorf("%s does not say which of its runs is the latest: name one, such as %s", store, run)
	case record.OtherFile, record.RunFile:
		return fmt.Errorf("%s is a file: want a store, the directory with the files of runs", store)
	}
	if above, ok := storeAbove(); ok {
		return fmt.Errorf("%s has no run yet, but %s does: want --store %[2]s, or to go there", store, program.Quote(above))
	}
	return fmt.Errorf("%s has no run yet; this makes one here:\n  %s", store, c.firstRun())
}

// storeAbove returns the path of a store of the usual name in a directory above.
func storeAbove() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for up := ".."; dir != filepath.Dir(dir); up, dir = filepath.Join(up, ".."), filepath.Dir(dir) {
		path := filepath.Join(up, "store")
		if place, _ := record.Locate(path); place == record.StoreDir {
			return path, true
		}
	}
	return "", false
}

// firstRun returns a command that makes a run where the user is.
func (c *cli) firstRun() string {
	first := challenge.All()[0]
	if _, err := program.Root(); err == nil {
		return c.name + " challenge " + first.ID
	}
	if _, err := program.Beside(first.Dir); err == nil {
		return c.name + " challenge " + first.ID
	}
	if _, err := os.Stat("go.mod"); err == nil {
		return c.name + " challenge ID --bin ."
	}
	return c.name + " demo"
}
