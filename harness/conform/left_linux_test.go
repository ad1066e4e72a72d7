package conform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A process that the node left behind outside its process group is killed and named.
func TestLeftBehind(t *testing.T) {
	t.Parallel()
	const seconds = "3600.000271828182845904"
	o := brokenNode(t, "escape")
	o.Args = append(o.Args, seconds)
	o.Checks = []string{"init"}
	report := check(t, o)
	require.NotEmpty(t, report.Left) // each of its processes left one
	require.Regexp(t, `^the node left a process behind: \d+ sleep `+seconds+` \(killed\)$`, report.Left[0])
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range files {
		text, _ := os.ReadFile(file) // it may have ended meanwhile
		require.NotEqual(t, "sleep\x00"+seconds+"\x00", string(text))
	}
}
