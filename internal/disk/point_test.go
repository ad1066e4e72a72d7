package disk

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPoint(t *testing.T) {
	t.Parallel()
	for name, point := range map[string]func(*os.Root, string, string) error{"as the system has it": Point, "text": pointByText} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, dir := open(t)
			for _, target := range []string{"a/1", "b/2"} {
				require.NoError(t, point(dir, target, "latest"))
				to, err := Target(dir, "latest")
				require.NoError(t, err)
				require.Equal(t, filepath.FromSlash(target), to)
			}
			require.NoError(t, os.Mkdir(filepath.Join(path, "current"), 0o755))
			require.ErrorContains(t, point(dir, "a/1", "current"), "current: ")
			require.Equal(t, []string{"current", "latest"}, names(t, path))
			_, err := Target(dir, "current")
			require.Error(t, err)
		})
	}
	path, dir := open(t)
	require.NoError(t, Point(dir, "a/1", "latest"))
	info, err := os.Lstat(filepath.Join(path, "latest"))
	require.NoError(t, err)
	require.Equal(t, runtime.GOOS == "windows", info.Mode().IsRegular())
}

// A text that somebody else has written leads nowhere outside the directory, and is read only up to a limit.
func TestTargetOfForeignText(t *testing.T) {
	t.Parallel()
	path, dir := open(t)
	for _, text := range []string{"", "\n", "..", "../a", "/etc", "a/../../b", "a\nb", "a\x00", strings.Repeat("a", maxTarget+1)} {
		require.NoError(t, os.WriteFile(filepath.Join(path, "latest"), []byte(text), 0o600))
		_, err := Target(dir, "latest")
		require.Error(t, err, "%q", text)
	}
	for _, text := range []string{"a/1", "a/1\n", "a/1\r\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(path, "latest"), []byte(text), 0o600))
		to, err := Target(dir, "latest")
		require.NoError(t, err)
		require.Equal(t, filepath.Join("a", "1"), to)
	}
}
