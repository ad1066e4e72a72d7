// Package tempdir makes temporary directories that do not pile up. A process that is killed cannot remove its own, so the next one
// does, which knows by a lock whose process is gone.
package tempdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// prefix is what the names of all such directories begin with. Whatever is called so and not locked may be removed.
const prefix = "glomers-tmp-"

// keep is a file in a directory that is not to be removed.
const keep = ".keep"

// A Dir is a temporary directory of this process.
type Dir struct {
	Path string
	lock *os.File // the directory, locked until this process ends; nil where that cannot be
}

// New makes a directory. First it removes those that others have left in the same place, once in a process.
func New() (*Dir, error) {
	sweepOnce(os.TempDir())
	for {
		path, err := os.MkdirTemp("", prefix)
		if err != nil {
			return nil, err
		}
		lock, err := lock(path, true)
		if err == errSwept { // between the two lines above
			continue
		}
		// Without a lock, for want of such in this file system, nobody else gets one either, and it is not swept.
		return &Dir{path, lock}, nil
	}
}

// Remove removes the directory and all that is in it.
func (d *Dir) Remove() error {
	err := RemoveAll(d.Path)
	d.unlock()
	return err
}

// Keep has the directory stay when this process has ended.
func (d *Dir) Keep() error {
	err := os.WriteFile(filepath.Join(d.Path, keep), nil, 0o644)
	d.unlock()
	return err
}

func (d *Dir) unlock() {
	if d.lock != nil {
		_ = d.lock.Close() // nothing was written
	}
}

var swept sync.Map // which directories this process has swept

func sweepOnce(root string) {
	if _, done := swept.LoadOrStore(root, true); !done {
		sweep(root)
	}
}

// sweep removes the directories in root whose processes are gone. What cannot be removed stays, for want of somebody to tell.
func sweep(root string) {
	found, err := filepath.Glob(filepath.Join(escape(root), prefix+"*"))
	if err != nil {
		return
	}
	for _, path := range found {
		lock, err := lock(path, false)
		if err != nil {
			continue // its process lives, or it is not ours
		}
		if _, err := os.Lstat(filepath.Join(path, keep)); os.IsNotExist(err) {
			_ = RemoveAll(path)
		}
		_ = lock.Close() // nothing was written
	}
}

// escape returns a pattern that matches the path only.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// RemoveAll removes a directory and all that is in it, also if a program took the rights away that this needs. Links are not followed.
func RemoveAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, _ error) error {
		if e != nil && e.IsDir() {
			_ = os.Chmod(path, 0o700) // if it helps
		}
		return nil
	})
	return os.RemoveAll(dir)
}
