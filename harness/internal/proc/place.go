package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"glomers/internal/environ"
	"glomers/internal/tempdir"
)

// A Place is what the programs of a run find around them: the environment, and where they run. Each runs in a directory of its own, unless
// it was said where all of them run.
type Place struct {
	env  environ.Environment
	user string // where this process is
	dir  string // where all programs run; "" if each has a directory of its own

	mu   sync.Mutex
	root string       // has the programs' own directories; "" if there are none yet
	temp *tempdir.Dir // root, if it is ours to remove
}

// NewPlace returns a Place with the variables that are environ.Passed and those of extra; see environ.New. With dir "", each
// program runs in a directory of its own.
func NewPlace(extra []string, dir string) (*Place, error) {
	user, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	p := &Place{user: user}
	if p.env, err = environ.New(os.Environ(), extra, user); err != nil {
		return nil, err
	}
	if dir == "" {
		return p, nil
	}
	if p.dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	info, err := os.Stat(p.dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", p.dir)
	}
	if err != nil {
		return nil, fmt.Errorf("working directory: %w", err)
	}
	return p, nil
}

// Settle has the programs' own directories made in root, which need not be there yet and stays. Without it they are
// made in a temporary directory, which Close removes.
func (p *Place) Settle(root string) error {
	var err error
	p.root, err = filepath.Abs(root)
	return err
}

// Dir returns where all programs run; "" if each has a directory of its own.
func (p *Place) Dir() string { return p.dir }

// Variables returns the names of the variables that programs get, ordered.
func (p *Place) Variables() []string { return p.env.Names() }

// Command returns the command that runs a program as the one of that name, which is the name of its directory, too. env is added to the environment.
func (p *Place) Command(name, path string, args []string, env ...string) (Command, error) {
	dir, err := p.own(name)
	if err != nil {
		return Command{}, err
	}
	return Command{Name: name, Path: path, Args: p.Args(args), Env: append(append([]string{}, p.env.Vars...), env...), Dir: dir}, nil
}

// own returns where a program runs. Its own directory is kept if it runs again.
func (p *Place) own(name string) (string, error) {
	if p.dir != "" {
		return p.dir, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.root == "" {
		temp, err := tempdir.New()
		if err != nil {
			return "", fmt.Errorf("a directory for nodes to run in: %w: set TMPDIR to a directory that is there, or say where they run, with --cwd", err)
		}
		p.root, p.temp = temp.Path, temp
	}
	dir := filepath.Join(p.root, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("a directory for nodes to run in: %w", err)
	}
	return dir, nil
}

// Discard removes a program's own directory, which it needs no more.
func (p *Place) Discard(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dir != "" || p.root == "" {
		return nil
	}
	return tempdir.RemoveAll(filepath.Join(p.root, name))
}

// Close removes the programs' own directories if they are temporary, and else those in which nothing was left.
func (p *Place) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.root == "" {
		return nil
	}
	if p.temp != nil {
		p.root = ""
		return p.temp.Remove()
	}
	dirs, err := os.ReadDir(p.root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, d := range dirs {
		_ = os.Remove(filepath.Join(p.root, d.Name())) // fails if there is something in it
	}
	_ = os.Remove(p.root)
	return nil
}

// Args returns the arguments as a program gets them. One that does not run where the user is would not find what the user names from there, so
// a path becomes absolute: an argument with a slash in it that leads to something, or with a dot in it that is the name of a
// file. Any other word may mean something else. Whoever says where programs run gives arguments from there, so they stay as they are.
func (p *Place) Args(args []string) []string {
	if p.dir != "" {
		return args
	}
	absolute := append([]string{}, args...)
	for i, a := range args {
		if p.isPath(a) {
			// Not cleaned: behind a link, .. leads elsewhere.
			absolute[i] = filepath.Clean(p.user) + string(filepath.Separator) + strings.TrimPrefix(a, "."+string(filepath.Separator))
		}
	}
	return absolute
}

func (p *Place) isPath(arg string) bool {
	if filepath.IsAbs(arg) || strings.HasPrefix(arg, "-") || !strings.ContainsAny(arg, "./"+string(filepath.Separator)) {
		return false
	}
	info, err := os.Stat(filepath.Join(p.user, arg))
	switch {
	case err != nil:
		return false
	case arg == "." || arg == "..", strings.ContainsAny(arg, "/"+string(filepath.Separator)):
		return true
	}
	return !info.IsDir()
}
