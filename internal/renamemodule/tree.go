package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"glomers/internal/disk"
)

// A tree is the text files of a module and of the modules nested in it, by their paths with slashes.
type tree struct {
	root  string
	names []string // sorted
	texts map[string]string
}

// readTree reads the files that git knows or would know; without git, all files.
func readTree(root string) (tree, error) {
	t := tree{root: root, texts: make(map[string]string)}
	names, err := gitFiles(root)
	if errors.Is(err, errNoGit) {
		names, err = allFiles(root)
	}
	if err != nil {
		return t, err
	}
	slices.Sort(names)
	for _, name := range names {
		file := filepath.Join(root, filepath.FromSlash(name))
		info, err := os.Lstat(file)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue // removed, but not yet in a commit; or a link
		}
		if err != nil {
			return t, err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return t, err
		}
		if utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 {
			t.names = append(t.names, name)
			t.texts[name] = string(text)
		}
	}
	return t, nil
}

var errNoGit = errors.New("no git repository")

// git returns what a git command prints in the root of a repository.
func git(root string, args ...string) (string, error) {
	top, err := exec.Command("git", "-C", root, "rev-parse", "--show-prefix").Output()
	if err != nil || strings.TrimSpace(string(top)) != "" { // the root of another repository is above
		return "", errNoGit
	}
	out, err := exec.Command("git", append([]string{"-C", root}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

func gitFiles(root string) ([]string, error) {
	out, err := git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(out, func(r rune) bool { return r == 0 }), nil
}

func allFiles(root string) (names []string, err error) {
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// packages returns the directories of the root that have packages or modules below them.
func (t tree) packages() map[string]bool {
	top := make(map[string]bool)
	for _, name := range t.names {
		if base := path.Base(name); strings.HasSuffix(base, ".go") || base == "go.mod" {
			if first, _, nested := strings.Cut(name, "/"); nested {
				top[first] = true
			}
		}
	}
	return top
}

// A place is a line of a file.
type place struct {
	name string
	line int
}

// rename returns the files that a renaming changes, and the places where the old path was.
func (t tree) rename(from, to string) (changed tree, places []place) {
	r := renaming{old: from, new: to, top: t.packages()}
	changed = tree{root: t.root, texts: make(map[string]string)}
	for _, name := range t.names {
		text, lines := r.file(name, t.texts[name])
		for _, line := range lines {
			places = append(places, place{name, line})
		}
		if text != t.texts[name] {
			changed.names = append(changed.names, name)
			changed.texts[name] = text
		}
	}
	return changed, places
}

// owned returns the lines of documents and configurations in which OWNER stands for whoever publishes.
func (t tree) owned() (places []place) {
	for _, name := range t.names {
		if path.Ext(name) == ".go" {
			continue // it says so of the documents
		}
		line := 0
		for text := range strings.Lines(t.texts[name]) {
			if line++; strings.Contains(text, "OWNER/") {
				places = append(places, place{name, line})
			}
		}
	}
	return places
}

// sortModFiles puts the requirements of each go.mod in the order of their paths, as the go command does.
func sortModFiles(t tree) (err error) {
	for _, name := range t.names {
		if path.Base(name) != "go.mod" {
			continue
		}
		if t.texts[name], err = editMod(t.texts[name], "-fmt"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// write writes the files of a tree. If one cannot be written, write puts back what the files were before.
func write(changed, before tree) error {
	put := func(t tree, name string) error {
		return disk.WriteFile(filepath.Join(t.root, filepath.FromSlash(name)), []byte(t.texts[name]))
	}
	for i, name := range changed.names {
		err := put(changed, name)
		if err == nil {
			continue
		}
		for _, written := range changed.names[:i] {
			if back := put(before, written); back != nil {
				return fmt.Errorf("%w; and %w: some files are renamed, and some are not: git restore takes the changes back", err, back)
			}
		}
		return fmt.Errorf("%w: nothing is changed", err)
	}
	return nil
}
