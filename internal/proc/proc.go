// Package proc starts and ends the processes of node programs.
package proc

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	"glomers/internal/guard"
)

// A Guard ends the processes that Start has started, should this process die.
type Guard = guard.Guard

// A Process is a program that runs in a separate process group, with pipes for its stdin, stdout and stderr.
type Process struct {
	Stdin, Stdout, Stderr *os.File // our ends of the pipes; the caller closes them
	cmd                   *exec.Cmd
	group                 *guard.Group
}

// A Command describes a program for Start.
type Command struct {
	Name string // the name of the node
	Path string // the executable: a path, relative to the directory of this process, or a name on PATH
	Args []string
	Env  []string // NAME=VALUE: the whole environment, except for PWD
	Dir  string   // the working directory; "" means that of this process
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
	cmd.Env, cmd.Dir = append([]string{}, c.Env...), c.Dir // not nil, which would mean our environment
	if filepath.IsAbs(c.Dir) {
		cmd.Env = append(cmd.Env, "PWD="+c.Dir)
	}

	// Not cmd.StdinPipe and the like: Wait closes those pipes, and the last output of the node would be lost.
	var ends [6]*os.File // read end and write end of stdin, stdout and stderr
	for i := 0; i < len(ends); i += 2 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(ends[:])
			return nil, err
		}
		ends[i], ends[i+1] = r, w
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = ends[0], ends[3], ends[5]
	group, err := g.Start(cmd, c.Name)
	if err != nil {
		closeAll(ends[:])
		if errors.Is(err, guard.ErrGuard) {
			return nil, err
		}
		return nil, c.explain(path, err)
	}
	closeAll([]*os.File{ends[0], ends[3], ends[5]})
	return &Process{ends[1], ends[2], ends[4], cmd, group}, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close() // nothing was written
		}
	}
}

// Wait returns when the process itself has ended, with an error unless its exit status is 0. All its output is then in the pipes.
func (p *Process) Wait() error { return p.cmd.Wait() }

// Terminate asks the process group to end. It is not an error if no process is left.
func (p *Process) Terminate() error { return p.group.Terminate() }

// Pause stops the process group until Resume. It is not an error if no process is left.
func (p *Process) Pause() error { return p.group.Pause() }

// Resume undoes Pause.
func (p *Process) Resume() error { return p.group.Resume() }

// KillGroup kills the process group. It fails only if no process is left.
func (p *Process) KillGroup() { p.group.Kill() }
