package record

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lines")
	w, err := os.Create(path)
	require.NoError(t, err)
	defer w.Close()
	r, err := os.Open(path)
	require.NoError(t, err)
	defer r.Close()
	lines := NewLines(r)
	write := func(text string) {
		_, err := w.WriteString(text)
		require.NoError(t, err)
	}
	next := func(want string, wantMore int) {
		t.Helper()
		line, more, err := lines.Next()
		require.NoError(t, err)
		require.Equal(t, want, string(line))
		require.Equal(t, wantMore, more)
	}
	end := func(unfinished bool) {
		t.Helper()
		_, _, err := lines.Next()
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, unfinished, lines.Unfinished())
	}
	end(false)
	write("a\nb")
	next("a", 0)
	end(true)
	end(true)
	write("c\n")
	next("bc", 0)
	end(false)
	write(strings.Repeat("x", maxLine) + "\n" + strings.Repeat("y", 3*maxLine))
	next(strings.Repeat("x", maxLine), 0)
	end(true)
	write("\nz\n")
	next(strings.Repeat("y", maxLine), 2*maxLine)
	require.Less(t, cap(lines.partly), 2*maxLine, "the rest of it is not kept")
	next("z", 0)
	end(false)
}
