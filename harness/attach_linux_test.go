package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// asTracer, as the first argument, makes the test binary trace the process with the id that follows, instead of running tests.
const asTracer = "run-as-tracer"

func init() {
	if len(os.Args) == 3 && os.Args[1] == asTracer {
		trace(os.Args[2])
		os.Exit(0)
	}
}

// trace is a program that attaches to all threads of the process with this id, as a debugger does, which stops them. It says so,
// and detaches when its input ends. The tracer cannot be the harness itself: its parent would take the stop for an end.
func trace(id string) {
	runtime.LockOSThread() // the tracer is this thread
	tasks := "/proc/" + id + "/task"
	stopped := map[int]bool{}
	for found := true; found; { // threads that still run may have started others
		found = false
		entries, err := os.ReadDir(tasks)
		must(err)
		for _, e := range entries {
			thread, err := strconv.Atoi(e.Name())
			must(err)
			if stopped[thread] {
				continue
			}
			must(syscall.PtraceAttach(thread))
			const allThreads = 0x40000000 // __WALL
			_, err = syscall.Wait4(thread, nil, allThreads, nil)
			must(err)
			stopped[thread], found = true, true
		}
	}
	fmt.Println("stopped")
	_, _ = io.Copy(io.Discard, os.Stdin)
	for thread := range stopped {
		must(syscall.PtraceDetach(thread))
	}
}

// tracer returns the command of trace for a process.
func tracer(t *testing.T, pid int) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	return exec.CommandContext(t.Context(), path, asTracer, strconv.Itoa(pid))
}

// needPtrace skips the test if a process may not trace one that it has not started.
func needPtrace(t *testing.T) {
	t.Helper()
	sleep := exec.CommandContext(t.Context(), "sleep", "3600")
	require.NoError(t, sleep.Start())
	out, err := tracer(t, sleep.Process.Pid).CombinedOutput()
	_ = sleep.Process.Kill()
	_ = sleep.Wait() // it was killed
	if err != nil {
		t.Skipf("skipped: needs ptrace: %s", out)
	}
}

// A debugged node stops twice for longer than requests may take: when it starts, and in the middle. The run does not notice.
func TestAttachTracer(t *testing.T) {
	t.Parallel()
	needPtrace(t)
	debugWith(t, func(pid int) *exec.Cmd { return tracer(t, pid) })
}

// The same with a real debugger.
func TestAttachGDB(t *testing.T) {
	t.Parallel()
	gdb, err := exec.LookPath("gdb")
	if err != nil {
		t.Skip("skipped: needs gdb")
	}
	needPtrace(t)
	debugWith(t, func(pid int) *exec.Cmd {
		return exec.CommandContext(t.Context(), gdb, "-nx", "-batch", "-p", strconv.Itoa(pid), "-ex", "echo stopped\\n", "-ex", "shell cat", "-ex", "detach")
	})
}

// A mark is a writer that waits for a text.
type mark struct {
	text []byte
	seen chan struct{}
	all  bytes.Buffer
	once sync.Once
}

func (m *mark) Write(b []byte) (int, error) {
	m.all.Write(b)
	if bytes.Contains(m.all.Bytes(), m.text) {
		m.once.Do(func() { close(m.seen) })
	}
	return len(b), nil
}

// stopFor has a debugger stop a process until release returns.
func stopFor(debugger *exec.Cmd, release func() error) error {
	in, err := debugger.StdinPipe()
	if err != nil {
		return err
	}
	out := &mark{text: []byte("stopped"), seen: make(chan struct{})}
	debugger.Stdout, debugger.Stderr = out, out
	if err := debugger.Start(); err != nil {
		return err
	}
	select {
	case <-out.seen:
		err = release()
	case <-time.After(time.Minute):
		err = errors.New("it does not attach")
	}
	_ = in.Close() // nothing was written
	if err := errors.Join(err, debugger.Wait()); err != nil {
		return fmt.Errorf("%w: %s", err, out.all.Bytes())
	}
	return nil
}

// debugWith runs a test with a node that a debugger stops twice. The debugger says that the node is stopped, and leaves it when its
// input ends.
func debugWith(t *testing.T, debugger func(pid int) *exec.Cmd) {
	t.Helper()
	const (
		call = 3 * time.Second // long enough for a slow machine
		rest = 4 * time.Second // of the node
	)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	test := Test{
		Workload: "echo", Program: program(t, "echo"), NodeCount: 2, Concurrency: 4, TimeLimit: time.Hour, Rate: 100,
		InitTimeout: call, limits: limits{call: call},
	}
	left := make(chan struct{}, 2) // the debugger has left
	standing := make(chan struct{}, 1000)
	var debugging sync.WaitGroup
	debug := func(pid int) {
		command := debugger(pid)
		debugging.Go(func() {
			err := stopFor(command, func() error {
				select {
				case <-standing:
					time.Sleep(rest)
					return nil
				case <-time.After(time.Minute):
					return errors.New("the clock is not held")
				}
			})
			if err != nil {
				t.Errorf("debugger: %v", err)
				end()
			}
			left <- struct{}{}
		})
	}
	var pid int
	test.Attach = Attach{Nodes: []string{"n0"}, Tell: func(s Standstill) {
		pid = s.Nodes[0].PID
		debug(pid)
	}}
	test.Progress = func(p Progress) {
		if p.Held == "n0 was stopped by a debugger" {
			standing <- struct{}{}
		}
	}
	sessions, ops := 1, 0
	test.OnOp = func(op history.Op) {
		if op.Type != history.OK || op.Node != "n0" || len(left) == 0 {
			return
		}
		switch ops++; {
		case ops < 20:
		case sessions == 1:
			<-left
			for len(standing) > 0 {
				<-standing
			}
			sessions, ops = 2, 0
			debug(pid)
		default:
			end()
		}
	}
	began := time.Now()
	res, err := Run(ctx, test)
	wall := time.Since(began)
	require.ErrorIs(t, err, context.Canceled)
	debugging.Wait()
	require.Equal(t, 2, sessions)
	require.Zero(t, res.Stats.FailCount+res.Stats.InfoCount, "no request has timed out")
	require.GreaterOrEqual(t, res.Stats.OKCount, 40)
	require.GreaterOrEqual(t, res.Held, 2*rest)
	require.LessOrEqual(t, res.Held+res.Elapsed, wall)
	require.Less(t, res.Latencies["echo"].Max, call)
	require.Contains(t, res.Warnings[len(res.Warnings)-1], " s while n0 was stopped by a debugger (")
}

// Nothing is left of a node that a debugger has stopped when the run is interrupted.
func TestAttachInterruptedByUser(t *testing.T) {
	t.Parallel()
	needPtrace(t)
	ctx, cancel := context.WithCancel(t.Context())
	var pid int
	var debugging sync.WaitGroup
	over := make(chan struct{})
	test, _ := attached(program(t, "echo"), func(s Standstill) bool {
		pid = s.Nodes[0].PID
		command := tracer(t, pid)
		debugging.Go(func() {
			_ = stopFor(command, func() error { // the process ends before the debugger detaches
				cancel()
				<-over
				return nil
			})
		})
		return false
	})
	test.Attach.GoOn = nil
	_, err := Run(ctx, test)
	require.ErrorIs(t, err, context.Canceled)
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	require.NoError(t, err)
	require.Contains(t, string(status), "State:\tZ", "it has ended; only its debugger keeps it")
	close(over)
	debugging.Wait()
}
