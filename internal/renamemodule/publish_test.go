package main

import (
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/module"
)

var long = flag.Bool("long", false, "also rename, build and publish a copy, which takes minutes")

// A workspace is a directory in which commands run.
type workspace struct {
	dir string
	env []string
}

// run runs a command that has to succeed, and returns what it prints.
func (w workspace) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = w.dir, append(os.Environ(), w.env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s %q in %s:\n%s", name, args, w.dir, out)
	return string(out)
}

// copyTracked copies the files that are in git.
func copyTracked(t *testing.T, root, into string) {
	t.Helper()
	out, err := git(root, "ls-files", "-z")
	if err != nil {
		t.Skipf("skipped: needs the git repository: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(out, "\x00"), "\x00") {
		from, to := filepath.Join(root, filepath.FromSlash(name)), filepath.Join(into, filepath.FromSlash(name))
		info, err := os.Stat(from)
		require.NoError(t, err)
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o777))
		require.NoError(t, os.WriteFile(to, text, info.Mode().Perm()))
	}
}

// A copy of this repository under another path builds, with all modules nested in it. What checks generated files and
// documents passes. Published in a proxy, it serves another module, and go install.
func TestPublish(t *testing.T) {
	if !*long {
		t.Skip("skipped: needs -long: it compiles everything under another path")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skipf("skipped: needs bash: %v", err)
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	copyTracked(t, root, dir)
	renamed := workspace{dir, []string{"GOWORK=off"}}
	out := renamed.run(t, "scripts/rename-module", "--force", target)
	require.Contains(t, out, "The module path "+module.Path()+" is now "+target)
	require.Equal(t, target, strings.TrimSpace(renamed.run(t, "go", "list", "-m")))

	names, err := allFiles(dir)
	require.NoError(t, err)
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		require.NoError(t, err)
		requireNoImport(t, name, string(text), module.Path())
	}

	t.Run("build", func(t *testing.T) {
		require.Empty(t, renamed.run(t, "gofmt", "-l", "."))
		renamed.run(t, "go", "vet", "./...")
		for _, name := range names {
			nested := path.Dir(name)
			if path.Base(name) != "go.mod" || nested == "." || strings.Contains(name, "testdata/") {
				continue
			}
			renamed.run(t, "go", "-C", nested, "list", "-mod=readonly", "-deps", "-test", "./...", "tool") // it fails if go.mod has to change
			if hasPrograms(names, nested) {
				renamed.run(t, "go", "-C", nested, "vet", "./...")
			}
		}
	})
	t.Run("checks", func(t *testing.T) {
		renamed.run(t, "go", "test", "-short", "-run", "Readme|README|Notice|NOTICE|Generated|UpToDate|Rendered|Links|Files|Names|DropIn|Extension|Root",
			"./cli", "./harness", "./internal/...", "./node", "./examples/...")
	})
	t.Run("use", func(t *testing.T) {
		use(t, dir)
	})
}

// hasPrograms reports whether the module in a directory has programs of its own, and not only those of modules nested in it.
func hasPrograms(names []string, dir string) bool {
	var below []string
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			below = append(below, rest)
		}
	}
	return slices.ContainsFunc(moduleFiles(below), func(name string) bool { return path.Ext(name) == ".go" })
}

// use publishes the module in root, and uses that from elsewhere: as somebody else's dependency, and as a program.
func use(t *testing.T, root string) {
	const version = "v1.2.3"
	proxy := t.TempDir()
	publish(t, root, proxy, target, version)
	cache := strings.TrimSpace(workspace{dir: root}.run(t, "go", "env", "GOMODCACHE"))
	bin := t.TempDir()
	theirs := workspace{t.TempDir(), []string{
		"GOWORK=off", "GOFLAGS=-mod=mod -modcacherw", "GOBIN=" + bin, "GOMODCACHE=" + t.TempDir(),
		"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(cache) + "/cache/download,off", "GOSUMDB=off",
	}}
	// The renaming has changed the imports of this program, too.
	require.NoError(t, os.CopyFS(theirs.dir, os.DirFS(filepath.Join(root, "internal", "renamemodule", "testdata", "user"))))
	require.NoError(t, os.WriteFile(filepath.Join(theirs.dir, "go.mod"), []byte("module user.example/mine\n\ngo 1.26.0\n\nrequire "+target+" "+version+"\n"), 0o600))
	require.Contains(t, theirs.run(t, "go", "test", "-v", "."), "--- PASS: TestMine/partition")
	require.Equal(t, target+" "+version, strings.TrimSpace(theirs.run(t, "go", "list", "-m", target)))

	elsewhere := workspace{t.TempDir(), theirs.env}
	elsewhere.run(t, "go", "install", target+"/cmd/glomers@"+version)
	program := filepath.Join(bin, "glomers")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	require.Contains(t, elsewhere.run(t, program, "version"), version)
	require.Contains(t, elsewhere.run(t, program, "test", "-w", "echo", "--bin", program, "--node-count", "1", "--time-limit", "1", "--", "node", "echo"), "valid: echo")
	meta, err := os.ReadFile(filepath.Join(elsewhere.dir, "store", "latest", "test.json"))
	require.NoError(t, err)
	require.Contains(t, string(meta), `"glomers": "`+version+`"`)

	// A node made by the installed program requires that version.
	require.Contains(t, elsewhere.run(t, program, "init", "mine"), "go mod tidy")
	mine := workspace{filepath.Join(elsewhere.dir, "mine"), theirs.env}
	mod, err := os.ReadFile(filepath.Join(mine.dir, "go.mod"))
	require.NoError(t, err)
	require.Contains(t, string(mod), target+" "+version+"\n")
	require.NotContains(t, string(mod), "replace")
	mine.run(t, "go", "mod", "tidy")
	mine.run(t, "go", "test", "./...")
}
