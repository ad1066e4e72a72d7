package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// maxTarget is more than a path in a store has, in bytes.
const maxTarget = 4 << 10

// Point makes name in a directory lead to target, a path below the directory. It replaces anything that has this name, except
// a directory. The name leads somewhere at all times.
//
// The name becomes a symbolic link. Where links cannot be made, as on some file systems, it becomes a text file that holds the
// target. So it does on Windows, where making links is a privilege, and where a link to a directory cannot be replaced.
func Point(dir *os.Root, target, name string) error {
	if runtime.GOOS == "windows" {
		return pointByText(dir, target, name)
	}
	err := replaceBy(dir, name, func(temporary string) error { return dir.Symlink(target, temporary) }, func() error { return nil })
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		return pointByText(dir, target, name)
	}
	return err
}

func pointByText(dir *os.Root, target, name string) error {
	return ReplaceBytes(dir, name, []byte(filepath.ToSlash(target)+"\n"))
}

// Target returns where Point has made name lead to, relative to the directory.
func Target(dir *os.Root, name string) (string, error) {
	info, err := dir.Lstat(name)
	if err != nil {
		return "", err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return dir.Readlink(name)
	}
	text, err := Read(dir, name, maxTarget)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	target := filepath.FromSlash(strings.TrimRight(string(text), "\r\n"))
	if !filepath.IsLocal(target) || strings.ContainsAny(target, "\r\n\x00") {
		return "", fmt.Errorf("%s: it does not hold a path below its directory", name)
	}
	return target, nil
}
