package harness

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
)

func readHistory(t *testing.T, res Result) []history.Op {
	t.Helper()
	f, err := os.Open(filepath.Join(res.Dir, "history.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	ops, err := history.Read(f)
	require.NoError(t, err)
	return ops
}

func readJSON(t *testing.T, dir, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}

func TestStore(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	test := quick("echo", program(t, "echo"))
	test.Store, test.Seed = root, 1<<63+1
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "echo"), filepath.Dir(res.Dir))

	for _, name := range []string{"latest", "current"} {
		target, err := os.Readlink(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, filepath.Join("echo", filepath.Base(res.Dir)), target)
	}

	var results map[string]any
	readJSON(t, res.Dir, "results.json", &results)
	require.Equal(t, true, results["valid"])
	require.Subset(t, keys(results), []string{"valid", "workload", "stats", "availability", "exceptions", "net", "nemesis", "latencies", "lag", "seed", "dir"})

	var meta record.Meta
	readJSON(t, res.Dir, "test.json", &meta)
	require.Equal(t, "echo", meta.Workload)
	require.Equal(t, []string{"n0", "n1", "n2"}, meta.Nodes)
	require.Equal(t, 3, meta.Concurrency)
	require.Equal(t, "10s", meta.NemesisInterval) // a default
	require.Equal(t, test.Seed, meta.Seed)
	require.Len(t, meta.Program.SHA256, 64)

	// Each message has one send and, as the network was whole, one recv that comes later.
	f, err := os.Open(filepath.Join(res.Dir, "journal.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	sentAt := make(map[int64]network.Event)
	received := 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e network.Event
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		if e.Kind == network.Sent {
			sentAt[e.ID] = e
			continue
		}
		require.Equal(t, network.Received, e.Kind)
		require.Equal(t, sentAt[e.ID].Message, e.Message)
		require.GreaterOrEqual(t, e.Time, sentAt[e.ID].Time)
		received++
	}
	require.NoError(t, lines.Err())
	require.Len(t, sentAt, res.Net.All.Messages)
	require.Equal(t, received, res.Net.All.Received)

	require.Len(t, readHistory(t, res), 2*res.Stats.Count)
	for _, id := range meta.Nodes {
		require.FileExists(t, filepath.Join(res.Dir, "nodes", id+".log"))
	}
}

func keys(m map[string]any) []string {
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	return ks
}

// A broken run leaves all files, too, including the logs of nodes.
func TestStoreAfterError(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "crash"))
	test.Store = t.TempDir()
	res, runErr := Run(t.Context(), test)
	require.Error(t, runErr)
	var results struct {
		Valid any
		Error string
	}
	readJSON(t, res.Dir, "results.json", &results)
	require.NotEqual(t, true, results.Valid)
	require.Equal(t, runErr.Error(), results.Error)
	require.NotEmpty(t, readHistory(t, res))

	var broken *NodeError
	require.ErrorAs(t, runErr, &broken)
	log, err := os.ReadFile(filepath.Join(res.Dir, "nodes", broken.Node+".log"))
	require.NoError(t, err)
	require.Equal(t, "out of ideas\n", string(log))
}

func TestStoreCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	test := quick("echo", InProcess(registerEcho))
	test.Store = file
	_, err := Run(t.Context(), test)
	require.ErrorContains(t, err, file)
}

type fullDisk struct{ name string }

func (d fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: d.name, Err: errors.New("no space left on device")}
}

// A reader of the files during a run finds all events up to the last report, in whole lines.
func TestStoreCanBeFollowed(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", InProcess(registerBroadcast))
	test.Store = t.TempDir()
	var ops []history.Op
	seen := 0
	test.OnOp = func(op history.Op) { ops = append(ops, op) }
	test.Progress = func(p Progress) {
		f, err := os.Open(filepath.Join(test.Store, "current", "history.jsonl"))
		require.NoError(t, err)
		defer f.Close()
		require.True(t, record.Running(f))
		written, err := history.Read(f)
		require.NoError(t, err)
		require.Equal(t, len(ops), len(written))
		journal, err := os.ReadFile(filepath.Join(test.Store, "current", "journal.jsonl"))
		require.NoError(t, err)
		require.Equal(t, p.Messages, bytes.Count(journal, []byte(`"event":"send"`)))
		require.True(t, len(journal) == 0 || journal[len(journal)-1] == '\n')
		if p.Phase == PhaseMain && len(written) > 0 {
			seen++
		}
	}
	res := virtually(t, test)
	require.Positive(t, seen)

	f, err := os.Open(filepath.Join(res.Dir, "history.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	require.False(t, record.Running(f))
	written, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	var want bytes.Buffer
	require.NoError(t, history.Write(&want, ops))
	require.Equal(t, want.String(), string(written))
}

// A store does not affect the run.
func TestStoreLeavesTheRunAsItIs(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", InProcess(registerBroadcast))
	test.Nemesis, test.NemesisInterval, test.Latency = []string{"partition"}, 100*time.Millisecond, 10*time.Millisecond
	without := virtually(t, test)
	test.Store = t.TempDir()
	require.Equal(t, without.Hash, virtually(t, test).Hash)
}

// So does a run that cannot write the log of a node.
func TestNodeLogFails(t *testing.T) {
	t.Parallel()
	var failed []error
	o := &output{log: fullDisk{"n1.log"}, fail: func(err error) { failed = append(failed, err) }}
	for range 3 {
		_, err := o.Write([]byte("half a li"))
		require.NoError(t, err)
	}
	_, err := o.Write([]byte("ne\r\nlast"))
	require.NoError(t, err)
	require.Len(t, failed, 1)
	require.ErrorContains(t, failed[0], "n1.log")
	require.Equal(t, "half a lihalf a lihalf a line\nlast", o.String())
}
