package ci

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// pipelines are the pipelines of all languages.
func pipelines() []Pipeline {
	var all []Pipeline
	builds := map[string]string{"rust": "cargo build --release", "java": "make", "c": "make"}
	bins := map[string]string{"go": ".", "python": "./node.py", "javascript": "./node.mjs"}
	for _, language := range Languages() {
		p := Pipeline{Module: "example.com/mine", Language: language, Workload: "broadcast", Challenge: "3b", Build: builds[language], Bin: "./bin/node"}
		if bins[language] != "" {
			p.Bin = bins[language]
		}
		all = append(all, p)
		p.Workload, p.Challenge, p.Test = "g-set", "", "make test"
		all = append(all, p)
	}
	return all
}

// A job is the part of a pipeline that its tests look at.
type job struct {
	Image  string
	Script []string
	Steps  []struct {
		Name, Uses, Run string
		With            map[string]string
	}
}

// jobs parses a pipeline strictly: no key may be there twice.
func jobs(t *testing.T, provider string, text []byte) map[string]job {
	if provider == "github" {
		var workflow struct{ Jobs map[string]job }
		require.NoError(t, yaml.Unmarshal(text, &workflow), "%s", text)
		return workflow.Jobs
	}
	var all map[string]job
	require.NoError(t, yaml.Unmarshal(text, &all), "%s", text)
	return all
}

// commands returns the shell commands of a job of either system, a text for each step.
func (j job) commands() []string {
	all := j.Script
	for _, step := range j.Steps {
		if step.Run != "" {
			all = append(all, step.Run)
		}
	}
	return all
}

func TestEveryLanguage(t *testing.T) {
	require.Equal(t, []string{"c", "go", "java", "javascript", "python", "rust"}, Languages())
	for _, provider := range Providers() {
		for _, p := range pipelines() {
			path, text, err := p.Write(provider)
			require.NoError(t, err)
			require.True(t, filepath.IsLocal(path))
			require.NotContains(t, string(text), "[[")
			all := jobs(t, provider, text)
			last := all["glomers"].commands()
			require.NotEmpty(t, last, "%s", text)
			joined := strings.Join(last, "\n")
			for _, command := range []string{p.Build, p.Test} {
				if command != "" {
					require.Contains(t, last, command)
				}
			}
			require.Contains(t, joined, "glomers conform -w "+p.Workload+" --bin "+p.Bin)
			if provider == "github" {
				joined = strings.ReplaceAll(joined, "--annotations glomers.txt ", "")
			}
			if p.Challenge != "" {
				require.Contains(t, joined, "glomers challenge 3b --junit glomers.xml --summary glomers.md --bin "+p.Bin)
			} else {
				require.Contains(t, joined, "glomers test -w g-set --nemesis partition --time-limit 20 --junit glomers.xml --summary glomers.md --bin "+p.Bin)
			}
			require.Equal(t, p.Language == "go", strings.Contains(joined, "go mod edit -replace"))
			if provider == "gitlab" {
				require.Equal(t, toolchains[p.Language].image, all["glomers"].Image)
				require.Len(t, all, map[bool]int{true: 1, false: 2}[p.Language == "go"])
			}
		}
	}
}

func TestToolsOfGitHub(t *testing.T) {
	for language, want := range map[string]string{
		"go": "", "rust": "", "c": "", "python": "actions/setup-python@v6", "javascript": "actions/setup-node@v6", "java": "actions/setup-java@v5",
	} {
		_, text, err := Pipeline{Language: language, Workload: "echo", Bin: "x"}.Write("github")
		require.NoError(t, err)
		var uses []string
		for _, step := range jobs(t, "github", text)["glomers"].Steps {
			if strings.HasPrefix(step.Uses, "actions/setup-") && !strings.HasPrefix(step.Uses, "actions/setup-go@") {
				uses = append(uses, step.Uses)
			}
		}
		require.Equal(t, want, strings.Join(uses, " "))
	}
}

