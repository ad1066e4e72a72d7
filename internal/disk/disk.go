// Package disk writes files as a whole and reads files within limits, in directories where others may write, too: a node
// knows the directory of its run, and may put links, pipes and directories in the place of our files.
//
// Content is written to a new file beside the old one, and the new file then replaces the old one. A full disk, or the end
// of this process, therefore leaves the old file or no file, but never a part of a file. A link is replaced, not followed.
//
// Only regular files are read: opening a pipe would wait for its other end, and opening a device may have any effect.
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

// Replace writes the file called name in a directory. It replaces anything that has this name, except a directory.
func Replace(dir *os.Root, name string, write func(io.Writer) error) error {
	return replace(dir, name, 0o644, write)
}

// ReplaceBytes replaces a file by one with the given content.
func ReplaceBytes(dir *os.Root, name string, content []byte) error {
	return Replace(dir, name, func(w io.Writer) error { _, err := w.Write(content); return err })
}

// WriteFile writes a file that a user has named. Unlike Replace, it follows links, keeps the permissions of an existing
// file, and writes directly to anything that is not a regular file, such as /dev/stdout.
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
	defer dir.Close() // the file is complete by then
	return replace(dir, filepath.Base(file), perm, func(w io.Writer) error { _, err := w.Write(content); return err })
}

func replace(dir *os.Root, name string, perm fs.FileMode, write func(io.Writer) error) error {
	var f *os.File
	return replaceBy(dir, name, func(temporary string) (err error) {
		f, err = dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		return err
	}, func() error {
		err := write(f)
		if err == nil {
			err = f.Sync() // some file systems check for space only now; and without Sync, a power failure could leave the new name with old or no content
		}
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		return err
	})
}

// replaceBy has create create a file under an unpredictable name in the same directory, fills the file, and renames it to name.
func replaceBy(dir *os.Root, name string, create func(temporary string) error, fill func() error) error {
	temporary, err := "", fs.ErrExist
	for errors.Is(err, fs.ErrExist) {
		temporary = path.Join(path.Dir(name), "."+path.Base(name)+"-"+strconv.FormatUint(rand.Uint64(), 36))
		err = create(temporary)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err = fill(); err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		_ = dir.Remove(temporary) // the first error counts
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
