package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/workload"
)

// examples/extension consists of three files of another module: a workload with a checker, a fault, and a node. A program
// built with them offers them like its own, and nothing in this module refers to them.
func TestExtensionInAnotherModule(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples", "extension"))))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	ours, _, _ := strings.Cut(string(mod), "\ntool ")
	theirs := strings.Replace(ours, "module glomers\n", "module somebody.example/else\n\nrequire glomers v0.0.0\n\nreplace glomers => "+root+"\n", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(theirs), 0o600))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600))

	in := func(name string, args ...string) (string, int) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if _, isExit := err.(*exec.ExitError); !isExit {
			require.NoError(t, err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	requireOK := func(name string, args ...string) string {
		t.Helper()
		out, status := in(name, args...)
		require.Zero(t, status, out)
		return out
	}
	requireOK("go", "build", "-o", "lab", ".")
	requireOK("go", "build", "-o", "tickets-node", "./node")

	require.Contains(t, requireOK("./lab", "help", "workloads"), "TICKETS\n")
	require.Contains(t, requireOK("./lab", "help", "faults"), "* islands: every node is alone")
	require.Contains(t, requireOK("./lab", "help", "results"), "* workload/count, ops: tickets handed out")
	require.Contains(t, requireOK("./lab", "test", "--help"), "--gap n")

	test := []string{
		"test", "-w", "tickets", "--nemesis", "islands", "--nemesis-interval", "0.2", "--time-limit", "1", "--rate", "200", "--seed", "3", "--bin", "./tickets-node",
	}
	right := requireOK("./lab", test...)
	require.Regexp(t, `islands: all nodes \w+`, right)
	require.Contains(t, right, "no node heard another for ")
	require.Contains(t, right, "lab test --bin ./tickets-node", "how to have it again")
	require.Contains(t, requireOK("./lab", "check", "store/latest"), "valid: tickets")

	wrong, status := in("./lab", append(test, "--", "-local")...)
	require.Equal(t, statusInvalid, status, wrong)
	require.Contains(t, wrong, "had been handed out")
	judged, status := in("./lab", "check", "store/latest")
	require.Equal(t, statusInvalid, status, judged)
	require.Contains(t, judged, "had been handed out")
	require.Contains(t, requireOK("./lab", "check", "store/latest", "--gap", "1000"), "valid: tickets", "a flag of its own")
	require.Contains(t, requireOK("./lab", "compare", "store/latest", "store/latest"), "workload/count")
	_, status = in("./lab", "check", "-w", "echo", "--gap", "1", "store/latest")
	require.Equal(t, statusBroken, status)

	out, status := in("./lab", append(test, "--gap", "many")...)
	require.Equal(t, statusBroken, status)
	require.Contains(t, out, "lab: harness: tickets: --gap many: want a whole number from 0")
}

// An extension without a unique name is refused.
func TestExtensionsAreChecked(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	status := Run(t.Context(), []string{"help"}, &errs, &errs, Workload(workload.Kind{Name: "echo"}))
	require.Equal(t, statusBroken, status)
	require.Equal(t, "glomers: there are two workloads \"echo\"\n", errs.String())
}
