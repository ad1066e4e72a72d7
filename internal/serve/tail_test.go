package serve

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func TestTail(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lines")
	w, err := os.Create(path)
	require.NoError(t, err)
	defer w.Close()
	r, err := os.Open(path)
	require.NoError(t, err)
	defer r.Close()
	lines := newTail(r)
	write := func(text string) {
		_, err := w.WriteString(text)
		require.NoError(t, err)
	}
	next := func(want string, isLong bool) {
		t.Helper()
		line, long, err := lines.next()
		require.NoError(t, err)
		require.Equal(t, want, string(line))
		require.Equal(t, isLong, long)
	}
	end := func(unfinished bool) {
		t.Helper()
		_, _, err := lines.next()
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, unfinished, lines.unfinished())
	}
	end(false)
	write("a\nb")
	next("a\n", false)
	end(true)
	end(true)
	write("c\n")
	next("bc\n", false)
	end(false)
	write(strings.Repeat("x", maxLine-1) + "\n" + strings.Repeat("y", 3*maxLine))
	next(strings.Repeat("x", maxLine-1)+"\n", false)
	end(true)
	write("\nz\n")
	next(strings.Repeat("y", lineHead), true)
	require.LessOrEqual(t, cap(lines.partly), maxLine, "the rest of it is not kept")
	next("z\n", false)
	end(false)

	lines.left = 10
	write(strings.Repeat("w", 100_000) + "\n")
	_, _, err = lines.next()
	require.ErrorIs(t, err, errTooLong)
}

// An event whose value is too long still counts.
func TestWithoutValue(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(history.Op{
		Index: 3, Time: 4, Type: history.OK, Process: 5, Node: "n1", F: "read", Value: json.RawMessage(`"` + strings.Repeat("x", 2*lineHead) + `"`),
	})
	require.NoError(t, err)
	var op history.Op
	require.NoError(t, json.Unmarshal(withoutValue(text[:lineHead]), &op))
	require.Equal(t, history.Op{Index: 3, Time: 4, Type: history.OK, Process: 5, Node: "n1", F: "read"}, op)
	require.Error(t, json.Unmarshal(withoutValue([]byte(`{"f":"xxxxxx`)), &op))
}
