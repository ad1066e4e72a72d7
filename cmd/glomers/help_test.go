package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/harness/nemesis"
	"glomers/harness/workload"
)

func TestTopics(t *testing.T) {
	for topic, says := range map[string][]string{
		"workloads": append(upper(workload.Names()), `{"type":"send","key":"7","msg":3}`, "* offset, integer: "),
		"errors":    {"* 22 precondition-failed, definite: ", "* 13 crash, not definite: ", "1000"},
		"faults":    nemesis.Names(),
		"results":   {"EVERY RUN", "BROADCAST, G-SET", "* net/*/msgs-per-op, msgs: ", "* workload/stable-latencies/*, ms: "},
	} {
		status, stdout, stderr := execute("help", topic)
		require.Equal(t, statusValid, status, stderr)
		for _, s := range says {
			require.Contains(t, stdout, s)
		}
		require.NotContains(t, stdout, "`")
		for line := range strings.SplitSeq(stdout, "\n") {
			require.True(t, utf8.RuneCountInString(line) <= 96 || strings.HasPrefix(line, " "), line)
		}
	}
	_, stdout, _ := execute("--help")
	require.Contains(t, stdout, "glomers results    Every figure in results.json")
	require.NotContains(t, stdout, "readme")
}

func upper(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.ToUpper(name))
	}
	return all
}

func TestWrap(t *testing.T) {
	long := strings.Repeat("ü", 93)
	require.Equal(t, []string{"* " + long, "  b"}, wrap("* "+long+" b"))
	require.Equal(t, []string{"    " + long + " b"}, wrap("    "+long+" b"))
	require.Equal(t, []string{""}, wrap(""))
}

func TestReadmeIsCurrent(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	want, err := readme(root)
	require.NoError(t, err)
	have, err := os.ReadFile(filepath.Join(root, "harness", "README.md"))
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "it is out of date: run go generate ./harness")

	file := filepath.Join(t.TempDir(), "README.md")
	status, _, stderr := execute("readme", file)
	require.Equal(t, statusValid, status, stderr)
	require.FileExists(t, file)
}
