package starter

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/internal/starter/ci"
)

var long = flag.Bool("long", false, "test the programs of all languages and workloads, and run their challenges")

// inDefault reports whether programs in the language are tested without -long. The programs in Go are among our own tests, and the compilers
// of C, Java and Rust take longer than all other tests here.
func (l language) inDefault() bool { return l.Name == "python" || l.Name == "javascript" }

// run runs a shell command in a directory, and returns what it wrote.
func run(t *testing.T, dir, command string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", command, out)
	return string(out)
}

// need skips the test if a command is not there.
func need(t *testing.T, commands ...string) {
	t.Helper()
	for _, name := range commands {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("skipped: needs %s", name)
		}
	}
}

// Programs build, and pass their own tests. With -long, they also pass conform and their challenges.
func TestPrograms(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	glomers := ""
	if *long { // with -parallel 8, as most of the time nodes wait
		glomers = filepath.Join(t.TempDir(), "glomers")
		run(t, "../..", "go build -o "+glomers+" ./cmd/glomers")
	}
	for _, l := range languages {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			need(t, append(strings.Fields(l.tools), l.Needs)...)
			for _, w := range tasks {
				if *long || w.Name == "broadcast" && l.inDefault() {
					t.Run(w.Name, func(t *testing.T) { testProgram(t, l, w, glomers) })
				}
			}
		})
	}
}

// testProgram tests a program. glomers is the path of the executable, or "" to run no more than the program's tests.
func testProgram(t *testing.T, l language, w task, glomers string) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "my-node")
	o := Options{Name: "my-node", Language: l.Name, Workload: w.Name}
	p, err := New(o)
	require.NoError(t, err)
	bin := p.Bin
	if l.Name == "go" { // a package of this module; package cli tests one of another module
		bin, err = filepath.Abs("go/" + w.Name)
		require.NoError(t, err)
	}
	require.NoError(t, p.Write(dir))
	before := list(t, dir)
	if p.Build != "" {
		run(t, dir, p.Build)
	}
	if l.Name != "go" {
		run(t, dir, p.Test, "PYTHONDONTWRITEBYTECODE=") // as for most users: so its files are there, and must be ignored
	}
	if glomers == "" {
		return
	}
	run(t, dir, glomers+" conform -w "+w.Name+" --level should --bin "+bin)
	for _, id := range w.Challenges {
		run(t, dir, glomers+" challenge "+id+" --time-limit 3 --bin "+bin)
	}
	if l.Name != "go" {
		requireIgnored(t, dir, before)
	}
}

// In virtual time the same seed gives the same run, to the byte of the journal.
func TestVirtualTime(t *testing.T) {
	t.Parallel()
	for _, l := range languages {
		if !*long && l.Name != "python" {
			continue // our own nodes are among the tests of the harness
		}
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			need(t, append(strings.Fields(l.tools), l.Needs)...)
			dir := filepath.Join(t.TempDir(), "my-node")
			p, err := New(Options{Name: "my-node", Language: l.Name, Workload: "broadcast"})
			require.NoError(t, err)
			require.NoError(t, p.Write(dir))
			if p.Build != "" {
				run(t, dir, p.Build)
			}
			bin, words, _ := strings.Cut(p.Bin, " -- ")
			if l.Name == "go" {
				bin = filepath.Join(dir, "node")
				run(t, "go/broadcast", "go build -o "+bin)
			} else if strings.Contains(bin, "/") {
				bin = filepath.Join(dir, bin)
			}
			hash := func(seed uint64) string {
				res, err := harness.Run(t.Context(), harness.Test{
					Workload: "broadcast", Program: harness.Binary(bin, strings.Fields(words)...), NodeCount: 5, Rate: 10, TimeLimit: 10 * time.Second,
					Nemesis: []string{"partition"}, NemesisInterval: 2 * time.Second, Seed: seed, Virtual: true, Cwd: dir,
				})
				require.NoError(t, err)
				require.Equal(t, check.Valid, res.Valid, res.Reasons)
				require.Empty(t, res.Warnings)
				return res.Hash
			}
			first := hash(7)
			require.Equal(t, first, hash(7))
			require.NotEqual(t, first, hash(8))
		})
	}
}

