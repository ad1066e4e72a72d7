package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
)

// Every workload has a demo, and every demo can be set up; only the short ones are run here.
func TestDemos(t *testing.T) {
	t.Parallel()
	cmd := (&cli{kinds: workload.All(), faults: nemesis.All()}).demoCommand()
	given := testFlags{kinds: workload.All(), faults: nemesis.All()}
	found := map[string]bool{}
	for _, d := range demos() {
		test, err := d.test(cmd, &given)
		require.NoError(t, err)
		found[test.Workload] = true
	}
	for _, name := range workload.All().Names() {
		require.True(t, found[name], "no demo of %s", name)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	for _, c := range []struct {
		flags string
		says  []string
	}{
		{"-w echo --rate 100", []string{`echo +echo +valid +\d+ +1 +0 +` + store + "/echo/"}},
		{"-w unique-ids", []string{`unique-ids +random-ids +valid`}},
		{"-w lin-kv --nodes a,b,c --concurrency 4n --rate 1000", []string{`lin-kv +lin-proxy +valid`}},
		{"-w txn-list-append --log-ops", []string{`txn-list-append +lin-root +valid`, `INF 0\t:invoke\t:txn\t.* test=lin-root`}},
	} {
		status, stdout, stderr := execute(words("demo --time-limit 0.5 --store " + store + " " + c.flags)...)
		require.Equal(t, statusValid, status, stdout+stderr)
		for _, says := range c.says {
			require.Regexp(t, says, stdout+stderr)
		}
		require.Equal(t, 2, strings.Count(stdout, "\n"), stdout)
	}
	status, _, stderr := execute(words("demo --bin x")...)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "--bin is not for demo")
}

func TestWriteDemos(t *testing.T) {
	t.Parallel()
	bad := demonstration{workload: "echo", baseline: "x"}
	bad.result.Valid, bad.result.Reasons = check.Invalid, []string{"one", "two"}
	broken := demonstration{workload: "kafka", baseline: "y", result: harness.Result{}, err: errors.New("no luck")}
	var b strings.Builder
	require.NoError(t, writeDemos(&b, []demonstration{bad, broken}))
	require.Regexp(t, `echo +x +invalid`, b.String())
	require.Regexp(t, `kafka +y +broken`, b.String())
	require.Contains(t, b.String(), "echo x:\n  one\n  two\n")
	require.Contains(t, b.String(), "kafka y:\n  no luck\n")
	require.Equal(t, statusInvalid, bad.status())
	require.Equal(t, statusBroken, broken.status())
}

func TestDoc(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "doc")
	for range 2 { // the command overwrites its own files
		status, stdout, stderr := execute("doc", dir)
		require.Equal(t, statusValid, status, stderr)
		require.Len(t, strings.Fields(stdout), 5)
		for file, says := range map[string]string{
			"protocol.md": "# Protocol\n", "workloads.md": "### kafka\n", "services.md": "### lin-tso\n", "faults.md": "* `partition`", "results.md": "* `net/*/msgs-per-op`",
		} {
			text, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			require.Contains(t, string(text), says)
		}
	}
	status, stdout, _ := execute("doc", "-")
	require.Equal(t, statusValid, status)
	require.Contains(t, stdout, "# Services\n")

	// A file that the command did not write is kept, and nothing else is written beside it.
	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "services.md"), []byte("mine"), 0o600))
	status, _, stderr := execute("doc", foreign)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "services.md is there already")
	files, err := os.ReadDir(foreign)
	require.NoError(t, err)
	require.Len(t, files, 1)
	status, _, _ = execute("doc", filepath.Join(foreign, "services.md"))
	require.Equal(t, statusBroken, status)
}
