package release_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// command runs a command in dir with more variables, and returns its output.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append(os.Environ(), env...), &out, &errs
	require.NoError(t, cmd.Run(), "%s %s\n%s%s", name, args, &out, &errs)
	return out.String()
}

// checkout makes a clone of the work tree, uncommitted changes included, as one commit that is the same at every call.
// The files have the given permissions, beside that for execution, as after a clone with that umask.
func checkout(t *testing.T, dir string, permissions os.FileMode) string {
	t.Helper()
	for _, program := range []string{"git", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: needs %s", program)
		}
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		t.Skip("skipped: needs a git checkout")
	}
	for name := range strings.SplitSeq(command(t, root, nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"), "\x00") {
		info, err := os.Lstat(filepath.Join(root, name))
		if err != nil || !info.Mode().IsRegular() { // deleted
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		to := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, content, permissions))
		require.NoError(t, os.Chmod(to, permissions|info.Mode()&0o111))
	}
	env := []string{
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2020-02-02T02:02:02Z",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE=2020-02-02T02:02:02Z", "GIT_CONFIG_GLOBAL=" + os.DevNull,
	}
	for _, args := range []string{"init -q", "add -A", "commit -q -m all", "remote add origin https://example.org/a/glomers.git"} {
		command(t, dir, env, "git", strings.Fields(args)...)
	}
	return dir
}