// list returns the files in a directory, but not in that of runs.
func list(t *testing.T, dir string) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// requireIgnored requires that git ignores all files that building, testing and running has made.
func requireIgnored(t *testing.T, dir string, before []string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		return
	}
	run(t, dir, "git init -q && git add -A")
	added := strings.Fields(run(t, dir, "git ls-files"))
	for i := range before {
		before[i], _ = filepath.Rel(dir, before[i])
	}
	require.ElementsMatch(t, before, added)
}

// Every program has its README, whose links and commands are right.
func TestEverythingIsThere(t *testing.T) {
	t.Parallel()
	for _, l := range languages {
		for _, w := range tasks {
			for _, ci := range append(ci.Providers(), "") {
				o := Options{Name: "my-node", Language: l.Name, Workload: w.Name, CI: ci}
				if l.Name == "go" {
					o.Module = &Module{Path: "example.org/mine", Glomers: "glomers", Version: "v0.0.0", Dir: "/src/glomers", Direct: []string{"a.example/b v1.2.3"}, Sum: "sum\n"}
				}
				p, err := New(o)
				require.NoError(t, err)
				texts := make(map[string]string)
				for _, f := range p.Files {
					require.NotContains(t, string(f.Data), "[[.", "%s is a template", f.Path)
					require.NotContains(t, texts, f.Path, "made twice")
					texts[f.Path] = string(f.Data)
				}
				require.Contains(t, texts, "README.md")
				require.Contains(t, texts["README.md"], p.Command(w.Challenge))
				require.Contains(t, texts["README.md"], p.Test)
				require.Contains(t, texts, ".gitignore")
				prose := regexp.MustCompile(`(?m)^    .*$`).ReplaceAllString(texts["README.md"], "")
				for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(prose, -1) {
					require.Contains(t, texts, link[1], "a link of the README")
				}
				for path, text := range texts {
					if filepath.Ext(path) == ".json" {
						require.True(t, json.Valid([]byte(text)), path)
					}
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Name: "x", Language: "cobol", Workload: "echo"})
	require.ErrorContains(t, err, `no language is called "cobol": want go`)
	_, err = New(Options{Name: "x", Language: "go", Workload: "lin-kv"})
	require.ErrorContains(t, err, `no workload is called "lin-kv": want echo, unique-ids`)
}

// Nothing is made if a file is there already, or if something goes wrong in between.
func TestWriteMakesAllOrNothing(t *testing.T) {
	t.Parallel()
	p := &Project{Files: []File{{Path: "a/b/one", Data: []byte("1")}, {Path: "a/two", Data: []byte("2"), Executable: true}, {Path: "three"}}}
	dir := filepath.Join(t.TempDir(), "x", "y")
	require.NoError(t, p.Write(dir))
	info, err := os.Stat(filepath.Join(dir, "a", "two"))
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&0o100)

	require.NoError(t, os.Remove(filepath.Join(dir, "a", "two")))
	err = p.Write(dir)
	require.ErrorContains(t, err, "has a/b/one and three already, so nothing was made")
	require.NoFileExists(t, filepath.Join(dir, "a", "two"))

	parent := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(parent, "a"), nil, 0o600)) // not a directory
	bad := &Project{Files: []File{{Path: "new/first"}, {Path: "a/second"}}}
	require.Error(t, bad.Write(parent))
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

// What New makes is found again, with the same commands.
func TestDetect(t *testing.T) {
	t.Parallel()
	for _, l := range languages {
		o := Options{Name: "mine", Language: l.Name, Workload: "broadcast"}
		if l.Name == "go" {
			o.Module = &Module{Path: "example/mine", Glomers: "glomers", Version: "v0.0.0"}
		}
		p, err := New(o)
		require.NoError(t, err)
		dir := filepath.Join(t.TempDir(), "mine")
		require.NoError(t, p.Write(dir))
		found, ok := Detect(dir)
		require.True(t, ok, l.Name)
		require.Equal(t, p.Build, strings.Join(found.Build, " "))
		words := []string{found.Bin}
		if len(found.Args) > 0 {
			words = append(append(words, "--"), found.Args...)
		}
		require.Equal(t, p.Bin, strings.Join(words, " "))
	}
	_, ok := Detect(t.TempDir())
	require.False(t, ok)
}
