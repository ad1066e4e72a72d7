package why

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTell(t *testing.T) {
	t.Parallel()
	require.Empty(t, Tell(nil))
	long := lostValue
	long.So = strings.Repeat("nobody sent it again ", 6) + "\x1b[2J"
	text := Tell([]Cause{long, lostValue, lostValue, lostValue, lostValue})
	require.Contains(t, text, "\n  why: value 17 is missing from n2\n")
	require.Contains(t, text, "\n     1.672 s  n1 sends 17 to n2, which never gets it\n")
	require.Contains(t, text, "\n        sent it again", "the second line stands below the first")
	require.Contains(t, text, "and 2 more causes")
	require.Equal(t, maxTold, strings.Count(text, "why: "))
	require.NotContains(t, text, "\x1b")
}
