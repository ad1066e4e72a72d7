// Package examples tests how a new node is made; the examples are in its directories.
package examples

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkout returns a directory with what scripts/new needs.
func checkout(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skipf("skipped: needs bash: %v", err)
	}
	root := t.TempDir()
	for _, dir := range []string{"scripts", "examples/skeleton"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join("..", dir))))
	}
	return root
}

// run returns the exit status of a command, and what it wrote.
func run(t *testing.T, dir, name string, args ...string) (status int, output string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(out)
	}
	require.NoError(t, err)
	return 0, string(out)
}

// The new node compiles and passes its tests. It stands in a module of its own, which uses this one: so nothing but the node has to
// be compiled, and nothing is left behind.
func TestNew(t *testing.T) {
	root := checkout(t)
	status, out := run(t, root, "scripts/new", "my-node")
	require.Zero(t, status, out)
	require.Contains(t, out, "go test ./my-node")

	repo, err := filepath.Abs("..")
	require.NoError(t, err)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(repo, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(root, name), text, 0o644))
	}
	for _, args := range [][]string{
		{"mod", "edit", "-module", "new", "-require", "glomers@v0.0.0", "-replace", "glomers=" + repo},
		{"vet", "./my-node"},
		{"test", "-short", "./my-node"},
		{"build", "-o", "my-node/", "./my-node"},
	} {
		status, out := run(t, root, "go", args...)
		require.Zero(t, status, "go %q: %s", args, out)
	}

	readme, err := os.ReadFile(filepath.Join(root, "my-node", "README.md"))
	require.NoError(t, err)
	require.Contains(t, string(readme), "# My-node\n")
	require.Contains(t, string(readme), "--bin my-node")
	require.Contains(t, string(readme), "(../harness/README.md#workloads)")
	require.Contains(t, string(readme), "(../node/machine.go)")
	for _, name := range []string{"README.md", "main.go", "replica.go", "sim_test.go"} {
		text, err := os.ReadFile(filepath.Join(root, "my-node", name))
		require.NoError(t, err)
		require.NotContains(t, string(text), "keleton")
	}
}

func TestNewRefuses(t *testing.T) {
	root := checkout(t)
	for name, says := range map[string]string{
		"":         "want lower-case letters",
		"My-node":  "want lower-case letters",
		"2pc":      "want lower-case letters",
		"a--b":     "want lower-case letters",
		"../up":    "want lower-case letters",
		"a/b":      "want lower-case letters",
		"vendor":   "means something to the go command",
		"scripts":  "exists already",
		"examples": "exists already",
	} {
		status, out := run(t, root, "scripts/new", name)
		require.Equal(t, 3, status, name)
		require.Contains(t, out, says, name)
	}
	for _, args := range [][]string{{}, {"a", "b"}} {
		status, out := run(t, root, "scripts/new", args...)
		require.Equal(t, 3, status)
		require.Contains(t, out, "usage: scripts/new NAME")
	}
	status, out := run(t, root, "scripts/new", "--help")
	require.Zero(t, status)
	require.Contains(t, out, "usage: scripts/new NAME")
	left, err := os.ReadDir(root)
	require.NoError(t, err)
	require.Len(t, left, 2, "nothing was made")
}
