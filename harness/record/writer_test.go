package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/network"
)

func create(t testing.TB, l Limits) *Writer {
	t.Helper()
	w, err := Create(t.TempDir(), Meta{Workload: "echo", Nodes: []string{"n1"}}, l)
	require.NoError(t, err)
	return w
}

func finish(t testing.TB, w *Writer) {
	t.Helper()
	warnings, err := w.Seal(nil)
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.NoError(t, w.Close())
}

// Two runs of the same millisecond get directories of their own.
func TestNames(t *testing.T) {
	t.Parallel()
	store, dirs := t.TempDir(), make(map[string]bool)
	for range 20 {
		w, err := Create(store, Meta{Workload: "echo"}, Limits{})
		require.NoError(t, err)
		dirs[w.Dir()] = true
		finish(t, w)
	}
	require.Len(t, dirs, 20)
}

// A node that has begun puts a link where the log of the next one will be.
func TestTheLogOfANodeIsALink(t *testing.T) {
	t.Parallel()
	precious := filepath.Join(t.TempDir(), "precious")
	require.NoError(t, os.WriteFile(precious, []byte("precious"), 0o600))
	w := create(t, Limits{Logs: 1 << 20})
	require.NoError(t, os.Symlink(precious, filepath.Join(w.Dir(), "nodes", "n1.log")))
	log, err := w.NodeLog("n1")
	require.NoError(t, err)
	_, err = log.Write([]byte("hello\n"))
	require.NoError(t, err)
	finish(t, w)
	for path, want := range map[string]string{precious: "precious", filepath.Join(w.Dir(), "nodes", "n1.log"): "hello\n"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, string(text))
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// What cannot be written is an error at once, or at the end.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"journal", "history"} {
		w := create(t, Limits{Journal: 1 << 20})
		file := map[string]*lineFile{"journal": w.journal, "history": w.history}[name]
		file.buffer = bufio.NewWriterSize(full{}, 16)
		err := errors.Join(w.Op(history.Op{Value: json.RawMessage("1")}), w.Message(network.Event{}), w.Flush())
		require.ErrorContains(t, err, "no space left on device", name)
		_, err = w.Seal(nil)
		require.ErrorContains(t, err, "no space left on device", name)
	}
}

type pieces []string

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, string(b))
	return len(b), nil
}

func TestLineFileWritesWholeLines(t *testing.T) {
	t.Parallel()
	var written pieces
	f := lineFile{buffer: bufio.NewWriterSize(&written, 16)}
	for _, line := range []string{"one\n", "two\n", "a long third\n", "one that is longer than the buffer\n", "last\n"} {
		_, err := f.Write([]byte(line))
		require.NoError(t, err)
	}
	require.NoError(t, f.flush())
	require.Equal(t, pieces{"one\ntwo\n", "a long third\n", "one that is longer than the buffer\n", "last\n"}, written)
}

// BenchmarkOp is the cost of an event in the history.
func BenchmarkOp(b *testing.B) {
	w := create(b, Limits{})
	op := history.Op{Time: int64(time.Second), Type: history.OK, F: "read", Value: json.RawMessage("[1,2,3,4,5,6,7,8,9,10]")}
	for b.Loop() {
		require.NoError(b, w.Op(op))
	}
}
