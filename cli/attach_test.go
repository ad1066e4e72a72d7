package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
	"glomers/internal/starter/vscode"
)

// executeAtDesk runs a command line with a user who presses Enter when the run waits for one.
func executeAtDesk(args ...string) (status int, stdout, stderr string) {
	in, keys := io.Pipe()
	defer in.Close()
	var press sync.Once
	var out bytes.Buffer
	errs := &stopWriter{text: "waiting for a debugger", stop: func() {
		press.Do(func() { go func() { _, _ = keys.Write([]byte("go on\n")) }() })
	}}
	status = Run(context.Background(), args, &out, errs, func(c *cli) error {
		c.stdin = in
		return nil
	})
	return status, out.String(), errs.all.String()
}

// A run waits for a user who has no debugger that the harness sees, and says what it waits for.
func TestAttach(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args string
		says []string
	}{
		"a Go program": {
			"test -w echo --node-count 2 --time-limit 1 --rate 50 --attach n1 --bin " + built(t, "official"),
			[]string{`n1 is process (\d+) \(Go\): dlv attach (\d+)`, "waiting for a debugger: nothing is sent to n1, and the clock is held, until .*you press Enter", "valid: echo", "--attach n1"},
		},
		"a challenge": {
			"challenge 1 --time-limit 1 --attach n0 --bin " + built(t, "official"),
			[]string{`n0 is process \d+ \(Go\)`, "1 +echo +valid"},
		},
		"a script": {
			"test -w echo --node-count 2 --time-limit 1 --attach n0,n1 --bin ../harness/testdata/echo.sh",
			[]string{`n0 is process \d+ \(a shell\): if it runs`, `n1 is process \d+ \(a shell\)`, "nothing is sent to n0 and n1,", "valid: echo"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := executeAtDesk(words(c.args + " --store " + t.TempDir())...)
			require.Equal(t, statusValid, status, stdout+stderr)
			for _, text := range c.says {
				require.Regexp(t, text, stderr+stdout)
			}
			require.Regexp(t, `the clock of the run was held for \d+\.\d s: \d+\.\d s while n\d waited for a debugger`, stderr+stdout)
		})
	}
}

func TestAttachErrors(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"test -w echo --attach n9 --bin testdata/official":  `there is no node "n9": want some of the 5 nodes n1 … n5`,
		"test -w echo --attach n1, --bin testdata/official": `want the ids of nodes with commas between them, such as n1,n2`,
		"demo --attach n1": "--attach is not for demo",
		"challenge 1 --attach n0 --harness maelstrom": "--attach: Maelstrom starts the nodes itself",
	} {
		status, _, stderr := execute(append(words(args), "--store", t.TempDir())...)
		require.Equal(t, statusBroken, status)
		require.Contains(t, stderr, want)
	}
}

func TestStandstill(t *testing.T) {
	t.Parallel()
	overdue := standstill(harness.Standstill{Nodes: []harness.NodeProcess{{ID: "n1", PID: 1}}, Overdue: true}, "node")
	require.Equal(t, []string{"n1 has not answered a request in time: the clock is held until it does; Enter has the request time out"}, overdue)
	for want, s := range map[string]harness.Standstill{
		"until gdb, lldb or dlv is attached or you press Enter": {Sees: true, Asks: true},
		"until gdb, lldb or dlv is attached":                    {Sees: true},
		"until you press Enter":                                 {Asks: true},
	} {
		lines := standstill(s, "node")
		require.True(t, strings.HasSuffix(lines[len(lines)-1], want), lines)
		// VS Code starts its debugger at this line.
		require.Regexp(t, regexp.MustCompile(vscode.Waiting), lines[len(lines)-1])
	}
}

// The tasks of VS Code are commands of this program.
func TestTasksOfVSCode(t *testing.T) {
	t.Parallel()
	for _, language := range vscode.Languages() {
		project := vscode.Project{Language: language, Workload: "broadcast", Challenge: "3b", Bin: "bin/node", Args: []string{"--x"}, Glomers: "glomers"}
		files, err := vscode.Files(project)
		require.NoError(t, err)
		var list struct {
			Tasks []struct {
				Label, Command string
				Args           []string
			}
		}
		require.NoError(t, json.Unmarshal(files["tasks.json"], &list))
		require.Len(t, list.Tasks, 5)
		for _, task := range list.Tasks {
			require.Equal(t, "glomers", task.Command)
			parse(t, task.Label, task.Args)
		}
	}
}

// parse has the command of a command line parse its flags and arguments, as cobra does before it runs it.
func parse(t *testing.T, name string, line []string) {
	t.Helper()
	c := &cli{kinds: workload.All(), faults: nemesis.All()}
	cmd, rest, err := c.root().Find(line)
	require.NoError(t, err, name)
	require.NoError(t, cmd.ParseFlags(rest), name)
	require.NoError(t, cmd.ValidateArgs(cmd.Flags().Args()), name)
}
