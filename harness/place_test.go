package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/record"
	"glomers/harness/report"
)

// A view is the environment that a "look" node finds.
type view struct {
	Dir  string
	Args []string
	Env  []string
}

// look logs the view of the process, and leaves a line in its directory.
func look(args []string) {
	dir, err := os.Getwd()
	must(err)
	found, err := json.Marshal(view{dir, args, os.Environ()})
	must(err)
	f, err := os.OpenFile("starts", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(err)
	_, err = f.WriteString("started\n")
	must(err)
	must(f.Close())
	fmt.Fprintf(os.Stderr, "%s\n", found)
}

// views runs a test of "look" nodes and returns the last view of each.
func views(t *testing.T, ctx context.Context, test Test) (Result, map[string]view) {
	t.Helper()
	var mu sync.Mutex
	found := map[string]view{}
	test.OnLog = func(node, line string) {
		var v view
		if json.Unmarshal([]byte(line), &v) == nil {
			mu.Lock()
			defer mu.Unlock()
			found[node] = v
		}
	}
	res, err := Run(ctx, test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Len(t, found, test.NodeCount)
	return res, found
}

// lookTest has lines short enough for OnLog: an environment of a few variables.
func lookTest(t *testing.T, args ...string) Test {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); !slices.Contains([]string{"PATH", "HOME", "TMPDIR", "GOCOVERDIR"}, name) {
			t.Setenv(name, "") // has it set again afterwards
			require.NoError(t, os.Unsetenv(name))
		}
	}
	t.Setenv("PATH", "/bin:/usr/bin")
	test := quick("echo", program(t, "look", args...))
	test.NodeCount = 2
	return test
}

// Nodes get only the environment variables that they need, and run in separate directories; test.json records both. Tests of
// this cannot be parallel.
func TestSurroundings(t *testing.T) {
	test := lookTest(t)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
	t.Setenv("DATABASE_URL", "postgres://me:s3cret@host")
	t.Setenv("LANG", "C.UTF-8")
	user, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	t.Chdir(user)
	test.Store = "store"
	res, found := views(t, t.Context(), test)
	for id, v := range found {
		dir, err := filepath.EvalSymlinks(filepath.Join(res.Dir, "work", id))
		require.NoError(t, err)
		require.Equal(t, filepath.Join(user, dir), v.Dir)
		require.FileExists(t, filepath.Join(dir, "starts"), "what a node leaves stays")
		require.NotContains(t, strings.Join(v.Env, "\n"), "s3cret")
		require.Contains(t, v.Env, "LANG=C.UTF-8")
		require.Contains(t, v.Env, "PWD="+v.Dir)
		require.Contains(t, v.Env, "GLOMERS_DATA="+v.Dir)
		require.True(t, slices.ContainsFunc(v.Env, func(e string) bool { return strings.HasPrefix(e, "GLOMERS_SEED=") }))
	}
	require.NoFileExists(t, "starts")

	text, err := os.ReadFile(filepath.Join(res.Dir, "test.json"))
	require.NoError(t, err)
	var meta record.Meta
	require.NoError(t, json.Unmarshal(text, &meta))
	require.Equal(t, "work/NODE", meta.Program.Cwd)
	require.Subset(t, meta.Program.Env, []string{"GLOMERS_DATA", "GLOMERS_SEED", "LANG", "PATH"})
	require.NotContains(t, meta.Program.Env, "DATABASE_URL")

	// They get the requested variables, and values are not recorded.
	test.Env, test.Cwd, test.Seed = []string{"DATABASE_URL", "MODE=s3cret mode"}, ".", 0
	res, found = views(t, t.Context(), test)
	for id, v := range found {
		require.Equal(t, user, v.Dir)
		require.Contains(t, v.Env, "GLOMERS_DATA="+filepath.Join(user, res.Dir, "work", id))
		require.Contains(t, v.Env, "DATABASE_URL=postgres://me:s3cret@host")
		require.Contains(t, v.Env, "MODE=s3cret mode")
		require.NotContains(t, strings.Join(v.Env, "\n"), "AWS_SECRET")
	}
	require.NoDirExists(t, filepath.Join(res.Dir, "work"))
	text, err = os.ReadFile(filepath.Join(res.Dir, "test.json"))
	require.NoError(t, err)
	require.NotContains(t, string(text), "s3cret")
	require.NoError(t, json.Unmarshal(text, &meta))
	require.Equal(t, user, meta.Program.Cwd)
	require.Subset(t, meta.Program.Env, []string{"DATABASE_URL", "MODE"})
}

// Without a store, nodes run in a temporary directory, which is removed completely.
func TestTemporarySurroundings(t *testing.T) {
	test := lookTest(t)
	t.Setenv("TMPDIR", t.TempDir())
	_, found := views(t, t.Context(), test)
	for _, v := range found {
		require.True(t, strings.HasPrefix(v.Dir, os.Getenv("TMPDIR")) || runtime.GOOS == "darwin", v.Dir)
		require.NoDirExists(t, v.Dir)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, left)

	// The directory is not needed with a store.
	t.Setenv("TMPDIR", "/no/such/directory")
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, "start node n0: a directory for the files of nodes: ")
	require.ErrorContains(t, err, "set TMPDIR to a directory that is there")
	test.Store = t.TempDir()
	_, _ = views(t, t.Context(), test)
}

