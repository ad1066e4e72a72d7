package proc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTailKeepsTheLastLines(t *testing.T) {
	t.Parallel()
	var tail Tail
	for i := range 100 {
		if i%2 == 0 {
			tail.Note([]byte{byte('0' + i%10)})
		} else {
			_, _ = tail.Write(append(bytes.Repeat([]byte{'x'}, 2*tailWidth), '\n'))
		}
	}
	lines := strings.Split(tail.String(), "\n")
	require.Len(t, lines, tailLines)
	require.Equal(t, "8", lines[tailLines-2])
	require.Len(t, lines[tailLines-1], tailWidth)
}
