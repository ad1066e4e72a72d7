package guard

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// asProgram, as the first argument, makes the test binary one of these programs:
//
//	answer   writes each line of its stdin to its stdout
//	parent   starts answer, which gets its stdin and stdout, and waits; before that, it prints the ids of both processes
//	holder   guards parent, passes its output on, and waits to be killed
const asProgram = "run-as-program"

func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != asProgram {
		os.Exit(m.Run())
	}
	switch os.Args[2] {
	case "answer":
		_, _ = io.Copy(os.Stdout, os.Stdin) // until it is killed
	case "parent":
		child := program("answer")
		child.Stdin, child.Stdout = os.Stdin, os.Stdout
		must(child.Start())
		fmt.Println(os.Getpid(), child.Process.Pid)
		must(child.Wait())
	case "holder":
		var g Guard
		cmd := program("parent")
		in, err := cmd.StdinPipe()
		must(err)
		cmd.Stdout = os.Stdout
		_, err = g.Start(cmd, "parent")
		must(err)
		_, _ = io.Copy(in, os.Stdin) // until it is killed
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func program(name string) *exec.Cmd {
	self, err := os.Executable()
	must(err)
	return exec.Command(self, asProgram, name)
}

// A talk is a running program, and what it says.
type talk struct {
	t     *testing.T
	in    io.WriteCloser
	lines chan string
}

func converse(t *testing.T, cmd *exec.Cmd, start func() error) *talk {
	t.Helper()
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, start())
	c := &talk{t, in, make(chan string, 100)}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.lines <- lines.Text()
		}
	}()
	return c
}

func (c *talk) line() string {
	c.t.Helper()
	select {
	case line := <-c.lines:
		return line
	case <-time.After(time.Minute):
		require.Fail(c.t, "no line came")
		return ""
	}
}

// processes opens the processes whose ids are in the next line.
func (c *talk) processes() []windows.Handle {
	c.t.Helper()
	var all []windows.Handle
	for _, word := range strings.Fields(c.line()) {
		id, err := strconv.Atoi(word)
		require.NoError(c.t, err)
		process, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(id))
		require.NoError(c.t, err)
		c.t.Cleanup(func() { _ = windows.CloseHandle(process) }) // it was only waited for
		require.False(c.t, ended(process))
		all = append(all, process)
	}
	require.Len(c.t, all, 2)
	return all
}

func requireEnded(t *testing.T, processes []windows.Handle) {
	t.Helper()
	for _, process := range processes {
		event, err := windows.WaitForSingleObject(process, 60_000)
		require.NoError(t, err)
		require.EqualValues(t, windows.WAIT_OBJECT_0, event, "the process lives on")
	}
}

// A process and its descendants end with the process that guards them, although nobody was there to kill them.
func TestJobEndsWithItsHolder(t *testing.T) {
	t.Parallel()
	holder := program("holder")
	c := converse(t, holder, holder.Start)
	processes := c.processes()
	require.NoError(t, holder.Process.Kill())
	_ = holder.Wait() // it was killed
	requireEnded(t, processes)
}

// Kill kills descendants, too, and Close what has not been killed.
func TestKillTree(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*Guard, *Group){
		"kill":      func(_ *Guard, group *Group) { group.Kill() },
		"terminate": func(_ *Guard, group *Group) { require.NoError(t, group.Terminate()) },
		"close":     func(g *Guard, _ *Group) { g.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var g Guard
			g.Close() // before the first Start
			cmd := program("parent")
			var group *Group
			c := converse(t, cmd, func() (err error) { group, err = g.Start(cmd, "parent"); return err })
			processes := c.processes()
			end(&g, group)
			requireEnded(t, processes)
			_ = cmd.Wait() // it was killed
			group.Kill()
			require.NoError(t, group.Pause())
			require.NoError(t, group.Resume())
			require.Empty(t, g.Collect())
			g.Close()
		})
	}
}

// A descendant that is paused does not answer; after Resume it does. Twice is as good as once.
func TestPause(t *testing.T) {
	t.Parallel()
	var g Guard
	defer g.Close()
	cmd := program("parent")
	var group *Group
	c := converse(t, cmd, func() (err error) { group, err = g.Start(cmd, "parent"); return err })
	processes := c.processes()
	for i := range 3 {
		word := strconv.Itoa(i)
		_, err := fmt.Fprintln(c.in, "awake "+word)
		require.NoError(t, err)
		require.Equal(t, "awake "+word, c.line())
		require.NoError(t, group.Pause())
		require.NoError(t, group.Pause())
		_, err = fmt.Fprintln(c.in, "asleep "+word)
		require.NoError(t, err)
		select {
		case line := <-c.lines:
			require.Fail(t, "the process goes on", line)
		case <-time.After(200 * time.Millisecond):
		}
		require.NoError(t, group.Resume())
		require.NoError(t, group.Resume())
		require.Equal(t, "asleep "+word, c.line())
	}
	require.NoError(t, group.Pause())
	group.Kill() // paused as they are
	requireEnded(t, processes)
	_ = cmd.Wait() // it was killed
}

// After a command that cannot be started, the guard still works. The error is that of exec.
func TestStartFails(t *testing.T) {
	t.Parallel()
	var g Guard
	defer g.Close()
	_, err := g.Start(exec.Command(`C:\no\such\program.exe`), "nobody")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NotErrorIs(t, err, ErrGuard)
	cmd := program("answer")
	group, err := g.Start(cmd, "there")
	require.NoError(t, err)
	group.Kill()
	require.Error(t, cmd.Wait())
}