// A node that is killed and started again finds its files.
func TestSurroundingsOutliveAKill(t *testing.T) {
	test := lookTest(t)
	test.Store, test.TimeLimit, test.Nemesis, test.NemesisInterval = t.TempDir(), 1500*time.Millisecond, []string{"kill"}, 150*time.Millisecond
	test.limits.call = time.Second
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	starts := 0
	for _, id := range test.nodeIDs() {
		text, err := os.ReadFile(filepath.Join(res.Dir, "work", id, "starts"))
		require.NoError(t, err)
		starts += strings.Count(string(text), "started\n")
	}
	require.Greater(t, starts, test.NodeCount, "so somebody was killed")
}

// A node that fills its directory with traps does no harm to the files of the harness.
func TestLitteredDirectory(t *testing.T) {
	t.Parallel()
	sh := interpreter(t, "sh", "-c", "true")
	const litter = `
for f in test.json results.json history.jsonl journal.jsonl report.html n1.log; do ln -s "$2" $f; done
mkfifo pipe; ln -s . loop; ln -s ../../nodes nodes; ln -s /etc etc; mkdir locked; touch locked/x; chmod 0 locked
dd if=/dev/zero of=huge bs=1 count=1 seek=1000000000000 2>/dev/null
exec "$1"`
	target := filepath.Join(t.TempDir(), "target")
	require.NoError(t, os.WriteFile(target, []byte("mine"), 0o600))
	for _, store := range []string{"", t.TempDir()} {
		test := quick("echo", Binary(sh, "-c", litter, "sh", "testdata/echo.sh", target))
		test.Store = store
		res, err := Run(t.Context(), test)
		require.NoError(t, err)
		require.Equal(t, check.Valid, res.Valid, res.Reasons)
		for _, w := range res.Warnings {
			require.NotContains(t, w, "cannot be removed")
		}
		if store == "" {
			continue
		}
		for _, name := range []string{"test.json", "results.json", "history.jsonl", "journal.jsonl", "report.html", "nodes/n1.log"} {
			info, err := os.Lstat(filepath.Join(res.Dir, name))
			require.NoError(t, err)
			require.True(t, info.Mode().IsRegular(), name)
		}
		require.NoError(t, report.Options{}.Write(res.Dir))
		for _, id := range test.nodeIDs() {
			require.NoError(t, os.Chmod(filepath.Join(res.Dir, "work", id, "locked"), 0o700)) // or it stays, where we are not root
		}
	}
	now, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "mine", string(now))
}

// Paths to programs and scripts are relative to the user's directory, although nodes run elsewhere.
func TestRelativePrograms(t *testing.T) {
	sh := interpreter(t, "sh", "-c", "true")
	dir, err := filepath.Abs("testdata")
	require.NoError(t, err)
	bin := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(dir, "echo.sh"), filepath.Join(bin, "my-echo")))
	t.Chdir(filepath.Dir(dir))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for name, p := range map[string]Program{
		"relative":        Binary("testdata/echo.sh"),
		"script":          Binary("sh", "testdata/echo.sh"),
		"dotted script":   Binary(sh, "./testdata/echo.sh"),
		"script on PATH":  Binary("my-echo"),
		"words untouched": Binary("sh", "-c", `[ "$1" = testdata ] && [ ! -e testdata ] && exec "$2"`, "sh", "testdata", "testdata/echo.sh"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // to each other: the directory is this test's
			res, err := Run(t.Context(), quick("echo", p))
			require.NoError(t, err)
			require.Equal(t, check.Valid, res.Valid, res.Reasons)
		})
	}
}

// If a node fails because a file or a variable is missing, the error says what to do about it.
func TestMissedSurroundings(t *testing.T) {
	interpreter(t, "sh", "-c", "true")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("settings", []byte("x"), 0o600))
	t.Setenv("MY_FLAG", "on")
	for script, want := range map[string]string{
		`: "${MY_FLAG:?not set}"`:  "; MY_FLAG is set here, but nodes get only some variables: --env MY_FLAG (in Go, Test.Env) passes it on",
		`cat ./settings || exit 1`: ", but nodes run in directories of their own: --cwd . (in Go, Test.Cwd) has them run there",
	} {
		_, err := Run(t.Context(), quick("echo", Binary("sh", "-c", script)))
		require.ErrorContains(t, err, want)
	}
}

func TestSurroundingsOfInProcessNodes(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(registerEcho))
	test.Cwd = "."
	res, err := Run(t.Context(), test)
	require.EqualError(t, err, "harness: Env and Cwd are for nodes that are processes: those in this process have its environment and its directory")
	require.Equal(t, check.Unknown, res.Valid)
	test.Cwd, test.Env = "", []string{"X=1"}
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, "harness: Env and Cwd are for nodes that are processes")
	test.Program = program(t, "echo")
	test.Env = []string{"=1"}
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, `harness: environment: "=1": want NAME`)
	test.Env, test.Cwd = nil, "/no/such"
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, "harness: working directory: stat /no/such")
}
