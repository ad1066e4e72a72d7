package cli

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/terminal"
)

// onTerminal returns the output of a command on a terminal.
func onTerminal(t *testing.T, args ...string) (status int, shown string) {
	t.Helper()
	screen, program := openTerminal(t)
	all := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // the error says that the other end was closed
		all <- string(text)
	}()
	status = Run(t.Context(), args, program, program)
	require.NoError(t, program.Close())
	shown = <-all
	require.NoError(t, screen.Close())
	return status, shown
}

// ownSequences matches the escape sequences of our own logs and bars: colours, moving up to the beginning of an earlier
// line, and erasing everything below it.
var ownSequences = regexp.MustCompile(`\x1b\[(0|1|2|9[0-9]|2;9[0-9]|22|39)?m|\x1b\[[0-9]+A|\x1b\[J|\r+\n|\r$`)

// requireTame fails if sequences other than our own reached a terminal.
func requireTame(t *testing.T, shown string) {
	t.Helper()
	rest := ownSequences.ReplaceAllString(shown, "\n")
	require.Equal(t, terminal.Escape(rest), rest)
}

// hostile is a text that may occur in an argument or a file name: it clears the screen, sets the title, resets the terminal,
// reverses the direction of text, and colours it.
const hostile = "x\x1b[2J\x1b]0;title\a\x1bc\u009b31m\u202evalid\x7f\r\x9b31m"

// No command prints a name from a user, a file or a node on a terminal without escaping it.
func TestHostileNamesOnTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	history := write("h"+hostile+".jsonl", `{"index":0,"time":0,"type":"invoke","process":0,"f":"`+controlEscaped+`","value":1}
{"index":1,"time":0,"type":"ok","process":0,"f":"`+controlEscaped+`","value":"`+controlEscaped+`"}
`)
	results := write("results.json", `{"valid":false,"reasons":["`+controlEscaped+control+`"],"warnings":["`+controlEscaped+control+`"],"workload":{"valid":false,"`+controlEscaped+control+`":1},`+
		`"stats":{"by-f":{"`+controlEscaped+control+`":{"count":1}}}}`)
	run := filepath.Join(dir, "run"+hostile)
	require.NoError(t, os.Mkdir(run, 0o755))
	require.NoError(t, os.Rename(write("journal.jsonl", controlEscaped+control+"\n"), filepath.Join(run, "journal.jsonl")))
	echo := func(store string, args ...string) []string {
		return append(append(words("test -w echo --node-count 1 --time-limit 1 --rate 20 --store"), store), args...)
	}
	script := "#!/bin/sh\nprintf '" + strings.NewReplacer("\x1b", `\033`, "\a", `\007`, "\r", `\r`, "%", "%%").Replace(hostile) + `\n'`
	bin := write("bin"+hostile, script)
	require.NoError(t, os.Chmod(bin, 0o755))
	loud := write("loud", script+" >&2; exit 3\n")
	require.NoError(t, os.Chmod(loud, 0o755))

	for name, args := range map[string][]string{
		"unknown flag":           {"test", "--" + hostile},
		"unknown short flag":     {"check", "-\x1b"},
		"value of a flag":        {"test", "--rate", hostile},
		"value of a list":        {"test", "--nemesis", hostile},
		"unknown workload":       {"test", "-w", hostile},
		"unknown command":        {hostile},
		"unknown topic":          {"help", hostile},
		"unknown shell":          {"completion", hostile},
		"unknown node":           {"node", hostile},
		"unknown challenge":      {"challenge", hostile},
		"unknown set":            {"bench", hostile},
		"too many arguments":     {"version", hostile},
		"completion":             {"__complete", "test", "--" + hostile, ""},
		"variable":               {"test", "--env", hostile},
		"directory":              {"test", "--cwd", hostile},
		"no program":             {"test", "--bin", hostile},
		"no program to check":    {"conform", "--bin", hostile},
		"word of conform":        {"conform", "--bin", "sh", hostile},
		"checks":                 {"conform", "--bin", "sh", "--check", hostile},
		"nodes":                  {"test", "--nodes", hostile, "--bin", "sh"},
		"file of nodes":          {"test", "--nodes-file", hostile, "--bin", "sh"},
		"out":                    {"bench", "--list", "--out", hostile, hostile},
		"no history":             {"check", filepath.Join(dir, "no"+hostile)},
		"history":                {"check", "-w", "echo", history},
		"history for itself":     {"check", history},
		"comparison":             {"compare", results, results},
		"comparison of nothing":  {"compare", results, filepath.Join(dir, "no"+hostile)},
		"report":                 {"report", run},
		"report of nothing":      {"report", filepath.Join(dir, "no"+hostile)},
		"serve nothing":          {"serve", "--store", filepath.Join(dir, "no"+hostile)},
		"serve nowhere":          {"serve", "--store", t.TempDir(), "--host", hostile},
		"store and summary":      echo(filepath.Join(dir, "store"+hostile), "--bin", "sh", "--", "-c", `exec "$0"`, mustAbs(t, echoScript), hostile),
		"program":                echo(filepath.Join(dir, "s1"), "--bin", bin, "--log-stderr", "--", hostile),
		"last words":             echo(filepath.Join(dir, "s2"), "--bin", loud, "--log-stderr"),
		"last words for conform": {"conform", "-w", "echo", "--check", "init", "--bin", loud},
		"line for conform":       {"conform", "-w", "echo", "--check", "init,request", "--init-timeout", "1", "--timeout", "1", "--bin", bin, "--", hostile},
		"demo":                   {"demo", "-w", hostile},
		"challenge":              {"challenge", "1", "--time-limit", "1", "--bin", bin, "--store", filepath.Join(dir, "s3"+hostile)},
		"Maelstrom's command":    {"challenge", "1", "--print-command", "--bin", bin},
		"Maelstrom":              {"challenge", "1", "--harness", "maelstrom", "--nemesis", hostile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, shown := onTerminal(t, args...)
			requireTame(t, shown)
			if args[0] == "help" || args[0] == "completion" || args[0] == "__complete" {
				return // these list the valid names instead of repeating the wrong one
			}
			require.Regexp(t, `\\x1b|\\u001b`, shown, "what was tame is shown, as text")
		})
	}
}
