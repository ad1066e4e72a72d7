package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/module"
)

// target is a path that this module does not have, with a dot in it, unlike the one it may have.
const target = "example.org/renamed/glomers"

// thisTree returns the files of this repository.
func thisTree(t *testing.T) tree {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	this, err := readTree(root)
	require.NoError(t, err)
	require.Contains(t, this.texts, "go.mod")
	return this
}

// with returns a tree with some files changed.
func (t tree) with(changed tree) tree {
	texts := make(map[string]string)
	for _, name := range t.names {
		texts[name] = t.texts[name]
		if text, ok := changed.texts[name]; ok {
			texts[name] = text
		}
	}
	return tree{t.root, t.names, texts}
}

// All files of this repository, renamed and back: no import is left behind, nothing is renamed that was something
// else, and no trace stays.
func TestThisModule(t *testing.T) {
	this := thisTree(t)
	at, from := this, module.Path()
	for _, to := range []string{target, module.Path()} {
		_, places := at.rename(to, to)
		require.Empty(t, places, "%s is in use already, so that a renaming could not be undone", to)
		changed, places := at.rename(from, to)
		require.Greater(t, len(places), 1000)
		require.NoError(t, sortModFiles(changed))
		at = at.with(changed)
		_, left := at.rename(from, from)
		require.Empty(t, left)
		for _, name := range at.names {
			requireNoImport(t, name, at.texts[name], from)
		}
		require.Contains(t, at.texts["go.mod"], "module "+to+"\n")
		from = to
	}
	for _, name := range this.names {
		require.Equal(t, this.texts[name], at.texts[name], name)
	}
}

// requireNoImport fails if a program imports packages of a module.
func requireNoImport(t *testing.T, name, text, module string) {
	t.Helper()
	if path.Ext(name) != ".go" {
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	require.NoError(t, err)
	for _, i := range file.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		require.NoError(t, err)
		require.False(t, imported == module || strings.HasPrefix(imported, module+"/"), "%s imports %s", name, imported)
	}
}

// small writes a module with another nested in it, and a program whose permissions matter.
func small(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module ours\n\ngo 1.26.0\n",
		"node/node.go":   "// Package node is small.\npackage node\n",
		"nested/go.mod":  "module ours/nested\n\ngo 1.26.0\n\nrequire (\n\tm.example/x v1.0.0\n\tours v0.0.0\n)\n\nreplace ours => ../\n",
		"nested/main.go": "package main\n\nimport _ \"ours/node\"\n\nfunc main() {}\n",
		".ci/run":        "go vet ours/...\n",
		"picture":        "ours/node\x00",
		"ci.md":          "Call it:\n\n    uses: OWNER/ours@v1\n",
		".gitignore":     "/ignored\n",
		"ignored":        "ours/node\n",
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	require.NoError(t, os.Chmod(filepath.Join(root, ".ci/run"), 0o700))
	return root
}

// files returns the files of a directory, without those of git.
func files(t *testing.T, root string) map[string]string {
	t.Helper()
	names, err := allFiles(root)
	require.NoError(t, err)
	texts := make(map[string]string)
	for _, name := range names {
		text, err := fs.ReadFile(os.DirFS(root), name)
		require.NoError(t, err)
		texts[name] = string(text)
	}
	return texts
}

func commit(t *testing.T, root string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("skipped: needs git: %v", err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x"}} {
		out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

func TestRenameAndBack(t *testing.T) {
	root := small(t)
	commit(t, root)
	before := files(t, root)
	var out bytes.Buffer
	require.NoError(t, renameIn(root, "", theirs, false, &out))
	require.Contains(t, out.String(), "The module path ours is now "+theirs+", in 6 places of 4 files.\n")
	require.Contains(t, out.String(), "belongs:\n  ci.md:3\n\n")
	after := files(t, root)
	require.Equal(t, "module example.org/me/theirs/nested\n\ngo 1.26.0\n\nrequire (\n\texample.org/me/theirs v0.0.0\n\tm.example/x v1.0.0\n)\n\n"+
		"replace example.org/me/theirs => ../\n", after["nested/go.mod"], "and sorted")
	require.Equal(t, "go vet example.org/me/theirs/...\n", after[".ci/run"])
	require.Equal(t, before["picture"], after["picture"])
	require.Equal(t, before["ignored"], after["ignored"])
	info, err := os.Stat(filepath.Join(root, ".ci/run"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())

	require.ErrorContains(t, renameIn(root, "", "ours", false, &out), "changes that are not in a commit (M .ci/run, …)")
	out.Reset()
	require.NoError(t, renameIn(root, "", theirs, true, &out))
	require.Contains(t, out.String(), "Nothing to do")
	require.Equal(t, after, files(t, root))
	require.NoError(t, renameIn(root, "", "else.example/x", true, &out))
	require.NoError(t, renameIn(root, "", "ours", true, &out))
	require.Equal(t, before, files(t, root))
}

// After a merge, new files have the path of the module that they come from.
func TestFrom(t *testing.T) {
	root := small(t)
	commit(t, root)
	require.NoError(t, renameIn(root, "", theirs, false, new(bytes.Buffer)))
	require.NoError(t, os.WriteFile(filepath.Join(root, "node", "new.go"), []byte("package node\n\nimport _ \"ours/internal/x\"\n"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(root, "internal"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "internal", "x.go"), []byte("package x\n"), 0o600))
	require.NoError(t, renameIn(root, "ours", theirs, true, new(bytes.Buffer)))
	require.Contains(t, files(t, root)["node/new.go"], `_ "example.org/me/theirs/internal/x"`)
}

// What is wrong is said before anything is changed.
func TestRefused(t *testing.T) {
	root := small(t)
	before := files(t, root)
	for to, says := range map[string]string{
		theirs:        "is not a git repository",
		"bad path":    "invalid char",
		"ours/nested": "ours/nested is in use already: nested/go.mod:1",
	} {
		require.ErrorContains(t, renameIn(root, "", to, to == "ours/nested", new(bytes.Buffer)), says)
	}
	require.Equal(t, before, files(t, root))
}

// A file that cannot be written: those before it become what they were.
func TestUnwritable(t *testing.T) {
	root := small(t)
	before := files(t, root)
	old, err := readTree(root)
	require.NoError(t, err)
	changed, _ := old.rename("ours", theirs)
	changed.names = append(changed.names, "missing/file")
	require.ErrorContains(t, write(changed, old), "missing: no such file or directory: nothing is changed")
	require.Equal(t, before, files(t, root))
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"--help"}, 0, "usage: scripts/rename-module"},
		{nil, 3, "want one module path, not 0"},
		{[]string{"a", "b"}, 3, "usage: scripts/rename-module"},
		{[]string{"--nosuch", "a"}, 3, "flag provided but not defined: -nosuch"},
		{[]string{"--force", "bad\x1b path"}, 3, "rename-module: "},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, c.status, run(c.args, &out, &errs))
		require.Contains(t, out.String()+errs.String(), c.says)
		require.NotContains(t, errs.String(), "\x1b")
	}
}
