package readme

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Library holds all documents of the repository, by path.
type Library struct {
	Root      string // the directory of the repository
	Documents map[string]Document
}

// Read reads all Markdown files beneath root. It skips hidden directories and the directories store, bin and testdata, whose
// contents are generated.
func Read(root string) (Library, error) {
	l := Library{root, make(map[string]Document)}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root &&
			(strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"store", "bin", "testdata", "node_modules"}, entry.Name())) {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		l.Documents[rel] = Parse(rel, string(text))
		return nil
	})
	if err != nil {
		return l, fmt.Errorf("readme: %w", err)
	}
	return l, nil
}

// Sorted returns the documents in the order of their paths.
func (l Library) Sorted() []Document {
	var all []Document
	for _, name := range slices.Sorted(maps.Keys(l.Documents)) {
		all = append(all, l.Documents[name])
	}
	return all
}

var (
	elsewhere = regexp.MustCompile(`^(?:[a-z][a-z0-9+.-]*:|//)`)
	lineRange = regexp.MustCompile(`^L(\d+)(?:-L(\d+))?$`)
)

// CheckLink returns an error if the target of a link in d does not exist; it does not check links to other sites.
func (l Library) CheckLink(d Document, target string) error {
	if elsewhere.MatchString(target) {
		return nil
	}
	name, anchor, _ := strings.Cut(target, "#")
	to := d.Path
	if name != "" {
		to = path.Join(path.Dir(d.Path), name)
	}
	if to == ".." || strings.HasPrefix(to, "../") || strings.HasPrefix(name, "/") {
		return fmt.Errorf("readme: %s: it leads out of the repository", target)
	}
	if to == d.Path && anchor == "" && name == "" {
		return fmt.Errorf("readme: %q leads nowhere", target)
	}
	info, err := os.Stat(filepath.Join(l.Root, filepath.FromSlash(to)))
	if err != nil {
		return fmt.Errorf("readme: %s: %w", target, err)
	}
	if anchor == "" {
		return nil
	}
	if info.IsDir() {
		to = path.Join(to, "README.md") // a site shows this file for a directory
	}
	if other, ok := l.Documents[to]; ok {
		if !other.Anchors[anchor] {
			return fmt.Errorf("readme: %s: %s has no heading of that name", target, to)
		}
		return nil
	}
	return l.checkLines(to, anchor)
}

// checkLines returns an error if the file lacks the lines of an anchor such as L10-L20.
func (l Library) checkLines(name, anchor string) error {
	m := lineRange.FindStringSubmatch(anchor)
	if m == nil {
		return fmt.Errorf("readme: %s#%s: want a line, such as #L10", name, anchor)
	}
	text, err := os.ReadFile(filepath.Join(l.Root, filepath.FromSlash(name)))
	if err != nil {
		return fmt.Errorf("readme: %w", err)
	}
	lines := bytes.Count(text, []byte("\n"))
	for _, digits := range m[1:] {
		if n, err := strconv.Atoi(digits); err == nil && n > lines {
			return fmt.Errorf("readme: %s#%s: it has %d lines", name, anchor, lines)
		}
	}
	return nil
}
