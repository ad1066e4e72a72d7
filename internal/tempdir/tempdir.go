// Package tempdir makes temporary directories that do not pile up. A process that is killed cannot remove its own directory.
// The next process removes it; a lock tells it that the owner is gone.
package tempdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// prefix begins the names of all such directories. A directory with this prefix that is not locked may be removed.
const prefix = "glomers-tmp-"

// Variable returns the name of the environment variable that says where temporary directories are made.
func Variable() string {
	if runtime.GOOS == "windows" {
		return "TMP"
	}
	return "TMPDIR"
}

// keep is a file that marks a directory not to be removed.
const keep = ".keep"

// A Dir is a temporary directory of this process.
type Dir struct {
	Path string
	lock *os.File // the directory, locked until this process ends; nil if locking is impossible
}

// New makes a directory. Once per process and location, it first removes the directories that other processes have left
// there.
func New() (*Dir, error) {
	sweepOnce(os.TempDir())
	for {
		path, err := os.MkdirTemp("", prefix)
		if err != nil {
			return nil, err
		}
		lock, err := lock(path, true)
		if err == errSwept { // another process removed it between MkdirTemp and lock
			continue
		}
		// If the file system does not support locks, other processes cannot lock the directory either and do not remove it.
		return &Dir{path, lock}, nil
	}
}

// Remove removes the directory and everything in it.
func (d *Dir) Remove() error {
	err := RemoveAll(d.Path)
	d.unlock()
	return err
}

// Keep lets the directory outlive this process.
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

var swept sync.Map // the locations that this process has swept

func sweepOnce(root string) {
	if _, done := swept.LoadOrStore(root, true); !done {
		sweep(root)
	}
}

// sweep removes the directories in root whose processes are gone. It ignores errors, as nobody is there to be told.
func sweep(root string) {
	found, err := filepath.Glob(filepath.Join(escape(root), prefix+"*"))
	if err != nil {
		return
	}
	for _, path := range found {
		lock, err := lock(path, false)
		if err != nil {
			continue // its process is alive, or the directory belongs to another user
		}
		if _, err := os.Lstat(filepath.Join(path, keep)); os.IsNotExist(err) {
			_ = RemoveAll(path)
		}
		_ = lock.Close() // nothing was written
	}
}

// escape returns a glob pattern that matches only the path.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// RemoveAll removes a directory and everything in it, even if a program has removed the permissions that this needs. It does
// not follow links.
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
