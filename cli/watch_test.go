package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A transcript is the output of a command that runs.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and replaced when text grows
	read int           // bytes of text that await has passed
}

func newTranscript() *transcript { return &transcript{more: make(chan struct{})} }

// Write implements io.Writer.
func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.more)
	t.more = make(chan struct{})
	return t.text.Write(b)
}

// await waits for words in the text after those of the call before, and returns the text up to their end.
func (t *transcript) await(tb testing.TB, words string) string {
	tb.Helper()
	patience := time.After(time.Minute)
	for {
		t.mu.Lock()
		text, more := t.text.String()[t.read:], t.more
		i := strings.Index(text, words)
		if i >= 0 {
			t.read += i + len(words)
		}
		t.mu.Unlock()
		if i >= 0 {
			return text[:i+len(words)]
		}
		select {
		case <-more:
		case <-patience:
			require.FailNow(tb, "no "+words, "%s", text)
		}
	}
}

// watchIn starts the watch command in the working directory. The end of the test stops it.
func watchIn(tb testing.TB, args ...string) *transcript {
	tb.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out := newTranscript()
	var ended sync.WaitGroup
	status := -1
	ended.Go(func() { status = Run(ctx, append([]string{"watch"}, args...), out, out) })
	tb.Cleanup(func() {
		stop()
		ended.Wait()
		require.Equal(tb, statusValid, status, "%s", out.text.String())
	})
	return out
}

// nodeIn makes a directory with a node in a language, and goes there.
func nodeIn(tb testing.TB, language string) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "mine")
	status, _, stderr := execute("init", dir, "--lang", language)
	require.Equal(tb, statusValid, status, stderr)
	tb.Chdir(dir)
}

// edit replaces words in a file.
func edit(tb testing.TB, file, old, now string) {
	tb.Helper()
	text, err := os.ReadFile(file)
	require.NoError(tb, err)
	require.Contains(tb, string(text), old)
	require.NoError(tb, os.WriteFile(file, bytes.Replace(text, []byte(old), []byte(now), 1), 0o644))
}

func TestWatchOnce(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	watch := func(args ...string) (status int, stdout, stderr string) {
		return execute(append(words("watch --once --seed 3 --bin testdata/gossip --store "+store), args...)...)
	}
	status, stdout, stderr := watch("3a")
	require.Equal(t, statusValid, status, stdout+stderr)
	require.Contains(t, stdout, "3a single-node broadcast             passed         0 msgs/op")
	require.Contains(t, stdout, "All is passed, and all ")
	require.Empty(t, stderr)

	status, stdout, stderr = watch("1", "3a") // it does not serve echo
	require.Equal(t, statusInvalid, status, stdout+stderr)
	require.Contains(t, stdout, "FAIL request, must")
	require.NotContains(t, stdout, "3a")
}

func TestWatchRefuses(t *testing.T) {
	t.Parallel()
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "main.go"), []byte("package main\nfunc main() { x }\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "go.mod"), []byte("module broken\n"), 0o644))
	for line, says := range map[string]string{
		"watch 9 --bin testdata/gossip --once":           `no challenge is called "9"`,
		"watch 1 --bin testdata/nosuch --once":           "no such file",
		"watch 1 --bin testdata/gossip --build make":     "is a directory, which the go command builds",
		"watch 1 --once -- x":                            "there is no --bin",
		"watch 1 --once --bin " + broken:                 "undefined: x",
		"watch 1 --once --bin ./x --build false":         "false in .: exit status 1",
		"watch 1 --once --bin ./x --build nosuch-at-all": "executable file not found",
	} {
		status, _, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says, line)
	}
}

// A node that is broken and repaired, in a directory as glomers init makes it.
func TestWatchLoop(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped: needs python3")
	}
	nodeIn(t, "python")
	const repeat = "node.every(GOSSIP_EVERY, gossip)"
	edit(t, "main.py", repeat, "pass")
	out := watchIn(t, "3c", "--seed", "3")
	out.await(t, "3c fault-tolerant broadcast          invalid")
	out.await(t, "hint: glomers hint\nWaiting for a change.\n")

	edit(t, "main.py", "pass", "pass )")
	out.await(t, "main.py changed\n\nFAIL init")
	out.await(t, "SyntaxError")
	out.await(t, "Waiting")

	edit(t, "main.py", "pass )", repeat)
	out.await(t, "main.py changed\n3c fault-tolerant broadcast          passed")
}
