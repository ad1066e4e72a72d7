package guard

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLeft(t *testing.T) {
	t.Parallel()
	require.Empty(t, Left("n1", nil))
	strays := []Stray{{4711, "n1", "sleep 100", true}, {4712, "n1", "sleep 101", false}}
	require.Equal(t, []string{
		"n1 left a process behind: 4711 sleep 100 (killed)",
		"n1 left a process behind: 4712 sleep 101 (it could not be killed)",
	}, Left("n1", strays))
	require.Equal(t, "n1 left 3 more processes behind", Left("n1", slices.Repeat(strays, 4))[5])
}
