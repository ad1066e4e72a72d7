package release_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"glomers/cli"
)

var all = flag.Bool("all", false, "build for every platform, as before a release")

// TestRelease builds the same commit twice, in two directories, and looks at what comes out. One build is enough for the
// platforms other than this one: nothing in it depends on the platform.
func TestRelease(t *testing.T) {
	host := runtime.GOOS + "/" + runtime.GOARCH
	temp := t.TempDir()
	first, second := checkout(t, filepath.Join(temp, "first"), 0o644), checkout(t, filepath.Join(temp, "another/place"), 0o600)
	goreleaser := strings.TrimSpace(command(t, ".", nil, "go", "tool", "-n", "goreleaser")) // the modules are here from now on
	command(t, first, nil, goreleaser, "check", "--quiet")

	offline := []string{"GOPROXY=off"}
	platforms := []string{host}
	if *all {
		platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
		command(t, first, offline, "scripts/release", "--out", filepath.Join(temp, "out"))
	} else {
		command(t, first, offline, "scripts/release", "--target", host, "--out", filepath.Join(temp, "out"))
	}
	command(t, second, append(offline, "TZ=Asia/Kathmandu"), "scripts/release", "--target", host)

	out := filepath.Join(temp, "out")
	sums := readSums(t, out)
	names := []string{"SHA256SUMS"}
	const version = "0.0.0-20200202020202-"
	commit := strings.TrimSpace(command(t, first, nil, "git", "rev-parse", "HEAD"))
	for _, platform := range platforms {
		name := "glomers_" + version + commit[:12] + "_" + strings.Replace(platform, "/", "_", 1)
		archive := name + ".tar.gz"
		if strings.HasPrefix(platform, "windows/") {
			archive = name + ".zip"
		}
		bill := archive + ".cdx.json"
		names = append(names, archive, bill)
		unpacked := unpack(t, filepath.Join(out, archive), filepath.Join(temp, "unpacked"))
		t.Run(platform, func(t *testing.T) {
			for _, file := range []string{archive, bill} {
				content, err := os.ReadFile(filepath.Join(out, file))
				require.NoError(t, err)
				require.Equal(t, sum(content), sums[file])
				if platform == host {
					again, err := os.ReadFile(filepath.Join(second, "dist", file))
					require.NoError(t, err)
					require.Equal(t, sum(content), sum(again), "%s differs from that of a build in another directory", file)
				}
			}
			checkContents(t, filepath.Join(unpacked, name), platform)
			checkBill(t, filepath.Join(out, bill), filepath.Join(unpacked, name), platform, commit)
			if platform == host {
				checkPrograms(t, filepath.Join(unpacked, name), commit)
				checkContainer(t, filepath.Join(unpacked, name))
			}
		})
	}
	made, err := os.ReadDir(out)
	require.NoError(t, err)
	var found []string
	for _, file := range made {
		found = append(found, file.Name())
	}
	require.ElementsMatch(t, names, found)
}

func TestArguments(t *testing.T) {
	dir := checkout(t, t.TempDir(), 0o644)
	for args, want := range map[string]string{
		"--help":                         "usage: scripts/release",
		"--targets linux/amd64":          "--targets: no such argument",
		"--out":                          "--out: want a value",
		"--target plan9/386":             "--target: plan9/386: want linux, darwin or windows",
		"--publish --target linux/amd64": "for all platforms",
		"--publish":                      "git doesn't contain any tags",
	} {
		cmd := exec.CommandContext(t.Context(), "scripts/release", strings.Fields(args)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GITHUB_TOKEN=none")
		out, err := cmd.CombinedOutput()
		require.Equal(t, args == "--help", err == nil, args)
		require.Contains(t, string(out), want, args)
		require.NoDirExists(t, filepath.Join(dir, "dist"))
	}
	require.NoError(t, os.RemoveAll(filepath.Join(dir, ".git")))
	cmd := exec.CommandContext(t.Context(), "scripts/release")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "the go command finds no commit in ")
}

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}

// readSums reads SHA256SUMS.
func readSums(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	require.NoError(t, err)
	sums := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	return sums
}

func unpack(t *testing.T, archive, to string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(to, 0o755))
	if !strings.HasSuffix(archive, ".zip") {
		command(t, to, nil, "tar", "-xzf", archive)
		return to
	}
	r, err := zip.OpenReader(archive)
	require.NoError(t, err)
	defer r.Close()
	for _, file := range r.File {
		path := filepath.Join(to, filepath.FromSlash(file.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		content, err := fs.ReadFile(r, file.Name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, content, file.Mode()))
		require.NoError(t, os.Chtimes(path, file.Modified, file.Modified))
	}
	return to
}

var programs = []string{"broadcast", "echo", "g-counter", "glomers", "kafka-log", "txn-kv", "unique-ids"}

// suffix returns what the names of programs end in.
func suffix(platform string) string {
	if strings.HasPrefix(platform, "windows/") {
		return ".exe"
	}
	return ""
}

