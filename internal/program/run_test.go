package program

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTail(t *testing.T) {
	var tail Tail
	for n := range 100_000 {
		_, _ = fmt.Fprintln(&tail, n)
	}
	text := tail.String()
	require.Less(t, len(text), 200_000)
	require.True(t, strings.HasSuffix(text, "\n99998\n99999\n"))
	require.Contains(t, text, "\n90000\n")
}
