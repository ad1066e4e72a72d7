// Package proc starts and ends the processes of node programs.
package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"glomers/internal/guard"
)

// A Guard is what Start needs to end processes if this one dies.
type Guard = guard.Guard

// A Process is a program that runs in a process group of its own, with a pipe to its stdin and from its stdout and stderr.
type Process struct {
	Stdin, Stdout, Stderr *os.File // our ends, which are the caller's to close
	cmd                   *exec.Cmd
}

// A Command says what Start runs.
type Command struct {
	Name string // of the node that it is
	Path string // of the executable, from where this process is, or the name of one on PATH
	Args []string
	Env  []string // NAME=VALUE: all that it gets of an environment, but for PWD
	Dir  string   // where it runs; "" means where this process does
}

// Start runs a command, guarded by g.
func Start(g *Guard, c Command) (*Process, error) {
	path := c.Path
	if filepath.Base(path) != path {
		var err error
		if path, err = filepath.Abs(path); err != nil { // not from c.Dir
			return nil, err
		}
	}
	cmd := exec.Command(path, c.Args...)
	cmd.Env, cmd.Dir = append([]string{}, c.Env...), c.Dir // no environment is an empty one here, not ours
	if filepath.IsAbs(c.Dir) {
		cmd.Env = append(cmd.Env, "PWD="+c.Dir)
	}

	// Not cmd.StdinPipe and the like: Wait closes those, and what the node wrote last would be lost.
	var ends [6]*os.File // to read from and write to: stdin, stdout, stderr
	for i := 0; i < len(ends); i += 2 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(ends[:])
			return nil, err
		}
		ends[i], ends[i+1] = r, w
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = ends[0], ends[3], ends[5]
	if err := g.Start(cmd, c.Name); err != nil {
		closeAll(ends[:])
		if errors.Is(err, guard.ErrGuard) {
			return nil, err
		}
		return nil, c.explain(path, err)
	}
	closeAll([]*os.File{ends[0], ends[3], ends[5]})
	return &Process{ends[1], ends[2], ends[4], cmd}, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close() // nothing was written
		}
	}
}

// Wait returns when the process itself has ended, with an error unless its exit status is 0. What it wrote is in the pipes then.
func (p *Process) Wait() error { return p.cmd.Wait() }

// Signal sends s to the process and those that it started. It is no error if none is left.
func (p *Process) Signal(s syscall.Signal) error {
	if err := syscall.Kill(-p.cmd.Process.Pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("%v: %w", s, err)
	}
	return nil
}

// KillGroup kills the process and those that it started. It fails only if there is none left.
func (p *Process) KillGroup() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }
