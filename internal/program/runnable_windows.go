package program

import (
	"io/fs"
	"os"
)

// withExtension finds the file that a path without its extension means, such as bin\echo for bin\echo.exe.
func withExtension(path string) (found string, ok bool) {
	for _, extension := range windowsPrograms {
		if info, err := os.Stat(path + extension); err == nil && info.Mode().IsRegular() {
			return path + extension, true
		}
	}
	return "", false
}

// runnable returns an error unless the system can run the file.
func runnable(path string, _ fs.FileInfo) error { return runnableOnWindows(path) }
