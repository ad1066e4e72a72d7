package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/terminal"
)

// requireHarmless fails if the output could control a terminal.
func requireHarmless(t *testing.T, printed string) {
	t.Helper()
	require.Equal(t, terminal.Escape(printed), printed)
}

// Control sequences as a file or a node may write them: in JSON, in EDN, and raw.
const (
	controlEscaped = `\u001b[2J\u001b]0;title\u0007\u009b31m\u202evalid\u007f\r`
	control        = "\x7f\u009b31m\u202ehidden"
)

// The output of nodes does not control the terminal: not in logs, reasons or errors.
func TestControlSequencesOfNodes(t *testing.T) {
	t.Parallel()
	line := "test -w echo --node-count 1 --time-limit 1 --rate 50 --log-stderr --log-net-send --log-net-recv --bin " + built(t, "misbehave")
	for fault, status := range map[string]int{"control": statusInvalid, "sequence": statusBroken} {
		for _, format := range []string{"--json", "--json=false"} {
			t.Run(fault+format, func(t *testing.T) {
				t.Parallel()
				args := append(words(line), "--store", t.TempDir(), format, "--", fault)
				got, stdout, stderr := execute(args...)
				require.Equal(t, status, got, stdout+stderr)
				require.Contains(t, stderr, `\x1b[2J\x1b]0;title\x07\u009b31m\u202evalid\x7f\r\x9b31m`)
				requireHarmless(t, stdout)
				requireHarmless(t, stderr)
				if stdout != "" && format == "--json" {
					require.True(t, json.Valid([]byte(stdout)))
				}
			})
		}
	}
}

// The contents of files do not control the terminal either, whichever command reads them.
func TestControlSequencesOfFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	jsonl := write("h"+control+".jsonl", `{"index":0,"time":0,"type":"invoke","process":0,"f":"`+controlEscaped+control+`","value":"`+controlEscaped+control+`"}
{"index":1,"time":0,"type":"fail","process":0,"f":"`+controlEscaped+control+`","value":"`+controlEscaped+control+`","error":["`+controlEscaped+`","`+control+`"]}
{"index":2,"time":0,"type":"invoke","process":0,"f":"echo","value":"a"}
{"index":3,"time":0,"type":"ok","process":0,"f":"echo","value":"`+controlEscaped+control+`"}
`)
	odd := control + "\x1bc" // resets a terminal; a bracket would end a keyword
	edn := write("h.edn", `{:index 0 :time 0 :type :invoke :process 0 :f :`+odd+` :value "`+odd+`"}
{:index 1 :time 0 :type :info :process 0 :f :`+odd+` :value "`+odd+`" :exception {:cause "`+odd+`"}}
`)
	results := write("results.json", `{"valid":true,"stats":{"by-f":{"`+controlEscaped+control+`":{"count":1}}}}`)
	run := filepath.Join(dir, "run"+control)
	require.NoError(t, os.Mkdir(run, 0o755))

	for _, args := range [][]string{
		{"check", "-w", "echo", jsonl},
		{"check", "-w", "lin-kv", jsonl},
		{"check", "-w", "kafka", edn},
		{"check", "-w", "echo", edn},
		{"check", "-w", "echo", edn, "--json"},
		{"check", "-w", "echo", jsonl, "--json"},
		{"check", jsonl},
		{"check", "-w", odd, jsonl},
		{"check", write("line"+control, "{:index 0 :"+odd+" 1}")},
		{"check", "-w", "echo", write("token", "{:index "+odd+"}")},
		{"check", "-w", "echo", write("bytes", "{\"\x9b31m\":1}")},
		{"check", filepath.Join(dir, "nosuch"+odd)},
		{"compare", results, results},
		{"compare", results, results, "--json"},
		{"compare", results, jsonl},
		{"compare", results, run},
		{"report", run},
		{"report", filepath.Join(dir, "nosuch"+odd)},
		{"node", odd},
		{odd},
		{"test", "-w", odd},
		{"test", "--" + odd},
		{"test", "-w", "echo", "--bin", odd},
		{"serve", "--store", filepath.Join(dir, odd)},
	} {
		_, stdout, stderr := execute(args...)
		require.NotEmpty(t, stdout+stderr, "%q", args)
		requireHarmless(t, stdout)
		requireHarmless(t, stderr)
		if args[len(args)-1] == "--json" {
			require.True(t, json.Valid([]byte(stdout)), stdout)
		}
	}
	_, stdout, _ := execute("check", "-w", "echo", jsonl)
	require.Contains(t, stdout, `\x7f\u009b31m\u202ehidden`)
}

// The name of a function stays within its line.
func TestNamesStayOnTheirLine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "h")
	require.NoError(t, os.WriteFile(file, []byte(`{"index":0,"time":0,"type":"invoke","process":0,"f":"a\n\nvalid: echo\tx","value":1}
{"index":1,"time":0,"type":"ok","process":0,"f":"a\n\nvalid: echo\tx","value":2}
`), 0o600))
	_, stdout, _ := execute("check", "-w", "echo", file)
	require.NotContains(t, stdout, "\nvalid")
	require.Contains(t, stdout, `  a\n\nvalid: echo\tx `)
}
