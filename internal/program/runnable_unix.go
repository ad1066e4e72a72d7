//go:build unix

package program

import (
	"fmt"
	"io/fs"
)

// withExtension finds nothing: the name of an executable is the name of its file.
func withExtension(string) (found string, ok bool) { return "", false }

// runnable returns an error unless the system can run the file.
func runnable(path string, info fs.FileInfo) error {
	if info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s is not executable: want an executable (see chmod +x) or the directory of a Go program", path)
	}
	return nil
}
