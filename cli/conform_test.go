package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestConform(t *testing.T) {
	t.Parallel()
	official, misbehave := "--bin "+built(t, "official"), "--bin "+built(t, "misbehave")
	for name, c := range map[string]struct {
		args   string
		status int
		says   []string
	}{
		"all is well": {
			"--bin ../echo --level nice --check init,unknown-type,floats,service-slow", statusValid,
			[]string{"../echo, which serves echo\n", "ok    must    init  ", "ok    should  unknown-type  ", "must    1 passed, 0 failed\n", "- ", "not applicable"},
		},
		"a must": {
			official + " --check line-64k,floats -w echo", statusInvalid,
			[]string{
				"FAIL  must    line-64k  ", "\nFAIL line-64k, must: reads a line of 64 KiB + 1\n",
				"  failed    the node ended: exit status 1; stderr: ", "bufio.Scanner",
				`  sent      {"src":"c`, "(65537 bytes)", "  received  nothing\n", "  why       Gossip", "must    0 passed, 1 failed\n",
			},
		},
		"no must":              {official + " --check floats -w echo", statusValid, []string{"FAIL  nice    floats"}},
		"a should, by request": {official + " --check integers,floats -w echo --level should", statusInvalid, []string{"got 9007199254740992\n"}},
		"a nice, by request":   {official + " --check floats -w echo --level nice", statusInvalid, nil},
		"with arguments":       {misbehave + " --check stdout,init -- rubbish", statusInvalid, []string{"misbehave rubbish", "is not JSON", "received  hello from the debugger\n"}},
		"does not answer init": {"--bin testdata/misbehave --init-timeout 200ms --timeout 200ms --check init,stdout -- silent", statusInvalid, []string{"serves no workload that was recognised", "nothing in 0.", "stdout: not applicable, it needs a node that answers init"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := execute(append([]string{"conform"}, words(c.args)...)...)
			require.Equal(t, c.status, status, stdout+stderr)
			for _, says := range c.says {
				require.Contains(t, stdout, says)
			}
			require.NotContains(t, stdout, "\x1b")
			for line := range strings.SplitSeq(stdout, "\n") {
				exact := strings.HasPrefix(line, "  sent ") || strings.HasPrefix(line, "  received ") || strings.HasPrefix(line, "            {")
				require.True(t, exact || utf8.RuneCountInString(line) <= 80, line)
			}
		})
	}
}

func TestConformJSON(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := execute(words("conform --bin testdata/official --json --level should --check init,integers,service-slow")...)
	require.Equal(t, statusInvalid, status, stderr)
	var report struct {
		Path, Workload string
		Results        []struct{ Name, Level, Status, Reason, Why string }
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, "echo", report.Workload)
	require.Equal(t, "testdata/official", report.Path)
	var outcomes []string
	for _, r := range report.Results {
		outcomes = append(outcomes, strings.Join([]string{r.Name, r.Level, r.Status}, " "))
		require.NotEmpty(t, r.Why)
	}
	require.Equal(t, []string{"init must pass", "integers should fail", "service-slow must not applicable"}, outcomes)
}

func TestConformWrongArguments(t *testing.T) {
	for line, says := range map[string]string{
		"":                        "want --bin",
		"--bin testdata/nosuch":   "testdata/nosuch",
		"--bin main.go":           "not executable",
		"--bin false -w nosuch":   "want broadcast, echo",
		"--bin false --level may": "want must, should or nice",
		"--bin false --check a":   "want init, request",
		"--bin false --timeout x": "want a number (of seconds)",
		"--bin false stray":       "arguments of the node go after --",
		"--bin testdata/broken":   "undefined: nosuch",
		"--bin false --nosuch":    "glomers conform accepts --annotations --badge --bin --check",
		"--bin ../harness/check":  "go build",
	} {
		status, stdout, stderr := execute(append([]string{"conform"}, words(line)...)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says, line)
		require.Empty(t, stdout, line)
	}
}

func TestConformHelp(t *testing.T) {
	status, stdout, _ := execute("conform", "--help")
	require.Equal(t, statusValid, status)
	for _, says := range []string{"--init-timeout", "--level", "Exit status: 0", "glomers conform --bin"} {
		require.Contains(t, stdout, says)
	}
	require.False(t, slices.ContainsFunc(strings.Split(stdout, "\n"), func(line string) bool { return utf8.RuneCountInString(line) > 200 }))
}
