package cli

import (
	"bytes"
	"context"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/svg"
)

// A junitFile is what the tests read of a JUnit file.
type junitFile struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Cases    []struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Failure *outcome `xml:"failure"`
		Error   *outcome `xml:"error"`
		Skipped *outcome `xml:"skipped"`
		Out     string   `xml:"system-out"`
	} `xml:"testsuite>testcase"`
}

type outcome struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// outputs are the files of one command, which are in one directory.
type outputs struct{ junit, summary, badge, annotations string }

func newOutputs(t *testing.T) outputs {
	dir := t.TempDir()
	return outputs{filepath.Join(dir, "j.xml"), filepath.Join(dir, "s.md"), filepath.Join(dir, "b.svg"), filepath.Join(dir, "a.txt")}
}

func (o outputs) flags() string {
	return "--junit " + o.junit + " --summary " + o.summary + " --badge " + o.badge + " --annotations " + o.annotations + " "
}

// read reads the files, which are there and all that is in their directory.
func (o outputs) read(t *testing.T) (j junitFile, summary, badge string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(o.junit))
	require.NoError(t, err)
	require.Len(t, entries, 4)
	texts := make([]string, 3)
	for i, path := range []string{o.junit, o.summary, o.badge} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts[i] = string(text)
	}
	require.NoError(t, xml.Unmarshal([]byte(texts[0]), &j))
	require.Len(t, j.Cases, j.Tests)
	annotations, err := os.ReadFile(o.annotations)
	require.NoError(t, err)
	require.Equal(t, j.Failures+j.Errors, strings.Count(string(annotations), "::error title="), "%s", annotations)
	return j, texts[1], texts[2]
}

func TestSuiteFilesOfTests(t *testing.T) {
	t.Parallel()
	good, bad := "--bin "+built(t, "official"), " --bin "+built(t, "misbehave")+" -- "
	const echo = "--node-count 1 --time-limit 1 --rate 50 "
	for name, c := range map[string]struct {
		args             string
		status           int
		failures, errors int
		typ, says        string // of the first case
		summary, colour  string
	}{
		"valid":   {"-w echo " + echo + good, statusValid, 0, 0, "", "", "| echo | valid", "good"},
		"invalid": {"-w echo " + echo + bad + "twist", statusInvalid, 1, 0, "invalid", "something else", "<summary>echo: invalid</summary>", "bad"},
		"crash":   {"-w echo " + echo + bad + "crash", statusBroken, 0, 1, "broken", "status 7", "out of cheese", "doubt"},
		"unknown": {"-w echo --nemesis partition " + echo + good, statusUnknown, 0, 1, "unknown", "there never was any", "| echo under partition | unknown", "doubt"},
		"no node": {"-w echo --bin testdata/nosuch", statusBroken, 0, 1, "not run", "testdata/nosuch", "| echo | not run |", "doubt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutputs(t)
			status, stdout, stderr := execute(words("test --store " + t.TempDir() + " " + o.flags() + c.args)...)
			require.Equal(t, c.status, status, stdout+stderr)
			j, summary, badge := o.read(t)
			require.Equal(t, []int{1, c.failures, c.errors}, []int{j.Tests, j.Failures, j.Errors})
			require.Equal(t, "glomers.test", j.Cases[0].Class)
			for _, got := range []*outcome{j.Cases[0].Failure, j.Cases[0].Error} {
				if got != nil {
					require.Equal(t, c.typ, got.Type)
					require.Contains(t, got.Text, c.says)
				}
			}
			require.Contains(t, summary, c.summary)
			require.Contains(t, badge, svg.Colour(c.colour))
			if name != "no node" {
				require.Contains(t, j.Cases[0].Out, "again: glomers test ")
				require.NotContains(t, j.Cases[0].Out, "--junit")
				require.Contains(t, j.Cases[0].Out, "report.html")
			}
		})
	}
}

func TestSuiteFilesOfRepeatedTests(t *testing.T) {
	t.Parallel()
	o := newOutputs(t)
	status, stdout, stderr := execute(words("test -w echo --node-count 1 --time-limit 1 --rate 50 --test-count 2 --store " + t.TempDir() + " " + o.flags() + "--bin " + built(t, "misbehave") + " -- twist")...)
	require.Equal(t, statusInvalid, status, stdout+stderr)
	j, _, _ := o.read(t)
	require.Len(t, j.Cases, 2)
	require.NotNil(t, j.Cases[0].Failure)
	require.NotNil(t, j.Cases[1].Skipped)
}

func TestSuiteFilesOfChallenges(t *testing.T) {
	t.Parallel()
	o := newOutputs(t)
	status, _, stderr := execute(words("challenge 1 2 --bin " + built(t, "official") + " --time-limit 1 --store " + t.TempDir() + " " + o.flags())...)
	require.Equal(t, statusBroken, status, stderr)
	j, summary, badge := o.read(t)
	require.Equal(t, []int{2, 0, 1}, []int{j.Tests, j.Failures, j.Errors})
	require.Equal(t, "1 echo", j.Cases[0].Name)
	require.Nil(t, j.Cases[0].Error)
	require.Contains(t, j.Cases[1].Error.Text, "No handler for")
	require.Contains(t, j.Cases[1].Out, "again: glomers challenge 2 --bin "+built(t, "official"))
	require.Regexp(t, `(?m)^\| 1 echo \| valid`, summary)
	require.Contains(t, summary, "<summary>2 unique ids: broken</summary>")
	require.Contains(t, badge, "<title>glomers: 1/2 passed</title>")
}