// checkContents compares the files of an archive with what there must be, their permissions included.
func checkContents(t *testing.T, dir, platform string) {
	t.Helper()
	var want, found []string
	add := func(mode string, names ...string) {
		for _, name := range names {
			want = append(want, mode+" "+name)
		}
	}
	add("-rw-r--r--", "LICENSE", "NOTICE", "README.md", "Containerfile", "completions/glomers.bash", "completions/_glomers", "completions/glomers.fish", "completions/glomers.ps1")
	for _, name := range programs {
		add("-rwxr-xr-x", name+suffix(platform))
	}
	root, err := cli.Command()
	require.NoError(t, err)
	add("-rw-r--r--", "man/man1/glomers.1")
	for _, c := range root.Commands() {
		switch {
		case c.IsAdditionalHelpTopicCommand():
			add("-rw-r--r--", "man/man7/glomers-"+c.Name()+".7")
		case c.IsAvailableCommand():
			add("-rw-r--r--", "man/man1/glomers-"+c.Name()+".1")
			for _, sub := range c.Commands() {
				add("-rw-r--r--", "man/man1/glomers-"+c.Name()+"-"+sub.Name()+".1")
			}
		}
	}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		found = append(found, fmt.Sprint(info.Mode(), " ", name))
		require.Equal(t, int64(1580608922), info.ModTime().Unix(), "%s is not of the time of the commit", path)
		return err
	}))
	require.ElementsMatch(t, want, found)
	for name, text := range map[string]string{"man/man1/glomers-test.1": "Feb 2020", "completions/_glomers": "#compdef glomers", "NOTICE": "github.com/spf13/cobra", "LICENSE": "MIT License"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Contains(t, string(content), text)
	}
}

// checkBill compares a bill of materials with the programs.
func checkBill(t *testing.T, file, dir, platform, commit string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	validate(t, text)
	var bill cyclonedx.BOM
	require.NoError(t, cyclonedx.NewBOMDecoder(bytes.NewReader(text), cyclonedx.BOMFileFormatJSON).Decode(&bill))
	require.Equal(t, "2020-02-02T02:02:02Z", bill.Metadata.Timestamp)
	var described []string
	modules := make(map[string]string) // licences, by module
	for _, c := range *bill.Components {
		if c.Type == cyclonedx.ComponentTypeLibrary {
			modules[c.Name] = (*c.Licenses)[0].License.ID
			continue
		}
		described = append(described, strings.TrimSuffix(c.Name, suffix(platform)))
		content, err := os.ReadFile(filepath.Join(dir, c.Name))
		require.NoError(t, err)
		require.Equal(t, sum(content), (*c.Hashes)[0].Value)
		properties := make(map[string]string)
		for _, p := range *c.Properties {
			properties[p.Name] = p.Value
		}
		require.Equal(t, map[string]string{"go:os": strings.Split(platform, "/")[0], "go:architecture": strings.Split(platform, "/")[1], "vcs:revision": commit}, properties)
	}
	require.ElementsMatch(t, programs, described)
	require.Equal(t, "BSD-3-Clause", modules["std"])
	require.Equal(t, "Apache-2.0", modules["github.com/spf13/cobra"])
	require.Equal(t, "EPL-1.0", modules["github.com/jepsen-io/maelstrom/demo/go"])
	require.Equal(t, "MIT", modules["uPlot"])
	require.NotContains(t, modules, "github.com/stretchr/testify", "only tests use it")
	require.Equal(t, strings.HasPrefix(platform, "windows/"), modules["github.com/inconshreveable/mousetrap"] != "", "cobra uses it on Windows only")
	for _, d := range *bill.Dependencies {
		if d.Dependencies == nil { // what a library uses is not recorded in programs
			continue
		}
		if strings.HasSuffix(d.Ref, "#cmd/glomers") {
			require.Contains(t, *d.Dependencies, "uPlot")
		}
		if strings.HasSuffix(d.Ref, "#echo") {
			require.NotContains(t, fmt.Sprint(*d.Dependencies), "cobra")
		}
	}
}

// validate checks a bill of materials against the schema of CycloneDX, which is in the module of its Go library.
func validate(t *testing.T, bill []byte) {
	t.Helper()
	dir := strings.TrimSpace(command(t, ".", nil, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go"))
	c := jsonschema.NewCompiler()
	for name, file := range map[string]string{"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json"} {
		schema, err := os.Open(filepath.Join(dir, "schema", file))
		require.NoError(t, err)
		defer schema.Close()
		require.NoError(t, c.AddResource("http://cyclonedx.org/schema/"+name, schema))
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(bill, &value))
	require.NoError(t, schema.Validate(value))
}

// checkPrograms runs the programs of an archive from another directory.
func checkPrograms(t *testing.T, dir, commit string) {
	t.Helper()
	elsewhere := t.TempDir()
	glomers := filepath.Join(dir, "glomers"+suffix(runtime.GOOS+"/"))
	var version struct {
		Version, Commit, Date string
		Modified              bool
	}
	require.NoError(t, json.Unmarshal([]byte(command(t, elsewhere, nil, glomers, "version", "--json")), &version))
	require.Equal(t, commit, version.Commit)
	require.Equal(t, "2020-02-02T02:02:02Z", version.Date)
	require.False(t, version.Modified)
	require.Contains(t, filepath.Base(dir), "_"+strings.TrimPrefix(version.Version, "v")+"_", "the archive is named after the version")

	require.Regexp(t, `(?m)^1 echo +valid`, command(t, elsewhere, nil, glomers, "challenge", "1", "--time-limit", "1"))
	require.Contains(t, command(t, dir, nil, glomers, "test", "-w", "echo", "--bin", "./echo", "--node-count", "1", "--time-limit", "1", "--store", elsewhere), "valid")
	here, err := os.Getwd()
	require.NoError(t, err)
	goroot := strings.TrimSpace(command(t, ".", nil, "go", "env", "GOROOT"))
	for _, name := range programs {
		content, err := os.ReadFile(filepath.Join(dir, name+suffix(runtime.GOOS+"/")))
		require.NoError(t, err)
		for _, path := range []string{filepath.Dir(filepath.Dir(dir)), filepath.Dir(here), goroot + "/src"} {
			require.False(t, bytes.Contains(content, []byte(path)), "%s contains %s", name, path)
		}
	}
}
