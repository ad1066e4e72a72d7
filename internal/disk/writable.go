package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Writable returns an error if WriteFile cannot write the file: so that a long work need not end with that error. It leaves
// the file as it is.
func Writable(file string) error {
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory: want a file", file)
	case err == nil && !info.Mode().IsRegular():
		return nil // only writing would show it
	case err == nil:
		if file, err = filepath.EvalSymlinks(file); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".writable-*")
	if err != nil {
		return fmt.Errorf("no file can be made in %s: %w", filepath.Dir(file), err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