func TestRefused(t *testing.T) {
	good := Pipeline{Module: "m", Language: "c", Workload: "echo", Bin: "./node"}
	for says, change := range map[string]func(*Pipeline){
		`no pipeline for the language "cobol": want c, go, java`: func(p *Pipeline) { p.Language = "cobol" },
		"needs a node":      func(p *Pipeline) { p.Bin = "" },
		`"x\ny" has`:        func(p *Pipeline) { p.Module = "x\ny" },
		"a: b":              func(p *Pipeline) { p.Build = "a: b" },
		"${{ secrets.X }}":  func(p *Pipeline) { p.Test = "echo ${{ secrets.X }}" },
		"$(id)":             func(p *Pipeline) { p.Bin = "./$(id)" },
		`"3b; rm x" has`:    func(p *Pipeline) { p.Challenge = "3b; rm x" },
		`"# comment" has`:   func(p *Pipeline) { p.Build = "# comment" },
		`"& x" has`:         func(p *Pipeline) { p.Build = "& x" },
		`"x # y" has`:       func(p *Pipeline) { p.Build = "x # y" },
		`"echo |" has char`: func(p *Pipeline) { p.Workload = "echo |" },
	} {
		p := good
		change(&p)
		_, _, err := p.Write("github")
		require.ErrorContains(t, err, says)
	}
	_, _, err := good.Write("jenkins")
	require.ErrorContains(t, err, `no pipeline for "jenkins": want github or gitlab`)
}

// The commands of the pipelines of a Go module work: they are run here, with a small module in the place of glomers.
func TestCommandsOfGoPipelines(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and the builds take their time")
	}
	for _, tool := range []string{"git", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("skipped: needs " + tool)
		}
	}
	glomers := t.TempDir()
	write(t, glomers, "go.mod", "module example.org/tool\n\ngo 1.26.0\n")
	write(t, glomers, "node/node.go", "package node\n\nconst Name = \"node\"\n")
	write(t, glomers, "cmd/glomers/main.go", `package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("glomers", os.Args[1:])
	for i, arg := range os.Args {
		if arg == "--summary" || arg == "--annotations" {
			os.WriteFile(os.Args[i+1], []byte("it is "+arg+"\n"), 0o666)
		}
	}
}
`)
	git := func(args ...string) {
		out, err := exec.Command("git", append([]string{"-C", glomers, "-c", "user.name=x", "-c", "user.email=x@x"}, args...)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "-m", "x")
	git("branch", "other")

	for _, provider := range Providers() {
		for _, c := range []struct {
			address, ref string
			says         []string
			fails        bool
		}{
			{"file://" + filepath.ToSlash(glomers), "", []string{"tests of my own", "glomers [conform -w echo --bin .]", "--junit glomers.xml --summary glomers.md --bin .]"}, false},
			{"file://" + filepath.ToSlash(glomers), "other", []string{"glomers [challenge 1 "}, false},
			{"file://" + filepath.ToSlash(glomers), "nosuch", []string{"nosuch"}, true},
			{"", "", []string{"The variable GLOMERS_GIT is not set"}, true},
		} {
			mine, temp := t.TempDir(), t.TempDir()
			write(t, mine, "go.mod", "module mine\n\ngo 1.26.0\n\nrequire example.org/tool v0.0.0\n\nreplace example.org/tool => /home/me/tool\n")
			write(t, mine, "main.go", "package main\n\nimport \"example.org/tool/node\"\n\nfunc main() { println(node.Name) }\n")
			_, text, err := Pipeline{Module: "mine", Language: "go", Workload: "echo", Challenge: "1", Test: "go vet . && echo tests of my own", Bin: "."}.Write(provider)
			require.NoError(t, err)
			script := strings.Join(jobs(t, provider, text)["glomers"].commands(), "\n")
			cmd := exec.Command("bash", "-e", "-c", script)
			cmd.Dir = mine
			cmd.Env = append(os.Environ(), "GLOMERS_GIT="+c.address, "GLOMERS_REF="+c.ref, "RUNNER_TEMP="+temp, "TMPDIR="+temp,
				"GITHUB_PATH="+filepath.Join(temp, "path"), "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary"),
				"PATH="+filepath.Join(temp, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"), // what the runner makes of GITHUB_PATH
				"GOPROXY=off", "GOFLAGS=", "GOWORK=off")
			out, err := cmd.CombinedOutput()
			require.Equal(t, c.fails, err != nil, "%s: %v: %s", provider, err, out)
			for _, says := range c.says {
				require.Contains(t, string(out), says, provider)
			}
			if provider == "github" && !c.fails {
				path, err := os.ReadFile(filepath.Join(temp, "path"))
				require.NoError(t, err)
				require.Equal(t, filepath.Join(temp, "bin")+"\n", string(path))
				summary, err := os.ReadFile(filepath.Join(temp, "summary"))
				require.NoError(t, err)
				require.Equal(t, "it is --summary\n", string(summary))
				require.Contains(t, string(out), "\nit is --annotations\n")
			}
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
