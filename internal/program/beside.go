package program

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"glomers/internal/module"
)

// Beside returns the path of a solution that lies in the directory of this program, as in an unpacked release. name is the
// directory of the solution in the repository.
func Beside(name string) (string, error) {
	program, err := os.Executable()
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		return "", fmt.Errorf("program: %w", err)
	}
	return solutionIn(filepath.Dir(program), name)
}

// solutionIn returns the path of a solution in dir. A file of the same name that is something else, such as echo in /usr/bin,
// is not taken for it: the go command recorded in the solution from which package it was built.
func solutionIn(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("program: no solution %s beside this program: %w", name, err)
	}
	if want := module.Path() + "/" + name; info.Path != want {
		return "", fmt.Errorf("program: %s was built from %s: want %s", path, info.Path, want)
	}
	return path, nil
}
