package starter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"glomers/internal/wording"
)

// Write writes the files into dir, which it makes if it does not exist. It makes all of them or none.
func (p *Project) Write(dir string) (err error) {
	var there []string
	for _, f := range p.Files {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(f.Path))); err == nil {
			there = append(there, f.Path)
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("%s has %s already, so nothing was made: choose another directory", dir, wording.And(there))
	}
	var made []string // in the order in which they were made
	defer func() {
		if err == nil {
			return
		}
		for _, path := range slices.Backward(made) {
			_ = os.Remove(path) // the first error is reported
		}
	}()
	for _, f := range p.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		for _, parent := range missing(filepath.Dir(path)) {
			if err := os.Mkdir(parent, 0o755); err != nil {
				return err
			}
			made = append(made, parent)
		}
		mode := fs.FileMode(0o644)
		if f.Executable {
			mode = 0o755
		}
		out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return err
		}
		made = append(made, path)
		_, err = out.Write(f.Data)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	return nil
}

// missing returns dir and its parents, as far as they do not exist, the topmost first.
func missing(dir string) (dirs []string) {
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			slices.Reverse(dirs)
			return dirs
		}
		dirs = append(dirs, dir)
		dir = filepath.Dir(dir)
	}
}
