package proc

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"glomers/internal/environ"
	"glomers/internal/tempdir"
)

// A Place holds the environment and the directories of a run's programs. Each program has a separate directory, in which it runs unless
// NewPlace was given a working directory for all.
type Place struct {
	env  environ.Environment
	user string // the working directory of this process, in which the user is
	dir  string // the working directory of all programs; "" if each has a separate one

	mu   sync.Mutex
	root string       // holds the separate directories; "" until the first is made
	temp *tempdir.Dir // root, if it is temporary
}

// NewPlace returns a Place with the variables environ.Passed and those of extra; see environ.New. With dir "", each program
// runs in a separate directory.
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

// VirtualTime are variables that tell a program that its time comes from the harness (docs/virtual-time.md). Python is also told to order
// its sets in the same way in each run.
var VirtualTime = []string{"GLOMERS_CLOCK=virtual", "PYTHONHASHSEED=0"}

// Settle makes root the parent of the separate directories. root need not exist yet, and Close does not remove it unless it is
// empty. Without Settle, the parent is a temporary directory, which Close removes.
func (p *Place) Settle(root string) error {
	var err error
	p.root, err = filepath.Abs(root)
	return err
}

// Dir returns the working directory of all programs; "" if each has a separate one.
func (p *Place) Dir() string { return p.dir }

// Variables returns the names of the variables that programs get, sorted.
func (p *Place) Variables() []string { return p.env.Names() }

// DataVariable names the directory in which a program keeps what must survive a kill: its separate directory.
const DataVariable = "GLOMERS_DATA"

// Command returns the command that runs a program under the given name, which is also the name of its directory. env is added
// to the environment.
func (p *Place) Command(name, path string, args []string, env ...string) (Command, error) {
	own, err := p.own(name)
	if err != nil {
		return Command{}, err
	}
	env = slices.Concat(p.env.Vars, []string{DataVariable + "=" + own}, env)
	return Command{Name: name, Path: path, Args: p.Args(args), Env: env, Dir: cmp.Or(p.dir, own)}, nil
}

// own returns the separate directory of a program, and makes it if it does not exist. A program that is started again gets the
// same directory.
func (p *Place) own(name string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.root == "" {
		temp, err := tempdir.New()
		if err != nil {
			return "", fmt.Errorf("a directory for the files of nodes: %w: set %s to a directory that is there", err, tempdir.Variable())
		}
		p.root, p.temp = temp.Path, temp
	}
	dir := filepath.Join(p.root, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("a directory for the files of nodes: %w", err)
	}
	return dir, nil
}

// Discard removes a program's separate directory.
func (p *Place) Discard(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.root == "" {
		return nil
	}
	return tempdir.RemoveAll(filepath.Join(p.root, name))
}

// Close removes the separate directories: all of them if they are temporary, otherwise only empty ones.
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
		_ = os.Remove(filepath.Join(p.root, d.Name())) // fails if the directory is not empty
	}
	_ = os.Remove(p.root)
	return nil
}

// Args returns the arguments that a program gets. A program in a separate directory would not find a path that is relative to
// the user's directory, so Args makes such a path absolute: an argument that contains a slash and exists, or that contains a
// dot and is the name of a file. Any other argument may not be a path and stays as it is. If all programs run in a directory
// that the user chose, all arguments stay as they are.
func (p *Place) Args(args []string) []string {
	if p.dir != "" {
		return args
	}
	absolute := append([]string{}, args...)
	for i, a := range args {
		if p.isPath(a) {
			// The argument is not cleaned, because .. after a symbolic link leads elsewhere.
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
