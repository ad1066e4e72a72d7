// Package disk writes files whole, and reads files within bounds, in directories where somebody else may write too: a node knows
// the directory of its run, and may put links, pipes and directories under the names of our files.
//
// What is written goes to a new file beside the old one, which it then replaces. So a full disk, or the end of this process,
// leaves the old file or none, never a part of one, and a link is replaced, not written through.
//
// What is read is a regular file: opening a pipe would wait for its other end, and a device may do anything.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strconv"
)

// Replace writes the file called name in a directory. It replaces whatever is there under that name, but for a directory.
func Replace(dir *os.Root, name string, write func(io.Writer) error) error {
	return replace(dir, name, 0o644, write)
}

// ReplaceBytes replaces a file by one with that content.
func ReplaceBytes(dir *os.Root, name string, content []byte) error {
	return Replace(dir, name, func(w io.Writer) error { _, err := w.Write(content); return err })
}

// WriteFile writes a file that a user has named. Unlike Replace it follows links, keeps the permissions of the file that is there,
// and writes to what is no regular file, such as /dev/stdout, as it is.
func WriteFile(file string, content []byte) error {
	perm := fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(file, content, 0o644)
		}
		perm = info.Mode().Perm()
		if file, err = filepath.EvalSymlinks(file); err != nil {
			return err
		}
	}
	dir, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer dir.Close() // nothing is written through it any more
	return replace(dir, filepath.Base(file), perm, func(w io.Writer) error { _, err := w.Write(content); return err })
}

func replace(dir *os.Root, name string, perm fs.FileMode, write func(io.Writer) error) error {
	f, temporary, err := create(dir, name, perm)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	err = write(f)
	if err == nil {
		err = f.Sync() // some file systems look for room only now; and without it, power could fail after the renaming and before the writing
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		_ = dir.Remove(temporary) // the first error counts
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// create makes a file beside the one called name.
func create(dir *os.Root, name string, perm fs.FileMode) (f *os.File, temporary string, err error) {
	for {
		temporary = beside(name)
		f, err = dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if !errors.Is(err, fs.ErrExist) {
			return f, temporary, err
		}
	}
}

// beside returns a name in the same directory that nobody can foresee.
func beside(name string) string {
	return path.Join(path.Dir(name), "."+path.Base(name)+"-"+strconv.FormatUint(rand.Uint64(), 36))
}

// Link makes the name in a directory a link to target. It replaces what is there, but for a directory, so that the name always leads somewhere.
func Link(dir *os.Root, target, name string) error {
	for {
		temporary := beside(name)
		err := dir.Symlink(target, temporary)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = dir.Rename(temporary, name)
		}
		if err != nil {
			_ = dir.Remove(temporary) // the first error counts
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
}
