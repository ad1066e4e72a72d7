package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// strict is a shell script that executes the program in its argument. It first fails if MY_SECRET is set, or if $0 is a
// directory other than the current one.
const strict = `env >&2; [ -z "$MY_SECRET" ] || exit 9; [ ! -d "$0" ] || [ "$0" -ef . ] || exit 8; exec "$1"`

const echoScript = "../harness/testdata/echo.sh"

// Every command that starts nodes hides the environment from them, except for the variables that it is told to pass on. The
// test cannot be parallel.
func TestNodeFlags(t *testing.T) {
	t.Setenv("MY_SECRET", "s3cret")
	t.Setenv("MY_COLOUR", "s3cret too")
	dir := t.TempDir()
	node := filepath.Join(dir, "node.sh")
	require.NoError(t, os.WriteFile(node, []byte("#!/bin/sh\nset -- "+mustAbs(t, echoScript)+"\n"+strict), 0o755))
	here, err := os.Getwd()
	require.NoError(t, err)
	relative, err := filepath.Rel(here, node)
	require.NoError(t, err)

	var commands sync.WaitGroup
	for _, c := range []struct {
		line string
		args []string // the node's arguments
	}{
		{"test -w echo --node-count 1 --time-limit 1 --rate 20 --bin sh", []string{"-c", strict, "sh", echoScript}},
		{"test -w echo --node-count 1 --time-limit 1 --rate 20 --bin sh --cwd " + dir, []string{"-c", strict, dir, mustAbs(t, echoScript)}},
		{"challenge 1 --time-limit 1 --bin " + relative, nil},
		{"conform -w echo --check init --bin sh", []string{"-c", strict, "sh", echoScript}},
		{"conform -w echo --check init --bin sh --cwd " + dir, []string{"-c", strict, dir, mustAbs(t, echoScript)}},
	} {
		for _, env := range []string{"", "MY_SECRET"} {
			args := words(c.line)
			if args[0] != "conform" {
				args = append(args, "--store", t.TempDir())
			}
			if env != "" {
				args = append(args, "--env", env)
			}
			if c.args != nil {
				args = append(append(args, "--"), c.args...)
			}
			commands.Go(func() {
				status, stdout, stderr := execute(args...)
				assert.NotContains(t, stdout+stderr, "MY_COLOUR")
				if env != "" {
					assert.NotEqual(t, statusValid, status, "%q: %s%s", args, stdout, stderr)
					assert.Contains(t, stdout+stderr, "exit status 9", "%q", args)
				} else {
					assert.Equal(t, statusValid, status, "%q: %s%s", args, stdout, stderr)
					assert.NotContains(t, stdout+stderr, "s3cret")
				}
			})
		}
	}
	commands.Wait()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nobody left anything")
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	absolute, err := filepath.Abs(path)
	require.NoError(t, err)
	return absolute
}

// The command that repeats a run has the same flags, but not the secrets.
func TestNodeFlagsAgain(t *testing.T) {
	t.Setenv("MY_COLOUR", "red")
	dir := t.TempDir()
	args := append(words("test -w echo --node-count 1 --time-limit 1 --rate 20 --seed 7 --store "+dir+" --cwd "+dir+" --bin "+echoScript),
		"--env", "MY_COLOUR", "--env", "FLAVOUR=sweet and sour,true", "--env", "API_KEY=s3cret", "--json")
	status, stdout, stderr := execute(args...)
	require.Equal(t, statusValid, status, stderr)
	require.True(t, json.Valid([]byte(stdout)))
	require.NotContains(t, stdout+stderr, "s3cret")
	require.Contains(t, stderr, " --cwd "+dir+" --env MY_COLOUR --env 'FLAVOUR=sweet and sour,true' --env API_KEY --json ")
}

func TestNodeFlagErrors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"test --env GLOMERS_NO_SUCH":                  `no variable "GLOMERS_NO_SUCH" is set here that could be passed on: want NAME=VALUE to set it`,
		"test --env =x":                               "want NAME to pass a variable on, or NAME=VALUE to set one",
		"conform --cwd nowhere":                       `invalid argument "nowhere" for "--cwd" flag: stat nowhere: no such file`,
		"challenge 1 --cwd main.go":                   "main.go is not a directory",
		"demo --cwd .":                                "--cwd is not for demo",
		"demo --env X=1":                              "--env is not for demo",
		"challenge 1 --harness maelstrom --env X=1":   "--env: Maelstrom passes its whole environment on to nodes",
		"challenge 1 --harness maelstrom --cwd .":     "--cwd: Maelstrom runs nodes in the directory for temporary files",
		"challenge 1 --print-command --cwd testdata/": "--cwd: Maelstrom runs nodes in the directory for temporary files",
	} {
		status, _, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, want)
	}
}
