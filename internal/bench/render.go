package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"glomers/internal/disk"
	"glomers/internal/results"
	"glomers/internal/wording"
)

// Render makes the charts beside the results and, if the results are the repository's own, the tables in its READMEs.
// Other tables are written to Text.
func (b *Bench) Render() error {
	l := library{dir: b.Out}
	files, err := l.charts()
	if err != nil {
		return err
	}
	if b.Out == filepath.Join(b.Root, Dir) {
		texts, err := l.readmes(b.Root)
		if err != nil {
			return err
		}
		files = append(files, texts...)
	} else if err := b.printTables(l); err != nil {
		return err
	}
	for _, f := range files {
		if old, err := os.ReadFile(f.path); err == nil && bytes.Equal(old, f.text) {
			continue // an unchanged file keeps its time
		}
		if err := disk.WriteFile(f.path, f.text); err != nil {
			return err
		}
	}
	return nil
}

// printTables writes the tables of the chosen sets that have been measured.
func (b *Bench) printTables(l library) error {
	for _, t := range tables() {
		if !slices.ContainsFunc(b.Sets, func(s Set) bool { return s.Name == t.set }) {
			continue
		}
		_, ok, err := l.set(t.set)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		text, err := t.text(l)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(b.Text, "\n%s\n\n%s", t.name, text); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(b.Text, "\nresults and charts: %s\n", b.Out)
	return err
}

// A library is a directory of results.
type library struct{ dir string }

// set returns the results with a name; false if there are none yet. Sets that Maelstrom would measure differently have the
// figures under --faithful, too.
func (l library) set(name string) (results.Set, bool, error) {
	s, ok, err := l.load(name)
	if ok && (name == "challenges" || name == "broadcast-frontier") {
		var faithful results.Set
		if faithful, _, err = l.load(faithfulSet); err == nil {
			s = addFaithful(s, faithful)
		}
	}
	return s, ok && err == nil, err
}

func (l library) load(name string) (results.Set, bool, error) {
	s, err := results.Load(l.dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	return s, err == nil, err
}

// A rendered is a file with the text that it should have.
type rendered struct {
	path string
	text []byte
}

// charts returns the charts of the sets that have been measured.
func (l library) charts() ([]rendered, error) {
	var files []rendered
	for name, draw := range drawings() {
		s, ok, err := l.set(name)
		if err != nil {
			return nil, err
		}
		if ok {
			files = append(files, rendered{filepath.Join(l.dir, name+".svg"), draw(s).SVG()})
		}
	}
	return files, nil
}

// readmes returns the READMEs of the repository that have tables, with the tables filled in.
func (l library) readmes(root string) ([]rendered, error) {
	var files []rendered
	for _, pattern := range []string{"README.md", "*/README.md", Dir + "/README.md"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			made, err := l.fill(text)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			if tablePlace.Match(text) {
				files = append(files, rendered{path, made})
			}
		}
	}
	return files, nil
}

// A table's place is between two marks, each on a line of its own.
var (
	tablePlace = regexp.MustCompile(`(?ms)^<!-- results ([a-z0-9-]+) -->\n.*?^<!-- /results -->$`)
	tableMark  = regexp.MustCompile(`(?m)^<!-- /?results\b`)
)

// fill puts the tables into a text.
func (l library) fill(text []byte) ([]byte, error) {
	places := len(tablePlace.FindAll(text, -1))
	if marks := len(tableMark.FindAll(text, -1)); marks != 2*places {
		return nil, fmt.Errorf("%d marks around tables, but %d tables: want <!-- results NAME --> and <!-- /results -->, each on a line of its own", marks, places)
	}
	var errs []error
	made := tablePlace.ReplaceAllFunc(text, func(place []byte) []byte {
		name := tablePlace.FindSubmatch(place)[1]
		table, err := l.table(string(name))
		errs = append(errs, err)
		return fmt.Appendf(nil, "<!-- results %s -->\n%s<!-- /results -->", name, table)
	})
	return made, errors.Join(errs...)
}

// table returns the table with a name.
func (l library) table(name string) (string, error) {
	var known []string
	for _, t := range tables() {
		if t.name == name {
			return t.text(l)
		}
		known = append(known, t.name)
	}
	return "", fmt.Errorf("no table is called %q: want %s", name, wording.Or(known))
}
