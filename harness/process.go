package harness

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"glomers/internal/proc"
)

// binary is the Program of an executable.
type binary struct {
	path string
	args []string
}

func (b *binary) Describe() ProgramInfo {
	info := ProgramInfo{Kind: "binary", Path: b.path, Args: b.args}
	if path, err := exec.LookPath(b.path); err == nil {
		info.SHA256 = hashFile(path)
	}
	return info
}

// hashFile returns "" for a file that cannot be read; starting it will report why.
func hashFile(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { // opening a named pipe would block
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// A childProcess is a running node of a binary.
type childProcess struct {
	port   *Port
	path   string   // as passed to Binary
	args   []string // as passed to Binary
	proc   *proc.Process
	input  *input
	output [2]*os.File  // our ends of its stdout and stderr
	stdout halfLine     // the unfinished line of its stdout
	mute   atomic.Int64 // the stamp at which it closed its stdout; 0 if it has not
	killed atomic.Bool
	ended  atomic.Bool
	gone   chan struct{} // watch closes it when the process has ended and all its output has been read
	kept   chan struct{} // watchTracing closes it when the process has been killed and only its debugger keeps it from being gone
}

func (b *binary) Start(p *Port) (Process, error) {
	env := []string{"GLOMERS_SEED=" + strconv.FormatUint(p.seed, 10), propertiesEnv + "=1"}
	if p.run.active != nil {
		env = append(env, proc.VirtualTime...)
	}
	command, err := p.place.Command(p.id, b.path, b.args, env...)
	if err != nil {
		return nil, err
	}
	started, err := proc.Start(p.guard, command)
	if err != nil {
		return nil, err
	}
	c := &childProcess{
		port:   p,
		path:   b.path,
		args:   b.args,
		proc:   started,
		input:  newInput(started.Stdin, p.run.now, &p.run.memory),
		output: [2]*os.File{started.Stdout, started.Stderr},
		gone:   make(chan struct{}),
		kept:   make(chan struct{}),
	}
	go c.watch()
	return c, nil
}

// watch reads the output of the process until the process ends, and reports the end unless the process was killed.
func (c *childProcess) watch() {
	defer close(c.gone)
	var feeding, reading sync.WaitGroup
	feeding.Go(c.input.feed)
	reading.Go(func() {
		c.readStdout(c.stdout.watch(c.output[0], c.port.run.now))
		c.mute.Store(int64(c.port.run.now()))
	})
	reading.Go(func() { _, _ = io.Copy(c.port.log, c.output[1]) }) // an error ends the log like the end of the pipe

	err := c.proc.Wait()
	c.ended.Store(true)
	c.port.run.mail.always(&c.port.audience)
	c.proc.KillGroup() // its child processes may hold its pipes
	// A process that has left the group may still hold them. All output of the node itself is in the pipes by now.
	for _, f := range c.output {
		_ = f.SetReadDeadline(time.Now().Add(time.Second)) // pipes have deadlines
	}
	reading.Wait()
	c.input.close()
	feeding.Wait()
	for _, f := range c.output {
		_ = f.Close() // nothing was written
	}
	if !c.killed.Load() {
		c.port.fail(&NodeError{Kind: NodeEnded, Reason: "ended during the run: " + proc.Status(c.path, err) + c.port.place.Missed(c.args, c.port.log.String())})
	}
}

// readStdout reads lines of any length up to lineLimit. Text after the last newline is not a line: the node ended, or was
// killed, while it wrote the line.
func (c *childProcess) readStdout(r io.Reader) {
	in := bufio.NewReaderSize(r, 64<<10)
	long := longLine{port: c.port}
	for {
		if c.port.run.active == nil { // otherwise the scheduler waits for this reader
			c.port.run.mail.awaitRoom(&c.port.audience)
		}
		part, err := in.ReadSlice('\n')
		switch {
		case err == nil && long.empty():
			c.port.Line(part[:len(part)-1])
		case err == nil:
			long.add(part)
			long.end()
		case errors.Is(err, bufio.ErrBufferFull):
			long.add(part)
		default:
			long.add(part)
			c.port.log.Note(long.text)
			long.drop()
			return
		}
	}
}

func (c *childProcess) Deliver(line []byte) int { return c.input.add(line) }

func (c *childProcess) unfinished() (text string, size int, since stamp) { return c.stdout.look() }

func (c *childProcess) idle() (int, stamp) { return c.input.idle() }

func (c *childProcess) Pause() error { return c.named(c.proc.Pause()) }

// Resume also restarts the time for which the process has left its input unread.
func (c *childProcess) Resume() error {
	c.input.forgive()
	return c.named(c.proc.Resume())
}

// named adds the node's name to an error. If the process has just ended, there is none, and watch reports the end.
func (c *childProcess) named(err error) error {
	if err != nil {
		return fmt.Errorf("node %s: %w", c.port.id, err)
	}
	return nil
}

func (c *childProcess) Kill() {
	c.killed.Store(true)
	c.proc.KillGroup()
	c.input.close()
}

// Wait does not wait for a debugger to take note of the end.
func (c *childProcess) Wait() {
	select {
	case <-c.gone:
	case <-c.kept:
	}
}
