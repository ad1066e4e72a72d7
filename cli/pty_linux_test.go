package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// openTerminal returns both ends of a pseudo-terminal.
func openTerminal(t *testing.T) (screen, program *os.File) {
	t.Helper()
	const unlock, number, resize = 0x40045431, 0x80045430, 0x5414 // TIOCSPTLCK, TIOCGPTN, TIOCSWINSZ
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("skipped: no pseudo-terminals here: %v", err)
	}
	control := func(request uintptr, arg unsafe.Pointer) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(arg))
		require.Zero(t, errno)
	}
	var off, n int32
	control(unlock, unsafe.Pointer(&off))
	control(number, unsafe.Pointer(&n))
	size := [4]uint16{25, 200}
	control(resize, unsafe.Pointer(&size))
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	return screen, program
}

// readAll reads what a terminal shows until its other end is closed.
func readAll(screen io.Reader) <-chan string {
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // the error says that the other end was closed
		shown <- string(text)
	}()
	return shown
}

// A terminal shows our own escape sequences, for bars and colours, but no sequence that a node wrote.
func TestTerminal(t *testing.T) {
	t.Parallel()
	screen, program := openTerminal(t)
	shown := readAll(screen)
	args := append(words("test -w echo --node-count 1 --time-limit 1 --rate 50 --log-stderr --bin "+built(t, "misbehave")), "--store", filepath.Join(t.TempDir(), "s"), "--", "control")
	status := Run(t.Context(), args, program, program)
	require.NoError(t, program.Close())
	text := <-shown
	require.NoError(t, screen.Close())
	require.Equal(t, statusInvalid, status, text)

	require.Contains(t, text, `\x1b[2J\x1b]0;title\x07\u009b31m\u202evalid\x7f\r\x9b31m`)
	require.Contains(t, text, "\x1b[92mINF\x1b[0m", "tint's colour")
	require.Contains(t, text, "echo main", "the bar")
	require.Contains(t, text, "\x1b[1;31m  why: \x1b[0m")
	require.Contains(t, text, "report.html#")
	for _, forbidden := range []string{"\x1b[2J\x1b]", "\x1b]0;", "\a", "\u009b", "\u202e", "\x7f"} {
		require.False(t, strings.Contains(text, forbidden), "%q", forbidden)
	}
}

// A node does not have a terminal, even if its user does.
func TestNodesHaveNoTerminal(t *testing.T) {
	t.Parallel()
	screen, program := openTerminal(t)
	shown := readAll(screen)
	node := filepath.Join(t.TempDir(), "node")
	require.NoError(t, os.WriteFile(node, []byte(`#!/bin/sh
trap '' TTOU
: >"$0.ran"
{ printf '\033]0;owned\007' >/dev/tty; } && : >"$0.reached"
exit 1
`), 0o755))
	cmd := exec.Command(os.Args[0], asGlomers, "test", "-w", "echo", "--node-count", "1", "--time-limit", "1", "--store", "", "--bin", node)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err := cmd.Run()
	require.NoError(t, program.Close())
	text := <-shown
	require.NoError(t, screen.Close())
	require.Error(t, err, text)
	require.FileExists(t, node+".ran", text)
	require.NoFileExists(t, node+".reached", text)
	require.NotContains(t, text, "\x1b]0;")
}

// Explanations have colours on a terminal, unless its user wants none.
func TestColours(t *testing.T) {
	t.Parallel()
	dir, _ := failedRun(t)
	for _, setting := range []string{"TERM=xterm", "NO_COLOR=1", "TERM=dumb"} {
		screen, program := openTerminal(t)
		shown := readAll(screen)
		cmd := exec.Command(os.Args[0], asGlomers, "why", dir)
		cmd.Env = append(os.Environ(), "NO_COLOR=", "TERM=xterm", setting)
		cmd.Stdout, cmd.Stderr = program, program
		err := cmd.Run()
		require.NoError(t, program.Close())
		text := <-shown
		require.NoError(t, screen.Close())
		require.NoError(t, err, text)
		require.Contains(t, text, "given out by n1 and by n0")
		require.Equal(t, setting == "TERM=xterm", strings.Contains(text, "\x1b[1;31m  why: "), setting)
		require.Equal(t, setting == "TERM=xterm", strings.Contains(text, "\x1b["), setting)
	}
}
