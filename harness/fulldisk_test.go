//go:build unix

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// runOnFullDisk runs a test and prints the results of Run. From the given phase on, no file can have more than most bytes, as
// if the disk were full. If program is "", the nodes are in this process.
func runOnFullDisk(store, most, phase, program string) {
	limit, err := strconv.ParseUint(most, 10, 64)
	must(err)
	test := quick("echo", InProcess(registerEcho))
	if program != "" {
		self, err := os.Executable()
		must(err)
		test.Program = Binary(self, asNode, program)
	}
	test.Store, test.Seed = store, 7
	test.Progress = func(p Progress) {
		if p.Phase == phase {
			must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}))
		}
	}
	res, err := Run(context.Background(), test)
	text, _ := json.Marshal(map[string]string{"dir": res.Dir, "error": fmt.Sprint(err), "valid": res.Valid.String()})
	fmt.Println(string(text))
	os.Exit(0)
}

// If the disk is full at the end, each file is complete or missing, and the error names the first missing file.
func TestDiskFullAtTheEnd(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for most, missing := range map[string][]string{
		"300":   finals,
		"32768": {"report.html"},
	} {
		t.Run(most, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command(self, asNode, "full-disk", t.TempDir(), most, PhaseCheck, "").Output()
			require.NoError(t, err)
			var said struct{ Dir, Error, Valid string }
			require.NoError(t, json.Unmarshal(out, &said))
			require.Regexp(t, `^harness: store: (report: )?`+missing[0]+": write .*: file too large$", said.Error)
			require.Equal(t, "unknown", said.Valid)
			entries, err := os.ReadDir(said.Dir)
			require.NoError(t, err)
			var there []string
			for _, e := range entries {
				info, err := e.Info()
				require.NoError(t, err)
				require.NotZero(t, info.Size(), e.Name())
				there = append(there, e.Name())
			}
			want := []string{"history.jsonl", "journal.jsonl", "node-logs", "nodes", "test.json"}
			for _, name := range finals {
				if !slices.Contains(missing, name) {
					want = append(want, name)
				}
			}
			require.ElementsMatch(t, want, there)
			history, err := os.ReadFile(filepath.Join(said.Dir, "history.jsonl"))
			require.NoError(t, err)
			require.Equal(t, byte('\n'), history[len(history)-1])
		})
	}
}

// If the disk becomes full during the run, the run ends with an error that names the file, and without a verdict.
func TestDiskFullMeanwhile(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for name, c := range map[string]struct{ most, phase, program, says string }{
		"journal or history": {"1000", PhaseMain, "", `(journal|history).jsonl: file too large$`},
		"stderr":             {"10000", PhaseSetup, "shout", `^harness: log of node n0: write .*n0.log: file too large$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command(self, asNode, "full-disk", t.TempDir(), c.most, c.phase, c.program).Output()
			require.NoError(t, err)
			var said struct{ Dir, Error, Valid string }
			require.NoError(t, json.Unmarshal(out, &said))
			require.Regexp(t, c.says, said.Error)
			require.Equal(t, "unknown", said.Valid)
		})
	}
}
