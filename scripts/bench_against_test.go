// Package scripts tests the scripts that need no network.
package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A repository with two commits whose node is slower, and allocates more, in the second one.
func TestBenchAgainst(t *testing.T) {
	if !*long {
		t.Skip("skipped: needs -long")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o777))
	}
	run := func(name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(name string, args ...string) string {
		out, err := run(name, args...)
		require.NoError(t, err, out)
		return out
	}
	commit := func() {
		must("git", "add", "-A")
		must("git", "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x")
	}
	script, err := os.ReadFile("bench-against")
	require.NoError(t, err)
	write("scripts/bench-against", string(script))
	write("go.mod", "module x\n\ngo 1.26.0\n")
	node := func(ns, allocs, more string) {
		write("node/x_test.go", `package node
import "testing"
func BenchmarkScan(b *testing.B) {
	b.ReportMetric(`+ns+`, "ns/op")
	b.ReportMetric(`+allocs+`, "allocs/msg")
	b.ReportMetric(100, "msgs/s")
}
`+more)
	}
	must("git", "init", "-q")
	node("100", "7", "")
	commit()
	node("200", "7", "func BenchmarkSplice(*testing.B) {}")
	commit()
	node("200", "8", "func BenchmarkSplice(*testing.B) {}")

	out := must("scripts/bench-against", "--rounds", "2", "--only", "^node$", "HEAD~1")
	require.Regexp(t, `node/Scan +ns/op +100 +200 +2\.000 slower`, out)
	require.Regexp(t, `node/Scan +allocs/msg +7 +8 +1\.143 slower`, out)
	require.Regexp(t, `node/Scan +msgs/s +100 +100 +1\.000`, out)
	require.Contains(t, out, "node/Splice: not on both sides")
	require.Contains(t, out, "over 1 benchmarks: 2.000\nfigures that are slower: 2\n")

	out = must("scripts/bench-against", "--rounds", "1", "--only", "^node$", "HEAD", "HEAD~1")
	require.Regexp(t, `node/Scan +ns/op +200 +100 +0\.500 faster`, out)
	require.NotContains(t, out, "allocs/msg", "as they have not changed")

	require.NotContains(t, must("git", "worktree", "list"), "detached")

	require.Contains(t, must("scripts/bench-against", "--help"), "Usage: scripts/bench-against")
	for says, args := range map[string][]string{
		"want one or two commits":       {},
		"nothing is not a commit":       {"nothing"},
		"unknown option --round":        {"--round", "3", "HEAD"},
		"--rounds needs a value":        {"--rounds"},
		"--rounds 0: want a number":     {"--rounds", "0", "HEAD"},
		"--only x$: no package matches": {"--only", "x$", "HEAD"},
	} {
		out, err := run("scripts/bench-against", args...)
		require.Error(t, err)
		require.Contains(t, out, "scripts/bench-against: "+says)
	}
}
