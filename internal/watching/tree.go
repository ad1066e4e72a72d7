// Package watching has what is needed to run the challenges again whenever the source of a node changes: the files of the source, the
// order of the challenges, and the loop.
package watching

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	maxFiles = 20_000   // in a tree
	maxRead  = 16 << 20 // bytes; of larger files only the size and the time count
)

// outputs are the names of directories that hold no source: what is built, downloaded or written by runs.
var outputs = []string{"__pycache__", "build", "dist", "node_modules", "out", "store", "target"}

// IsOutput reports whether directories of this name hold no source.
func IsOutput(name string) bool {
	return slices.Contains(outputs, name) || strings.HasPrefix(name, ".") && name != "." && name != ".."
}

// byproducts are the ends of the names of files that compilers and editors write beside the source.
var byproducts = []string{"~", ".class", ".exe", ".o", ".pyc", ".swp", ".tmp"}

// A Tree is the files below a directory, or a single file, at one time. Hidden files, links and what is built are not in it.
type Tree struct {
	root  string
	files map[string]file // by path below root; that of a single file is "."
}

type file struct {
	modified time.Time
	size     int64
	sum      [sha256.Size]byte // of the content
}

// Scan reads the tree below root. A file that has the time and the size that it had before is not read again.
func Scan(root string, before Tree) (Tree, error) {
	t := Tree{root: root, files: make(map[string]file)}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			if path != root && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
				return nil // it is gone already, or not for us
			}
			return err
		}
		name := e.Name()
		switch {
		case path == root:
			if e.IsDir() {
				return nil
			}
		case e.IsDir() && IsOutput(name):
			return fs.SkipDir
		case e.IsDir() || !e.Type().IsRegular() || strings.HasPrefix(name, "."):
			return nil
		case slices.ContainsFunc(byproducts, func(end string) bool { return strings.HasSuffix(name, end) }):
			return nil
		}
		if len(t.files) == maxFiles {
			return fmt.Errorf("watching: there are more than %d files below %s: name the directory of the source", maxFiles, root)
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return fmt.Errorf("watching: %w", err)
		}
		f, err := look(path, before.files[below])
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
			return nil
		case err != nil:
			return fmt.Errorf("watching: %w", err)
		}
		t.files[below] = f
		return nil
	})
	if err != nil && !strings.HasPrefix(err.Error(), "watching: ") {
		err = fmt.Errorf("watching: %w", err)
	}
	return t, err
}

// look returns the state of a file.
func look(path string, before file) (file, error) {
	info, err := os.Stat(path)
	if err != nil {
		return file{}, err
	}
	now := file{modified: info.ModTime(), size: info.Size()}
	if now.size == before.size && now.modified.Equal(before.modified) {
		return before, nil
	}
	if now.size > maxRead {
		now.sum = sha256.Sum256(fmt.Append(nil, now.size, now.modified.UnixNano()))
		return now, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return file{}, err
	}
	defer f.Close() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxRead)); err != nil {
		return file{}, err
	}
	h.Sum(now.sum[:0])
	return now, nil
}

// Len returns the number of files.
func (t Tree) Len() int { return len(t.files) }

// Changed returns the paths of the files that are new in t, gone, or of another content than before, sorted.
func (t Tree) Changed(before Tree) []string {
	var changed []string
	for path, f := range t.files {
		if old, ok := before.files[path]; !ok || old.sum != f.sum {
			changed = append(changed, path)
		}
	}
	for path := range before.files {
		if _, ok := t.files[path]; !ok {
			changed = append(changed, path)
		}
	}
	slices.Sort(changed)
	for i, path := range changed {
		if path == "." {
			changed[i] = filepath.Base(t.root)
		}
	}
	return changed
}

// Sum returns a digest of the paths and the contents of all files.
func (t Tree) Sum() string {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(t.files)) {
		sum := t.files[path].sum
		fmt.Fprintf(h, "%q %x\n", filepath.ToSlash(path), sum)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
