// Package state keeps small files about somebody's work beside the store of their runs, and nowhere else: the hints that they have had,
// and the challenges that they have passed.
package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"glomers/internal/disk"
	"glomers/internal/flock"
)

const (
	name     = ".glomers"
	maxBytes = 1 << 20
	lockName = "lock"
)

// A Dir is the directory of such files.
type Dir string

// Beside returns the directory beside a store. It need not exist.
func Beside(store string) Dir { return Dir(filepath.Join(filepath.Dir(filepath.Clean(store)), name)) }

// Path returns the path of a file.
func (d Dir) Path(file string) string { return filepath.Join(string(d), file) }

// Read returns the content of a file. The error is fs.ErrNotExist if there is none.
func (d Dir) Read(file string) ([]byte, error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, err
	}
	defer root.Close() // it was only read
	return disk.Read(root, file, maxBytes)
}

// Write writes a file whole, or leaves it as it was.
func (d Dir) Write(file string, content []byte) error {
	root, err := d.open()
	if err != nil {
		return err
	}
	defer root.Close() // the file is complete by then
	return disk.ReplaceBytes(root, file, content)
}

// Rename renames a file.
func (d Dir) Rename(file, to string) error {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return err
	}
	defer root.Close() // the rename is complete by then
	return root.Rename(file, to)
}

// Locked calls f while no other process, and no other call, is in Locked for the same directory.
func (d Dir) Locked(f func() error) error {
	root, err := d.open()
	if err != nil {
		return err
	}
	defer root.Close() // nothing was written
	lock, err := root.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close() // nothing was written
	if err := flock.Lock(lock); err != nil {
		return fmt.Errorf("%s: %w", d.Path(lockName), err)
	}
	return errors.Join(f(), flock.Unlock(lock))
}

// open opens the directory, and makes it if need be. Git ignores it: it is nobody else's.
func (d Dir) open() (*os.Root, error) {
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, err
	}
	if _, err := root.Lstat(".gitignore"); errors.Is(err, fs.ErrNotExist) {
		err = disk.ReplaceBytes(root, ".gitignore", []byte("*\n"))
		if err != nil {
			_ = root.Close() // nothing was written
			return nil, err
		}
	}
	return root, nil
}
