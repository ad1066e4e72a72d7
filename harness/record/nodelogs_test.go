package record

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNodeLogsAreShared(t *testing.T) {
	t.Parallel()
	logs := newNodeLogs(100, 5, "")
	require.EqualValues(t, 10, logs.share)
	require.Equal(t, 60, logs.take(0, 70), "its share and all of the pool")
	require.Equal(t, 0, logs.take(60, 1))
	for range 4 {
		require.Equal(t, 4, logs.take(0, 4))
		require.Equal(t, 6, logs.take(4, 70), "the share is there whatever others write")
	}
}

type closer struct{ bytes.Buffer }

func (*closer) Close() error { return nil }

func TestNodeLogHasBeginningAndEnd(t *testing.T) {
	t.Parallel()
	var file closer
	l := &NodeLog{file: &file, logs: newNodeLogs(1000, 1, "see --max-logs")}
	var all bytes.Buffer
	for i := range 100_000 {
		line := fmt.Sprintf("line %d\n", i)
		all.WriteString(line)
		n, err := l.Write([]byte(line))
		require.NoError(t, err)
		require.Equal(t, len(line), n)
	}
	require.NoError(t, l.Close())
	begin, rest, marked := strings.Cut(file.String(), "\nglomers: from here on, stderr is dropped but for its end")
	require.True(t, marked)
	require.Equal(t, all.String()[:1000], begin)
	_, rest, marked = strings.Cut(rest, fmt.Sprintf("\nglomers: %d bytes of stderr dropped, ", all.Len()-1000-lastBytes))
	require.True(t, marked)
	require.Contains(t, rest, "--max-logs")
	_, end, marked := strings.Cut(rest, "are:\n")
	require.True(t, marked)
	require.Equal(t, all.String()[all.Len()-lastBytes:], end)

	for _, size := range []int{1000, 1001, 1000 + 3*lastBytes} { // what fits, and pieces that are larger than what is kept
		file.Reset()
		l = &NodeLog{file: &file, logs: newNodeLogs(1000, 1, "see --max-logs")}
		_, err := l.Write(bytes.Repeat([]byte("x"), size-1))
		require.NoError(t, err)
		_, err = l.Write([]byte("y"))
		require.NoError(t, err)
		require.NoError(t, l.Close())
		require.EqualValues(t, max(0, size-1000-lastBytes), l.Lost())
		require.True(t, strings.HasSuffix(file.String(), "y"))
		require.Equal(t, size > 1000, strings.Contains(file.String(), "glomers:"))
	}
}
