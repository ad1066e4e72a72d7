package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"glomers/internal/disk"
)

// A Run is the directory of a run: one of ours, or one of Maelstrom's. Nothing outside of it can be reached through it, and a file is opened only if it
// is a regular one: nodes may have put anything there, and a pipe would be waited for.
type Run struct {
	dir  string
	root *os.Root
}

// Open opens the directory of a run; see Resolve.
func Open(dir string) (*Run, error) {
	dir = Resolve(dir)
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() { // a pipe would be waited for
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Run{dir, root}, nil
}

// Close closes the directory.
func (r *Run) Close() error { return r.root.Close() }

// Dir returns the path that Open was given, resolved.
func (r *Run) Dir() string { return r.dir }

// Root returns the directory itself, until Close.
func (r *Run) Root() *os.Root { return r.root }

// File opens a file of the run for reading.
func (r *Run) File(name string) (*os.File, error) {
	f, err := disk.Open(r.root, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(r.dir, name), err)
	}
	return f, nil
}

// What is read of files that may hold anything, in bytes. What these say takes some thirty times that much memory.
const (
	maxMeta    = 8 << 20
	MaxResults = 8 << 20 // of a results.json or a results.edn
)

// Meta returns what test.json says. The error is fs.ErrNotExist if there is none, as in Maelstrom's directories.
func (r *Run) Meta() (m Meta, err error) {
	f, err := r.File("test.json")
	if err != nil {
		return m, err
	}
	defer f.Close()
	text, err := disk.ReadAll(f, maxMeta)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(r.dir, "test.json"), err)
	}
	return m, nil
}

// IsOurs reports whether there is a test.json, or something in its place.
func (r *Run) IsOurs() bool {
	_, err := r.root.Lstat("test.json")
	return err == nil
}

// Unfinished reports whether this is a run of ours that has no results: it goes on, or was killed, or the disk was full.
func (r *Run) Unfinished() bool {
	if info, err := r.root.Stat("test.json"); err != nil || info.Size() == 0 {
		return false
	}
	info, err := r.root.Stat("results.json")
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// Results returns the text of results.json. The error is fs.ErrNotExist if there is none.
func (r *Run) Results() ([]byte, error) {
	f, err := r.File("results.json")
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	text, err := disk.ReadAll(f, MaxResults)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(r.dir, "results.json"), err)
	}
	return text, nil
}

// HistoryNames returns the names that a history has in the directory of a run, the best first.
func HistoryNames() []string {
	return []string{"history.jsonl", "history.edn", "history.jsonl.gz", "history.edn.gz"}
}

// HistoryName returns the name of the history; "" if there is none.
func (r *Run) HistoryName() string {
	for _, name := range HistoryNames() {
		if _, err := r.root.Lstat(name); err == nil { // a link that leads nowhere is an error of its reader
			return name
		}
	}
	return ""
}
