package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"glomers/internal/tempdir"
)

// A Builder makes the programs that tests run. Its zero value is ready for use by one goroutine.
type Builder struct {
	Debug bool // build for a debugger: without optimisations and inlining
	Quick bool // leave out what only debuggers and users of version control want to know: linking takes less time

	temp  *tempdir.Dir      // the built programs, each in its own directory; nil before the first
	built map[string]string // by source directory
}

// Close removes the built programs.
func (b *Builder) Close() {
	if b.temp != nil {
		_ = b.temp.Remove()
	}
}

// Go runs the go command in a directory, together with all that it starts, and writes their output to out.
func (b *Builder) Go(ctx context.Context, dir string, out io.Writer, args ...string) error {
	temp, err := b.tempDir()
	if err != nil {
		return err
	}
	_, err = Run(ctx, dir, out, "go", args, "GOTMPDIR="+temp) // the go command leaves files behind if it is killed
	return err
}

// tempDir returns the directory for the built programs. It makes the directory at the first call, as there may be nothing to
// build.
func (b *Builder) tempDir() (string, error) {
	if b.temp == nil {
		temp, err := tempdir.New()
		if err != nil {
			return "", fmt.Errorf("no directory for what is built: %w: set %s to one that is there and can be written to", err, tempdir.Variable())
		}
		b.temp = temp
	}
	return b.temp.Path, nil
}

// Program returns the absolute path of the executable for path, which may be an executable, the directory of a Go main
// package, or the name of a program on PATH or of a solution beside this program.
func (b *Builder) Program(ctx context.Context, path string) (string, error) {
	if path == "" {
		return "", errors.New("no node given: want --bin with an executable or the directory of a Go program")
	}
	name := path
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("--bin: %w", err)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if found, ok := withExtension(path); ok {
			return found, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(name) == name {
		if found, err := exec.LookPath(name); err == nil {
			return filepath.Abs(found)
		}
		if found, err := Beside(name); err == nil {
			return found, nil
		}
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("--bin: %w", err)
	case info.IsDir():
		return b.build(ctx, path)
	}
	if err := runnable(path, info); err != nil {
		return "", fmt.Errorf("--bin: %w", err)
	}
	return path, nil
}

// build compiles the main package in dir. Its errors contain the output of the compiler.
func (b *Builder) build(ctx context.Context, dir string) (string, error) {
	if done := b.built[dir]; done != "" {
		return done, nil
	}
	temp, err := b.tempDir()
	if err != nil {
		return "", fmt.Errorf("cannot build %s: %w", dir, err)
	}
	into, err := os.MkdirTemp(temp, "")
	if err != nil {
		return "", fmt.Errorf("cannot build %s: %w", dir, err)
	}
	var out strings.Builder
	args := []string{"build", "-o", into + string(filepath.Separator)}
	if b.Debug {
		args = append(args, "-gcflags=all=-N -l")
	}
	if b.Quick {
		args = append(args, "-ldflags=-w", "-buildvcs=false")
	}
	if err := b.Go(ctx, dir, &out, append(args, ".")...); err != nil {
		if ctx.Err() != nil {
			return "", ErrInterrupted
		}
		return "", fmt.Errorf("go build in %s: %w\n%s", dir, err, strings.TrimRight(out.String(), "\n"))
	}
	made, err := os.ReadDir(into)
	if err != nil || len(made) != 1 {
		return "", fmt.Errorf("go build in %s made %d files, want one program: %w", dir, len(made), err)
	}
	if b.built == nil {
		b.built = make(map[string]string)
	}
	b.built[dir] = filepath.Join(into, made[0].Name())
	return b.built[dir], nil
}