// What is known at an interruption is in the files, and so is what is missing.
func TestSuiteFilesOfInterruptedChallenges(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := newOutputs(t)
	var stdout bytes.Buffer
	status := Run(ctx, words("challenge 1 3a --bin "+built(t, "official")+" --repeat 2 --time-limit 1 --store "+t.TempDir()+" "+o.flags()), &stdout, &stopWriter{text: "challenge=1 ", stop: cancel})
	require.Equal(t, statusBroken, status)
	j, summary, _ := o.read(t)
	require.Equal(t, []int{4, 0, 3}, []int{j.Tests, j.Failures, j.Errors})
	require.Nil(t, j.Cases[0].Error)
	for _, c := range j.Cases[1:] {
		require.Equal(t, outcome{"not run", "interrupted"}, *c.Error)
	}
	require.Contains(t, summary, "| 1 echo | valid")
	require.Contains(t, summary, ", 1 not run |")
	require.Contains(t, summary, "| 3a single-node broadcast | not run |")
}

func TestSuiteFilesOfAnInterruptedTest(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := newOutputs(t)
	var stdout bytes.Buffer
	line := "test -w echo --node-count 1 --rate 50 --test-count 2 --bin " + built(t, "official") + " --store " + t.TempDir() + " " + o.flags()
	status := Run(ctx, words(line), &stdout, &stopWriter{text: "echo: main", stop: cancel})
	require.Equal(t, statusBroken, status)
	j, summary, _ := o.read(t)
	require.Equal(t, []int{2, 0, 2}, []int{j.Tests, j.Failures, j.Errors})
	require.Contains(t, j.Cases[0].Error.Text, "interrupted")
	require.Contains(t, j.Cases[0].Out, "again: glomers test ")
	require.Equal(t, outcome{"not run", "an earlier run was broken"}, *j.Cases[1].Error)
	require.Contains(t, summary, "<summary>echo, run 1: broken</summary>")
}

func TestSuiteFilesOfConform(t *testing.T) {
	t.Parallel()
	o := newOutputs(t)
	status, _, stderr := execute(words("conform --bin " + built(t, "official") + " --check line-64k,floats,init,service-slow " + o.flags())...)
	require.Equal(t, statusInvalid, status, stderr)
	j, summary, _ := o.read(t)
	require.Equal(t, []int{4, 1, 0}, []int{j.Tests, j.Failures, j.Errors})
	got := map[string]string{}
	for _, c := range j.Cases {
		name, _, _ := strings.Cut(c.Name, ":")
		switch {
		case c.Failure != nil:
			got[name] = c.Failure.Type
			require.Contains(t, c.Failure.Text, "the node ended")
			require.Contains(t, c.Out, "\nwhy: ")
		case c.Skipped != nil:
			got[name] = c.Skipped.Type
		default:
			got[name] = "passed"
		}
	}
	require.Equal(t, map[string]string{"init": "passed", "line-64k": "failed", "floats": "failed, but does not count", "service-slow": "not applicable"}, got)
	require.Contains(t, summary, "| must | 1 | 1 | 1 |")

	o = newOutputs(t)
	status, _, _ = execute(words("conform --bin testdata/nosuch --check init,request " + o.flags())...)
	require.Equal(t, statusBroken, status)
	j, _, _ = o.read(t)
	require.Equal(t, 2, j.Errors)
	require.Contains(t, j.Cases[0].Error.Text, "testdata/nosuch")
}

// What cannot be written is refused before anything is run.
func TestSuiteFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "store")
	file := filepath.Join(dir, "x")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o777))
	for flags, says := range map[string]string{
		"--junit " + dir: "--junit: " + dir + " is a directory: want a file",
		"--summary " + filepath.Join(dir, "no", "x"):    "--summary: no file can be made in",
		"--badge " + filepath.Join(file, "x"):           "--badge: ",
		"--junit " + file + " --summary " + file:        "--junit and --summary both name " + file,
		"--junit " + dir + "/y --badge " + dir + "/./y": "--junit and --badge both name " + dir + "/./y: want two files",
		"--junit " + dir + "/sub/../x --badge " + file:  "--junit and --badge both name",
	} {
		for _, command := range []string{"test -w echo --bin testdata/official --store " + store, "challenge 1 --bin testdata/official --store " + store, "conform --bin testdata/official"} {
			status, stdout, stderr := execute(words(command + " " + flags)...)
			require.Equal(t, statusBroken, status, flags)
			require.Contains(t, stderr, says, flags)
			require.Empty(t, stdout)
		}
	}
	status, _, stderr := execute(words("challenge 1 --print-command --junit " + filepath.Join(dir, "y"))...)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "--junit: --print-command runs nothing")
	require.NoDirExists(t, store)
	require.NoFileExists(t, filepath.Join(dir, "y"))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
}

func TestCompletionOfSuiteFiles(t *testing.T) {
	for _, command := range []string{"test", "challenge", "conform"} {
		for flag, extension := range map[string]string{"--junit": "xml", "--summary": "md", "--badge": "svg", "--annotations": "txt"} {
			status, stdout, stderr := execute("__complete", command, flag, "")
			require.Equal(t, statusValid, status, stderr)
			require.Equal(t, extension+"\n:8\n", stdout) // 8 stands for files with the extensions
		}
	}
}
