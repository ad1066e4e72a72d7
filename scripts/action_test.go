package scripts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

var long = flag.Bool("long", false, "also build glomers from its source as the action does, and compare benchmarks of two commits")

// actionFile is what the tests read of action.yml.
type actionFile struct {
	Inputs map[string]struct {
		Description, Default string
		Required             bool
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Uses, If, Run, Shell string
			With, Env                map[string]string
		}
	}
}

func readAction(t *testing.T) (a actionFile) {
	b, err := os.ReadFile("../action.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(b, &a))
	return a
}

// The inputs that are declared are those that the script gets and uses, and so are the outputs. No input is part of a command's text.
func TestActionAgreesWithItsScript(t *testing.T) {
	a := readAction(t)
	b, err := os.ReadFile("action")
	require.NoError(t, err)
	script := string(b)
	require.Equal(t, "composite", a.Runs.Using)

	env := map[string]string{}
	for _, step := range a.Runs.Steps {
		require.NotContains(t, step.Run, "${{")
		if step.Uses != "" {
			require.Regexp(t, `^actions/[a-z-]+@v\d+$`, step.Uses)
		}
		if step.ID == "glomers" {
			require.Equal(t, "bash", step.Shell)
			require.Equal(t, `"$GITHUB_ACTION_PATH/scripts/action"`, step.Run)
			env = step.Env
		}
	}
	want := map[string]string{"ACTION_REPOSITORY": "${{ github.action_repository }}"}
	for name, input := range a.Inputs {
		require.NotEmpty(t, input.Description)
		if name != "artifact" { // only of the upload
			want["INPUT_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = "${{ inputs." + name + " }}"
		}
	}
	require.Equal(t, want, env)
	used := map[string]bool{}
	for _, name := range regexp.MustCompile(`\b(INPUT|ACTION)_[A-Z_]+`).FindAllString(script, -1) {
		used[name] = true
	}
	delete(used, "INPUT_") // of a comment
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(used)))

	written := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+)=.*$`).FindAllStringSubmatch(script[strings.Index(script, `>>"$GITHUB_OUTPUT"`):], -1) {
		written[m[1]] = true
	}
	require.Len(t, a.Outputs, len(written))
	for name, output := range a.Outputs {
		require.True(t, written[name], name)
		require.Equal(t, "${{ steps.glomers.outputs."+name+" }}", output.Value)
	}
}

// A job is one execution of the script, with the files of a runner.
type job struct {
	t      *testing.T
	dir    string // the working directory
	temp   string
	inputs map[string]string
}

// newJob returns a job with the defaults of action.yml.
func newJob(t *testing.T, inputs map[string]string) job {
	for _, tool := range []string{"bash", "od", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("skipped: needs " + tool)
		}
	}
	a := readAction(t)
	all := map[string]string{}
	for name, input := range a.Inputs {
		all[name] = input.Default
	}
	maps.Copy(all, inputs)
	return job{t, t.TempDir(), t.TempDir(), all}
}

func (j job) command() *exec.Cmd {
	script, err := filepath.Abs("action")
	require.NoError(j.t, err)
	cmd := exec.Command("bash", script)
	cmd.Dir = j.dir
	cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+filepath.Dir(filepath.Dir(script)), "RUNNER_TEMP="+j.temp,
		"GITHUB_OUTPUT="+filepath.Join(j.temp, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(j.temp, "step"),
		"GITHUB_SERVER_URL=https://localhost:1", "ACTION_REPOSITORY=")
	for name, value := range j.inputs {
		cmd.Env = append(cmd.Env, "INPUT_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"="+value)
	}
	return cmd
}

// run executes the script. It returns the exit status, the output, the outputs of the step and the job's summary.
func (j job) run() (status int, out string, outputs map[string]string, summary string) {
	j.t.Helper()
	text, err := j.command().CombinedOutput()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(j.t, err, &exit)
		status = exit.ExitCode()
	}
	return status, string(text), j.outputs(), j.read("step")
}

func (j job) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(j.temp, name)) // the script may not have written it
	return string(text)
}

func (j job) outputs() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(j.read("output")) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		all[name] = value
	}
	return all
}

// commands returns the workflow commands of an output that a runner would obey.
func commands(t *testing.T, out string) []string {
	t.Helper()
	var all []string
	stopped := ""
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line) // as a runner does
		token, stops := strings.CutPrefix(line, "::stop-commands::")
		switch {
		case stopped != "":
			if line == "::"+stopped+"::" {
				stopped = ""
			}
		case stops:
			require.Len(t, token, 32)
			stopped = token
		case strings.HasPrefix(line, "::"), strings.Contains(line, "##["):
			all = append(all, line)
		}
	}
	require.Empty(t, stopped, "the runner obeys commands again")
	return all
}

// release makes the files of a release that holds a program glomers for this system.
func release(t *testing.T) (dir string) {
	t.Helper()
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("skipped: needs Linux or macOS")
	}
	dir = t.TempDir()
	bin := filepath.Join(t.TempDir(), "glomers")
	out, err := exec.Command("go", "build", "-o", bin, "../cmd/glomers").CombinedOutput()
	require.NoError(t, err, "%s", out)
	program, err := os.ReadFile(bin)
	require.NoError(t, err)
	name := fmt.Sprintf("glomers_1.0_%s_%s", runtime.GOOS, runtime.GOARCH)
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	require.NoError(t, err)
	w := tar.NewWriter(z)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: name + "/glomers", Mode: 0o755, Size: int64(len(program))}))
	_, err = w.Write(program)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".tar.gz"), b.Bytes(), 0o666))
	sums := fmt.Sprintf("%064d  glomers_1.0_plan9_amd64.tar.gz\n%x  %s.tar.gz\n", 0, sha256.Sum256(b.Bytes()), name)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums), 0o666))
	return dir
}

// node builds a node of cli/testdata.
func node(t *testing.T, name string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), name)
	out, err := exec.Command("go", "build", "-o", bin, "../cli/testdata/"+name).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return bin
}

func TestAction(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and the runs take their time")
	}
	dir := release(t)
	official, misbehave := node(t, "official"), node(t, "misbehave")

	t.Run("good", func(t *testing.T) {
		t.Parallel()
		j := newJob(t, map[string]string{"bin": official, "challenges": "1", "time-limit": "1", "release": dir, "seed": "7"})
		status, out, outputs, summary := j.run()
		require.Zero(t, status, out)
		require.Equal(t, []string{"1", "0"}, []string{outputs["passed"], outputs["failed"]})
		require.Contains(t, summary, "## glomers challenge: 1/1 passed")
		require.Regexp(t, `(?m)^\| 1 echo \| valid`, summary)
		for _, command := range commands(t, out) { // the machine may have been busy
			require.True(t, strings.HasPrefix(command, "::warning "), command)
		}
		require.FileExists(t, outputs["badge"])
		require.FileExists(t, outputs["junit"])
		require.FileExists(t, outputs["summary"])
		reports, err := filepath.Glob(filepath.Join(outputs["artifact"], "store", "echo", "*", "report.html"))
		require.NoError(t, err)
		require.Len(t, reports, 1)
	})

	t.Run("broken", func(t *testing.T) {
		t.Parallel()
		j := newJob(t, map[string]string{"bin": misbehave, "args": "twist\n", "challenges": "1,", "time-limit": "1", "repeat": "2", "release": dir + "/"})
		status, out, outputs, summary := j.run()
		require.Equal(t, 1, status, out)
		require.Equal(t, []string{"0", "2"}, []string{outputs["passed"], outputs["failed"]})
		require.Contains(t, summary, "<summary>1 echo, run 1: invalid</summary>")
		obeyed := commands(t, out)
		require.Len(t, obeyed, 2)
		require.Regexp(t, `^::error title=1 echo, run 1%3A invalid::.*something else`, strings.ReplaceAll(obeyed[0], "%2C", ","))
	})

	t.Run("missing node", func(t *testing.T) {
		t.Parallel()
		j := newJob(t, map[string]string{"bin": "./nosuch", "challenges": "1 3a", "release": dir})
		status, out, outputs, summary := j.run()
		require.Equal(t, 3, status, out)
		require.Equal(t, "2", outputs["failed"])
		require.Contains(t, summary, "nosuch")
		require.Len(t, commands(t, out), 2)
	})

	t.Run("injection", func(t *testing.T) {
		t.Parallel()
		const evil = "\"; touch pwned; '$(touch pwned)`touch pwned`\n::error::forged\n##[error]forged"
		for _, name := range []string{"bin", "args", "challenges", "nemesis", "time-limit", "repeat", "seed", "working-directory", "version"} {
			inputs := map[string]string{"bin": "./nosuch", "challenges": "1", "release": dir}
			inputs[name] = evil
			j := newJob(t, inputs)
			if name == "version" {
				j.inputs["release"] = ""
			}
			status, out, _, _ := j.run()
			require.Equal(t, 3, status, "%s: %s", name, out)
			require.NotEmpty(t, commands(t, out), name)
			for _, command := range commands(t, out) {
				require.Regexp(t, `^::error title=`, command, name)
			}
			left, err := os.ReadDir(j.dir)
			require.NoError(t, err)
			for _, entry := range left {
				require.Equal(t, "store", entry.Name(), name)
			}
		}
	})

	t.Run("words of nodes are no commands", func(t *testing.T) {
		t.Parallel()
		script := filepath.Join(t.TempDir(), "node")
		require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho '::add-mask::1'; echo '::error::forged' >&2; echo '##[error]forged' >&2; exit 1\n"), 0o777))
		j := newJob(t, map[string]string{"bin": script, "challenges": "1", "time-limit": "1", "release": dir})
		status, out, outputs, summary := j.run()
		require.Equal(t, 3, status, out)
		require.Equal(t, "1", outputs["failed"])
		require.Regexp(t, "add-mask|forged", summary) // whichever was read first
		obeyed := commands(t, out)
		require.Len(t, obeyed, 1)
		require.Regexp(t, `^::error title=1 echo%3A broken::`, obeyed[0])
	})

	t.Run("wrong inputs", func(t *testing.T) {
		t.Parallel()
		for says, inputs := range map[string]map[string]string{
			"challenges is empty":                {"bin": official},
			"--json is no id":                    {"bin": official, "challenges": "1 --json"},
			"bin is empty":                       {"challenges": "1"},
			"nowhere is not there":               {"bin": official, "challenges": "1", "working-directory": "nowhere"},
			"glomers did not run":                {"bin": official, "challenges": "9z"},
			"want one of them":                   {"bin": official, "challenges": "1", "version": "v1"},
			"no file SHA256SUMS in " + dir + "x": {"bin": official, "challenges": "1", "release": dir + "x"},
		} {
			if inputs["release"] == "" {
				inputs["release"] = dir
			}
			status, out, outputs, _ := newJob(t, inputs).run()
			require.Equal(t, 3, status, out)
			require.Empty(t, outputs)
			require.Contains(t, strings.Join(commands(t, out), "\n"), says)
		}
	})

	t.Run("another archive than was published", func(t *testing.T) {
		t.Parallel()
		forged := t.TempDir()
		require.NoError(t, os.CopyFS(forged, os.DirFS(dir)))
		archives, err := filepath.Glob(filepath.Join(forged, "*.tar.gz"))
		require.NoError(t, err)
		require.Len(t, archives, 1)
		require.NoError(t, os.WriteFile(archives[0], []byte("forged"), 0o666))
		status, out, _, _ := newJob(t, map[string]string{"bin": official, "challenges": "1", "release": forged}).run()
		require.Equal(t, 3, status)
		require.Contains(t, strings.Join(commands(t, out), "\n"), "is not what SHA256SUMS says")
	})

	t.Run("from source, cancelled", func(t *testing.T) {
		if !*long {
			t.Skip("skipped: needs -long")
		}
		t.Parallel()
		j := newJob(t, map[string]string{"bin": official, "challenges": "1 3a"})
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		defer cancel()
		cmd := j.command()
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		require.NoError(t, cmd.Start())
		begun := func() bool {
			runs, _ := filepath.Glob(filepath.Join(j.dir, "store", "echo", "*", "nodes", "*"))
			return len(runs) > 0
		}
		for !begun() {
			require.NoError(t, ctx.Err())
			time.Sleep(20 * time.Millisecond)
		}
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		var exit *exec.ExitError
		require.ErrorAs(t, cmd.Wait(), &exit)
		require.Equal(t, 3, exit.ExitCode(), out.String())
		require.Equal(t, []string{"0", "2"}, []string{j.outputs()["passed"], j.outputs()["failed"]})
		require.Contains(t, j.read("step"), "| 3a single-node broadcast | not run |")
		require.Contains(t, j.read("step"), "interrupted")
	})
}

// The examples of the guide are pipelines, and use inputs that the action has.
func TestGuideToCI(t *testing.T) {
	a := readAction(t)
	text, err := os.ReadFile("../docs/ci.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	require.Len(t, blocks, 2)
	var github struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(blocks[0][1]), &github))
	used := 0
	for _, step := range github.Jobs["challenges"].Steps {
		if strings.Contains(step.Uses, "/glomers@") {
			used++
			for name, input := range a.Inputs {
				require.True(t, !input.Required || step.With[name] != "", name)
			}
			for name := range step.With {
				require.Contains(t, a.Inputs, name)
			}
		}
	}
	require.Equal(t, 1, used)
	var gitlab map[string]struct{ Script []string }
	require.NoError(t, yaml.Unmarshal([]byte(blocks[1][1]), &gitlab))
	require.Len(t, gitlab["challenges"].Script, 1)
	for name := range a.Outputs {
		require.Contains(t, string(text), "`"+name+"`")
	}
}
