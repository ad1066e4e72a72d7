//go:build unix

package guard

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLabel(t *testing.T) {
	t.Parallel()
	const mark = Variable + "=ABC."
	for environ, want := range map[string]string{
		"A=1\x00" + mark + "n1\x00B=2\x00": "n1",
		mark + "the node\x00":              "the node",
		mark + "n2":                        "n2",
	} {
		got, ok := label([]byte(environ), mark)
		require.True(t, ok, "%q", environ)
		require.Equal(t, want, got)
	}
	for _, environ := range []string{"", "A=1\x00", "A=" + mark + "n1\x00", Variable + "=ABCD.n1\x00"} {
		_, ok := label([]byte(environ), mark)
		require.False(t, ok, "%q", environ)
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "sleep 100", commandLine([]byte("sleep\x00100\x00")))
	require.Equal(t, `sh -c \x1b[2J\n`, commandLine([]byte("sh\x00-c\x00\x1b[2J\n\x00")))
	require.Empty(t, commandLine(nil))
	long := commandLine([]byte(strings.Repeat("x", 1000)))
	require.Equal(t, strings.Repeat("x", 200)+"…", long)
}
