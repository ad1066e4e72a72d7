package record

import (
	"os"
	"path/filepath"

	"glomers/internal/disk"
)

// Resolve returns the path of what path means. That is path itself, except where store/latest or store/current is a text
// file instead of a symbolic link: then it is the path of the run that the text names, or of the file of that run, as in
// store/latest/history.jsonl.
func Resolve(path string) string {
	if dir, ok := behind(path); ok {
		return dir
	}
	if dir, ok := behind(filepath.Dir(path)); ok {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// behind returns the directory of a run that a text file names.
func behind(path string) (string, bool) {
	name := filepath.Base(path)
	if name != "latest" && name != "current" {
		return "", false
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	store, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return "", false
	}
	defer store.Close() // it was only read
	target, err := disk.Target(store, name)
	if err != nil {
		return "", false
	}
	dir := filepath.Join(filepath.Dir(path), target)
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}
