package readme

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var long = flag.Bool("long", false, "run also the commands that take their time")

// TestMain allows more parallel commands than there are cores: the commands mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// library returns the documents of this repository.
func library(t *testing.T) Library {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	l, err := Read(root)
	require.NoError(t, err)
	require.Contains(t, l.Documents, "README.md")
	return l
}

func TestLinks(t *testing.T) {
	l := library(t)
	for _, d := range l.Sorted() {
		for _, link := range d.Links {
			if err := l.CheckLink(d, link.Target); err != nil {
				t.Errorf("%s:%d: %v", d.Path, link.Line, err)
			}
		}
	}
}

func TestMarkers(t *testing.T) {
	l := library(t)
	for _, d := range l.Sorted() {
		marked := false
		for _, b := range d.Blocks {
			marked = marked || b.Marker != ""
		}
		for _, b := range d.Blocks {
			at := fmt.Sprintf("%s:%d", d.Path, b.Line)
			switch kind, _, _ := strings.Cut(b.Marker, ":"); kind {
			case "":
				if marked && b.HasCommand() {
					t.Errorf("%s: a command without a marker: want one of those that package readme describes", at)
				}
			case "run":
				r, err := ParseRun(b.Marker)
				require.NoError(t, err, at)
				require.NotEmpty(t, b.Commands(r), at)
				_, err = r.Edited(l.Root, t.TempDir())
				require.NoError(t, err, at)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	l := library(t)
	for _, d := range l.Sorted() {
		for _, b := range d.Blocks {
			if name, ok := strings.CutPrefix(b.Marker, "file: "); ok {
				text, err := os.ReadFile(filepath.Join(l.Root, filepath.FromSlash(name)))
				require.NoError(t, err, "%s:%d", d.Path, b.Line)
				require.Equal(t, string(text), b.Text+"\n", "%s:%d is to be %s", d.Path, b.Line, name)
			}
		}
	}
}

func TestCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and the commands take their time")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skipf("skipped: needs bash: %v", err)
	}
	l := library(t)
	s := newShell(t, l.Root)
	// The blocks of a chain run one after the other; the chains, of all files, run in parallel.
	for _, d := range l.Sorted() {
		for _, chain := range chains(t, d) {
			t.Run(fmt.Sprintf("%s:%d", d.Path, chain[0].Line), func(t *testing.T) {
				t.Parallel()
				store := t.TempDir()
				for _, b := range chain {
					s.runBlock(t, d, b, store)
				}
			})
		}
	}
}

// chains returns those blocks of d that are to be run. A block that names the store needs the run that the block before it leaves
// there, and is in the same chain.
func chains(t *testing.T, d Document) [][]Block {
	t.Helper()
	var all [][]Block
	for _, b := range d.Blocks {
		if !strings.HasPrefix(b.Marker, "run") {
			continue
		}
		r, err := ParseRun(b.Marker)
		require.NoError(t, err)
		switch first := strings.Join(b.Commands(Run{})[:1], ""); {
		case r.Long && !*long:
		case len(all) > 0 && strings.Contains(first, `"$STORE"/`):
			all[len(all)-1] = append(all[len(all)-1], b)
		default:
			all = append(all, []Block{b})
		}
	}
	return all
}

// runBlock runs the commands of a block of d.
func (s shell) runBlock(t *testing.T, d Document, b Block, store string) {
	t.Helper()
	r, err := ParseRun(b.Marker)
	require.NoError(t, err)
	if _, err := exec.LookPath(r.Needs); r.Needs != "" && err != nil {
		t.Logf("%s:%d: skipped: needs %s: %v", d.Path, b.Line, r.Needs, err)
		return
	}
	edited := s.edited(t, r)
	all := ""
	for _, command := range b.Commands(r) {
		status, output := edited.run(t, store, command)
		require.Equal(t, r.Status, status, "%s:%d: %s\n%s", d.Path, b.Line, command, output)
		all += output
	}
	require.Empty(t, r.Unsaid(all), "%s:%d: the text promises what these commands did not say:\n%s", d.Path, b.Line, all)
}

// reserve is the part of the test's time that is reserved for ending commands.
const reserve = 10 * time.Second

// A shell runs commands.
type shell struct {
	root string
	env  []string
}

// newShell builds glomers and puts it on the PATH of the commands.
func newShell(t *testing.T, root string) shell {
	t.Helper()
	home := t.TempDir()
	bin := filepath.Join(home, "bin")
	s := shell{root, append(os.Environ(), "HOME="+home, "GOBIN="+bin, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOENV"} { // their defaults depend on HOME
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		require.NoError(t, err)
		s.env = append(s.env, name+"="+strings.TrimSpace(string(value)))
	}
	status, output := s.run(t, home, "go install ./cmd/glomers")
	require.Zero(t, status, output)
	// The python3 of a version manager is a script, which starts more slowly than Python itself.
	if python, err := exec.CommandContext(t.Context(), "python3", "-c", "import sys; print(sys.executable)").Output(); err == nil {
		require.NoError(t, os.Symlink(strings.TrimSpace(string(python)), filepath.Join(bin, "python3")))
	}
	return s
}

// edited returns a shell whose go commands use the edits of r.
func (s shell) edited(t *testing.T, r Run) shell {
	t.Helper()
	if len(r.Edits) == 0 {
		return s
	}
	dir := t.TempDir()
	files, err := r.Edited(s.root, dir)
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	require.NoError(t, err)
	name := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(name, overlay, 0o600))
	return shell{s.root, append(s.env[:len(s.env):len(s.env)], "GOFLAGS=-overlay="+name)}
}

// run returns the exit status and the output of a command. Shortly before the test's time is up, it kills the command and
// all its descendants; afterwards the test could not do so.
func (s shell) run(t *testing.T, store, command string) (status int, output string) {
	t.Helper()
	ctx := t.Context()
	if deadline, ok := t.Deadline(); ok {
		limited, cancel := context.WithDeadline(ctx, deadline.Add(-reserve))
		defer cancel()
		ctx = limited
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	inGroup(cmd)
	cmd.Dir, cmd.Env = s.root, append(s.env[:len(s.env):len(s.env)], "STORE="+store)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	require.NoError(t, ctx.Err(), "%s\n%s", command, &out)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), out.String()
	}
	require.NoError(t, err)
	return 0, out.String()
}
