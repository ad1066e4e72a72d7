package program

import (
	"fmt"
	"os"
	"path/filepath"

	"glomers/internal/module"
)

// Root returns the root of this repository, found from the working directory upwards.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if IsRoot(dir) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside the glomers repository: want a directory below a go.mod with module %s", start, module.Path())
		}
	}
}

// Inside reports whether a directory, which need not exist, belongs to the module glomers.
func Inside(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || dir == filepath.Dir(dir) {
			return IsRoot(dir)
		}
	}
}

// IsRoot reports whether dir is the root of the module glomers.
func IsRoot(dir string) bool {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && module.Declared(string(mod)) == module.Path()
}
