package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/harness/nemesis"
	"glomers/harness/service"
	"glomers/harness/workload"
	"glomers/internal/program"
)

func TestTopics(t *testing.T) {
	for topic, says := range map[string][]string{
		"workloads":   append(upper(workload.All().Names()), `{"type":"send","key":"7","msg":3}`, "* offset, integer: "),
		"services":    append(upper(service.Names()), `→ {"type":"error","code":22,"text":"current value 2 of key \"x\" is not 1"}`, "* Staleness: ", "* create_if_not_exists, boolean: "),
		"protocol":    {`→ {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}`, "* 14 abort, definite: "},
		"errors":      {"* 22 precondition-failed, definite: ", "* 13 crash, not definite: ", "1000"},
		"faults":      nemesis.All().Names(),
		"environment": {"* Python: PYTHON*, ", "--cwd DIR"},
		"results":     {"EVERY RUN", "BROADCAST, G-SET", "* net/*/msgs-per-op, msgs: ", "* workload/stable-latencies/*, ms: "},
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
	require.Contains(t, stdout, "glomers results     Every figure in results.json")
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
	root, err := program.Root()
	require.NoError(t, err)
	want, err := (&cli{kinds: workload.All(), faults: nemesis.All()}).readme(root)
	require.NoError(t, err)
	have, err := os.ReadFile(filepath.Join(root, "harness", "README.md"))
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "it is out of date: run go generate ./harness")

	file := filepath.Join(t.TempDir(), "README.md")
	status, _, stderr := execute("readme", file)
	require.Equal(t, statusValid, status, stderr)
	require.FileExists(t, file)
}
