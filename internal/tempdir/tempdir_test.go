//go:build unix

package tempdir

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// asHolder, as the first argument, tells the test binary to make a directory, print its path, and wait.
const asHolder = "hold-directory"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asHolder {
		d, err := New()
		if err != nil {
			panic(err)
		}
		fmt.Println(d.Path)
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
		return
	}
	os.Exit(m.Run())
}

// hold has another process make a directory. That process holds the directory until kill is called.
func hold(t *testing.T) (path string, kill func()) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, asHolder)
	_, err = cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // the process is still running
		_ = cmd.Wait()
	})
	t.Cleanup(kill)
	return lines.Text(), kill
}

// The next New removes a directory whose process was killed, and no other directory.
func TestSweep(t *testing.T) {
	root := t.TempDir()
	t.Setenv("TMPDIR", root)
	victim, kill := hold(t)
	other, _ := hold(t)
	mine, err := New()
	require.NoError(t, err)
	kept, err := New()
	require.NoError(t, err)
	require.NoError(t, kept.Keep())
	foreign := filepath.Join(root, "glomers-12345")
	require.NoError(t, os.Mkdir(foreign, 0o755))
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "precious"), nil, 0o644))
	link := filepath.Join(root, prefix+"link")
	require.NoError(t, os.Symlink(outside, link))
	file := filepath.Join(root, prefix+"file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.NoError(t, os.Symlink(outside, filepath.Join(victim, "link")))
	locked := filepath.Join(victim, "locked")
	require.NoError(t, os.MkdirAll(filepath.Join(locked, "deep"), 0o755))
	require.NoError(t, os.Chmod(locked, 0))

	sweep(root)
	require.DirExists(t, victim, "its process lives")
	kill()
	sweep(root)
	require.NoDirExists(t, victim)
	for _, dir := range []string{other, mine.Path, kept.Path, foreign} {
		require.DirExists(t, dir)
	}
	_, err = os.Lstat(link)
	require.NoError(t, err)
	require.FileExists(t, file)
	require.FileExists(t, filepath.Join(outside, "precious"))

	require.NoError(t, mine.Remove())
	require.NoDirExists(t, mine.Path)
	d, err := New() // New still works
	require.NoError(t, err)
	require.NoError(t, d.Remove())
}

// Directories that are made while other processes sweep are not removed.
func TestSweepWhileOthersBegin(t *testing.T) {
	root := t.TempDir()
	t.Setenv("TMPDIR", root)
	done := make(chan struct{})
	var sweeping sync.WaitGroup
	sweeping.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				sweep(root)
			}
		}
	})
	var all []*Dir
	for range 300 {
		d, err := New()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(d.Path, "file"), nil, 0o644))
		all = append(all, d)
	}
	close(done)
	sweeping.Wait()
	for _, d := range all {
		require.FileExists(t, filepath.Join(d.Path, "file"))
		require.NoError(t, d.Remove())
	}
}

func TestNoPlace(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	_, err := New()
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestEscape(t *testing.T) {
	root := filepath.Join(t.TempDir(), `a[b]*?\c`)
	require.NoError(t, os.Mkdir(root, 0o755))
	t.Setenv("TMPDIR", root)
	victim, kill := hold(t)
	kill()
	sweep(root)
	require.NoDirExists(t, victim)
}
