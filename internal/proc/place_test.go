package proc

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// newPlace returns a Place for a user who is in a directory with some files. The test cannot be parallel to others.
func newPlace(t *testing.T, cwd string) (*Place, string) {
	t.Helper()
	user, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	t.Chdir(user)
	require.NoError(t, os.MkdirAll("lib/data", 0o755))
	require.NoError(t, os.Mkdir("some.dir", 0o755))
	for _, name := range []string{"node.py", "run", "lib/x.rb", "Main.class"} {
		require.NoError(t, os.WriteFile(name, nil, 0o600))
	}
	p, err := NewPlace(nil, cwd)
	require.NoError(t, err)
	return p, user
}

// A program that runs elsewhere finds paths that are relative to the user's directory. Words that may not be paths stay.
func TestArgs(t *testing.T) {
	p, user := newPlace(t, "")
	for arg, want := range map[string]string{
		"node.py": "/node.py", "./node.py": "/node.py", "./run": "/run", "lib/x.rb": "/lib/x.rb", "lib/data": "/lib/data", "lib/../node.py": "/lib/../node.py", ".": "/.",
	} {
		require.Equal(t, []string{user + want}, p.Args([]string{arg}))
	}
	for _, arg := range []string{"run", "lib", "some.dir", "none.py", "./none", "-", "-I./lib", "--file=node.py", "1.5", "", "lib:.", user + "/node.py"} {
		require.Equal(t, []string{arg}, p.Args([]string{arg}))
	}
	p, _ = newPlace(t, ".")
	require.Equal(t, []string{"node.py", "./run", "."}, p.Args([]string{"node.py", "./run", "."}), "from where it runs")
}

// Each program has a separate directory, and keeps it.
func TestOwnDirectories(t *testing.T) {
	p, _ := newPlace(t, "")
	t.Setenv("TMPDIR", t.TempDir())
	dirs := map[string]bool{}
	for _, name := range []string{"n1", "n2", "n1"} {
		c, err := p.Command(name, "node", []string{"node.py"}, "GLOMERS_SEED=7")
		require.NoError(t, err)
		require.DirExists(t, c.Dir)
		require.Contains(t, c.Env, "GLOMERS_SEED=7")
		require.Contains(t, c.Env, "GLOMERS_DATA="+c.Dir)
		require.True(t, filepath.IsAbs(c.Args[0]))
		dirs[c.Dir] = true
	}
	require.Len(t, dirs, 2)
	// Obstacles to removing them: links that lead out, which must not be followed, and directories without permissions.
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, nil, 0o600))
	for dir := range dirs {
		require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "link")))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "a/b"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a/b/c"), nil, 0o600))
		require.NoError(t, os.Chmod(filepath.Join(dir, "a/b"), 0))
	}
	require.NoError(t, p.Discard("n1"))
	require.NoError(t, p.Close())
	require.NoError(t, p.Close())
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, left)
	require.FileExists(t, outside)
}

// Where all programs run in one directory, each has a separate one for its data.
func TestDataBesideAWorkingDirectory(t *testing.T) {
	p, user := newPlace(t, ".")
	require.NoError(t, p.Settle("work"))
	for _, name := range []string{"n1", "n2"} {
		c, err := p.Command(name, "node", nil)
		require.NoError(t, err)
		require.Equal(t, user, c.Dir)
		require.Contains(t, c.Env, "GLOMERS_DATA="+filepath.Join(user, "work", name))
		require.DirExists(t, filepath.Join(user, "work", name))
	}
	require.NoError(t, p.Discard("n1"))
	require.NoDirExists(t, "work/n1")
	require.NoError(t, p.Close())
	require.NoDirExists(t, "work")
}

// In a run's directory, files of programs stay, and empty directories are removed.
func TestSettledDirectories(t *testing.T) {
	p, user := newPlace(t, "")
	require.NoError(t, p.Settle("work"))
	for _, name := range []string{"n1", "n2"} {
		c, err := p.Command(name, "node", nil)
		require.NoError(t, err)
		require.Equal(t, filepath.Join(user, "work", name), c.Dir)
	}
	require.NoError(t, os.WriteFile("work/n2/state", nil, 0o600))
	require.NoError(t, p.Close())
	require.NoDirExists(t, "work/n1")
	require.FileExists(t, "work/n2/state")
	require.NoError(t, os.RemoveAll("work/n2"))
	require.NoError(t, p.Close())
	require.NoDirExists(t, "work")
}

func TestPlaceErrors(t *testing.T) {
	p, user := newPlace(t, "")
	t.Setenv("TMPDIR", filepath.Join(user, "nowhere"))
	_, err := p.Command("n1", "node", nil)
	require.ErrorContains(t, err, "set TMPDIR to a directory that is there")
	require.NoError(t, p.Close())
	_, err = NewPlace(nil, "nowhere")
	require.ErrorContains(t, err, "working directory: stat "+user+"/nowhere: no such file")
	_, err = NewPlace(nil, "node.py")
	require.ErrorContains(t, err, "working directory: "+user+"/node.py is not a directory")
	_, err = NewPlace([]string{"GLOMERS_NO_SUCH"}, "")
	require.ErrorContains(t, err, "want NAME=VALUE to set it")
}

// Only a program that misses a variable or a file gets advice about it.
func TestMissed(t *testing.T) {
	t.Setenv("MY_FLAG", "x")
	t.Setenv("lower", "x")
	p, user := newPlace(t, "")
	require.NoError(t, p.Settle(filepath.Join(user, "store/work")))
	here := " is in " + user + ", but nodes run in directories of their own: --cwd . (in Go, Test.Cwd) has them run there"
	for _, c := range []struct{ arg, log, want string }{
		{"", "KeyError: 'MY_FLAG'", "; MY_FLAG is set here, but nodes get only some variables: --env MY_FLAG (in Go, Test.Env) passes it on"},
		{"", "no MY_FLAGS, no lower, no HOME", ""},
		{"", "FileNotFoundError: [Errno 2] No such file or directory: 'lib/x.rb'", "; lib/x.rb" + here},
		{"", "cannot open " + user + "/store/work/n1/run.: no such file", ""}, // no path: an English word
		{"", "can't open file '" + user + "/store/work/n1/node.py': [Errno 2]", "; node.py" + here},
		{"", "node.py: something else", ""},
		{"run", "sh: 0: cannot open run: No such file", "; run" + here},
		{"node", "/usr/bin/python3: No module named node", "; node" + here},
		{"Main", "Error: Could not find or load main class Main", "; Main" + here},
		{"-I=lib", "cannot load such file -- x", "; lib" + here},
		{"lib/x.rb", "no such file or directory: other", ""}, // it got where that is
		{"", "no such file: ../../etc/passwd /etc/passwd none.py", ""},
	} {
		require.Equal(t, c.want, p.Missed([]string{c.arg}, c.log), c.log)
	}
	p, _ = newPlace(t, ".")
	require.Empty(t, p.Missed(nil, "no such file or directory: node.py"))
}
