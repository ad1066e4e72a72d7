package guide

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var long = flag.Bool("long", false, "run all commands, not one for each node; also those that take more than a few seconds")

// TestMain allows more parallel commands than there are cores: the commands mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "10"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func list(t *testing.T) []Command {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "guide.txt"))
	require.NoError(t, err)
	all, err := Parse(string(text))
	require.NoError(t, err)
	return all
}

func TestParse(t *testing.T) {
	all, err := Parse("# text\na.md:1, 2\n    glomers test --bin x\n    shows: this: that\n    node: echo\n    with: -w echo\n    ends: valid or unknown\n    says: a\n    says: b\n    then: ls\n\nb.md:3\n    ls\n    not: why\n")
	require.NoError(t, err)
	require.Equal(t, []Command{
		{
			Line: 2, Where: "a.md:1, 2", Text: "glomers test --bin x", Shows: "this: that", Node: "echo", With: "-w echo",
			Ends: []string{"valid", "unknown"}, Says: []string{"a", "b"}, Then: []string{"ls"},
		},
		{Line: 12, Where: "b.md:3", Text: "ls", Not: "why"},
	}, all)
	for text, want := range map[string]string{
		"    ls":                           "guide: line 1: want first where",
		"a.md:1":                           "guide: line 1: a.md:1: want a command",
		"a.md:1\n    ls":                   "either a node and how it ends, or why it is not run",
		"a.md:1\n    ls\n    ends: valid":  "either a node",
		"a.md:1\n    ls\n    color: green": `guide: line 3: no field is called "color"`,
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want)
	}
}

// TestCommands runs the commands of the guide. Without the flag -long, it runs one command for each node, and none that takes more than a
// few seconds.
func TestCommands(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skipf("skipped: needs bash: %v", err)
	}
	bin := t.TempDir()
	for name, pkg := range map[string]string{"glomers": "glomers/cmd/glomers", "standin": "glomers/internal/guide/standin"} {
		output, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, name), pkg).CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
	ran := make(map[string]int) // by node
	for _, c := range list(t) {
		if c.Not != "" || !*long && (!c.isShort() || ran[c.Node] > 0) {
			continue
		}
		ran[c.Node]++
		t.Run(fmt.Sprintf("%d %s", c.Line, c.Where), func(t *testing.T) {
			home := c.prepare(t, bin)
			t.Parallel() // only from here on: a program that is being written cannot be executed, and a fork keeps its file open for a moment
			c.run(t, home)
		})
	}
	require.Greater(t, len(ran), 10)
}

// isShort reports whether the command has neither a final phase, which begins after a wait of 10 s, nor requests that time
// out.
func (c Command) isShort() bool {
	final := regexp.MustCompile(`-w (broadcast|g-set|g-counter|pn-counter)`)
	return !final.MatchString(c.Text) && !slices.Contains([]string{"deaf", "blocking"}, c.Node)
}

var binFlag = regexp.MustCompile(`--bin (\S+)`)

// prepare makes a directory with the files that the reader of the command has: maelstrom, and the program that the command
// names.
func (c Command) prepare(t *testing.T, bin string) string {
	t.Helper()
	home := t.TempDir()
	program := fmt.Sprintf("exec %s/glomers node %s", bin, c.Node)
	if slices.Contains(standins(t), c.Node) {
		program = fmt.Sprintf("exec %s/standin %s", bin, c.Node)
	}
	named := binFlag.FindStringSubmatch(c.Text)
	require.NotNil(t, named, c.Text)
	files := map[string]string{strings.Replace(named[1], "~", ".", 1): program}
	for _, place := range []string{"maelstrom", "bin/maelstrom", "Projects/maelstrom/maelstrom"} {
		files[place] = fmt.Sprintf(`exec %s/glomers "$@"`, bin)
	}
	for path, script := range files {
		path = filepath.Join(home, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return home
}

// run runs the command in the directory, and then the later commands in its entry.
func (c Command) run(t *testing.T, home string) {
	t.Helper()
	status, output := shell(t, home, c.Text+" "+c.With)
	verdict := map[int]string{0: "valid", 1: "invalid", 2: "unknown", 3: "broken"}[status]
	require.Contains(t, c.Ends, verdict, "%s\n%s", c.Text, output)
	for _, name := range []string{"results.edn", "history.txt", "history.edn"} {
		text, err := os.ReadFile(filepath.Join(home, "store", "latest", name))
		require.NoError(t, err, output)
		output += string(text)
	}
	for _, says := range c.Says {
		require.Contains(t, output, strings.ReplaceAll(says, `\t`, "\t"))
	}
	for _, then := range c.Then {
		if program, _, _ := strings.Cut(then, " "); !has(program) {
			t.Logf("skipped: %s: no %s here", then, program)
			continue
		}
		status, output := shell(t, home, then)
		require.Zero(t, status, "%s\n%s", then, output)
		require.NotEmpty(t, output, then)
	}
}

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// standins returns the nodes of package standin, as listed in its documentation.
func standins(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("standin", "main.go"))
	require.NoError(t, err)
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^//\t(\w+) `).FindAllStringSubmatch(string(source), -1) {
		names = append(names, m[1])
	}
	require.Len(t, names, 12)
	return names
}

// shell runs a command in a directory, which is also its home. It ends the command and all processes that the command
// started before the test's time is up.
func shell(t *testing.T, home, command string) (status int, output string) {
	t.Helper()
	ctx := t.Context()
	if deadline, ok := t.Deadline(); ok {
		limited, cancel := context.WithDeadline(ctx, deadline.Add(-5*time.Second))
		defer cancel()
		ctx = limited
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	inGroup(cmd)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "PATH="+filepath.Join(home, "bin")+":"+os.Getenv("PATH"))
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	require.NoError(t, ctx.Err(), "%s\n%s", command, &out)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), out.String()
	}
	require.NoError(t, err)
	return 0, out.String()
}
