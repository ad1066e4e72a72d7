package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
)

// brood is a script in the place of Maelstrom. It starts two nodes, which hold its stdout and stderr open, and writes all
// three process ids to a file.
const brood = `
sleep 3600 &
echo $! >>"$BROOD"
(trap '' TERM INT; sleep 3601) &
echo $! $$ >>"$BROOD"
echo "nodes are up"
`

// newBrood returns the path of the file for the ids.
func newBrood(t *testing.T) (ids string) {
	ids = filepath.Join(t.TempDir(), "ids")
	t.Setenv("BROOD", ids)
	t.Cleanup(func() { // leave no processes behind if the test fails
		for _, id := range broodOf(t, ids) {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	})
	return ids
}

func broodOf(t *testing.T, file string) (ids []int) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, word := range strings.Fields(string(text)) {
		id, err := strconv.Atoi(word)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	require.Len(t, ids, 3)
	return ids
}

// running reports whether a process exists and is not a zombie.
func running(id int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(id) + "/stat")
	_, state, _ := bytes.Cut(stat, []byte(") "))
	return err == nil && state[0] != 'Z'
}

func requireGone(t *testing.T, file string) {
	t.Helper()
	for _, id := range broodOf(t, file) {
		require.Eventually(t, func() bool { return !running(id) }, time.Minute, 10*time.Millisecond)
	}
}

// Nodes that Maelstrom leaves behind neither survive it nor delay us, whether or not it has results.
func TestMaelstromsNodesEndWithIt(t *testing.T) {
	for exit, want := range map[string]int{"0": statusValid, "255": statusBroken} {
		ids := newBrood(t)
		fakeMaelstrom(t, brood+writeResults(goodResults), exit)
		status, _, stderr := execute(words("challenge 1 --harness maelstrom --bin /bin/sh --store " + t.TempDir())...)
		require.Equal(t, want, status)
		require.Contains(t, stderr, "nodes are up")
		requireGone(t, ids)
	}
}

// After an interrupt, Maelstrom ends in good order.
func TestInterruptedMaelstrom(t *testing.T) {
	ids := newBrood(t)
	fakeMaelstrom(t, "trap 'echo Test aborted.; exit 143' TERM\n"+brood+"wait", "0")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout bytes.Buffer
	stderr := &stopWriter{text: "nodes are up", stop: cancel}
	status := Run(ctx, words("challenge 1 3a --harness maelstrom --bin /bin/sh --store "+t.TempDir()), &stdout, stderr)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr.all.String(), "Test aborted.")
	require.Contains(t, stderr.all.String(), program.ErrInterrupted.Error())
	requireGone(t, ids)
}

// Maelstrom ends with us even if we are killed.
func TestMaelstromEndsWithUs(t *testing.T) {
	ids := newBrood(t)
	fakeMaelstrom(t, "trap '' TERM HUP INT\n"+brood+"wait; wait; sleep 3602", "0")
	g := startGlomers(t, nil, words("challenge 1 --harness maelstrom --bin /bin/sh --store "+t.TempDir())...)
	require.Eventually(t, func() bool { return strings.Contains(g.said(), "nodes are up") }, time.Minute, 10*time.Millisecond)
	require.NoError(t, g.cmd.Process.Kill())
	require.Error(t, g.cmd.Wait())
	require.Equal(t, syscall.SIGKILL, g.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), g.said())
	requireGone(t, ids)
}

// Nodes that left Maelstrom's process group are named in the result.
func TestMaelstromsNodesThatEscape(t *testing.T) {
	setsid, err := exec.LookPath("setsid")
	if err != nil {
		t.Skipf("skipped: %v", err)
	}
	mine := token()
	fakeMaelstrom(t, setsid+" sleep "+mine+" >/dev/null 2>&1 &\n"+
		`until [ "$(head -c 5 /proc/$!/cmdline 2>/dev/null)" = sleep ]; do :; done`+"\n"+writeResults(goodResults), "0")
	status, stdout, stderr := execute(words("challenge 1 --harness maelstrom --bin /bin/sh --store " + t.TempDir())...)
	require.Equal(t, statusValid, status)
	require.Regexp(t, `maelstrom left a process behind: \d+ sleep `+mine+` \(killed\)`, stdout+stderr)
	requireSleepers(t, mine, 0)
}

// The processes of a build end with us: the build writes to a directory that is about to be removed.
func TestBuildEndsWithTheCommand(t *testing.T) {
	ids := newBrood(t)
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\n"+brood+"wait"), 0o755))
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	g := startGlomers(t, nil, "test", "-w", "echo", "--store", t.TempDir(), "--bin", "testdata/misbehave")
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(ids) // the file may not exist yet
		return len(strings.Fields(string(text))) == 3
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, g.cmd.Process.Kill())
	_ = g.cmd.Wait() // it was killed
	requireGone(t, ids)
}
