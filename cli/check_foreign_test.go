package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// setHistory is a valid history of g-set; each operation is a line.
const setHistory = `{"index":0,"time":0,"type":"invoke","process":0,"f":"add","value":1}
{"index":1,"time":1,"type":"ok","process":0,"f":"add","value":1}
{"index":2,"time":2,"type":"invoke","process":0,"f":"read","value":null}
{"index":3,"time":3,"type":"ok","process":0,"f":"read","value":[1]}
`

// counterHistory is a history of g-counter, whose last read returns the sum.
const counterHistory = `{:index 0, :time 0, :type :invoke, :process 0, :f :add, :value 3}
{:index 1, :time 1, :type :ok, :process 0, :f :add, :value 3}
{:index 2, :time 2, :type :invoke, :process 0, :f :read, :value nil}
{:index 3, :time 3, :type :ok, :process 0, :f :read, :value 3}
`

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

// A foreign history is either judged or refused.
func TestCheckForeign(t *testing.T) {
	t.Parallel()
	array := "[" + strings.ReplaceAll(strings.TrimSpace(setHistory), "\n", ",\n") + "]"
	for name, c := range map[string]struct {
		args, history string
		status        int
		says          string
	}{
		"array":            {"-w g-set", array, statusValid, "valid: g-set"},
		"gzip":             {"-w g-set", packed(t, setHistory), statusValid, "valid: g-set"},
		"byte-order mark":  {"-w g-set", "\ufeff" + setHistory, statusValid, "valid: g-set"},
		"nothing of it":    {"-w echo", setHistory, statusUnknown, "its operations are add, read; it looks like a history of g-set"},
		"another one":      {"-w broadcast", setHistory, statusUnknown, "it looks like a history of g-set"},
		"other values":     {"-w g-counter", setHistory, statusUnknown, "it looks like a history of g-set"},
		"nobody marked":    {"-w g-counter", counterHistory, statusUnknown, "none of 1 reads is marked final"},
		"no final phase":   {"-w pn-counter", strings.Join(strings.SplitAfter(counterHistory, "\n")[:2], ""), statusValid, "valid: pn-counter"},
		"marked":           {"-w g-counter", strings.ReplaceAll(counterHistory, ":f :read", ":final? true :f :read"), statusValid, "valid: g-counter"},
		"marked and wrong": {"-w g-counter", strings.ReplaceAll(counterHistory, ":f :read, :value 3", ":final? true :f :read :value 4"), statusInvalid, "returned 4"},
		"no workload":      {"", setHistory, statusBroken, "want --workload broadcast, "},
		"a hint":           {"", setHistory, statusBroken, "unique-ids; it looks like a history of g-set"},
		"misspelt": {
			"-w g-set", strings.Replace(setHistory, `"process":0,"f":"read","value":[`, `"proc":0,"f":"read","value":[`, 1), statusBroken,
			`history: line 4: no field is called "proc": want index, time, type, process, f and value`,
		},
		"a part": {
			"-w g-set", strings.Join(strings.SplitAfter(setHistory, "\n")[1:], ""), statusBroken,
			"history: line 1: index 1: want 0, as it is the first\nIf the tool that wrote it does that, --tolerate gaps accepts it",
		},
		"half a line": {
			"-w g-set", strings.TrimSuffix(setHistory, "}\n"), statusBroken,
			"unexpected end of JSON input: the file ends within this line\nIf the tool that wrote it does that, --tolerate cut accepts it",
		},
		"half a line tolerated": {"-w g-set --tolerate cut", setHistory + `{"index":4,"ti`, statusValid, "valid: g-set"},
		"half a line between":   {"-w g-set --tolerate cut", `{"index":0,"ti` + "\n" + setHistory, statusBroken, "line 1"},
		"a part tolerated":      {"-w g-set --tolerate gaps,orphans", strings.Join(strings.SplitAfter(setHistory, "\n")[1:], ""), statusUnknown, "nothing can be said"},
		"all tolerated":         {"-w g-set --tolerate all", strings.ReplaceAll(setHistory, `"index"`, `"number"`), statusValid, "valid: g-set"},
		"no such":               {"-w g-set --tolerate everything", setHistory, statusBroken, "want fields, gaps, orphans, reuse, times, cut or all"},
		"models":                {"-w g-set --consistency-models serializable", setHistory, statusBroken, "--consistency-models has no effect on g-set"},
		"strict":                {"-w lin-kv --strict", setHistory, statusBroken, "--strict has no effect on lin-kv"},
		"out":                   {"-w g-set --out x", setHistory, statusBroken, "--out has no effect on g-set"},
		"a set of strings":      {"-w g-set", strings.Replace(setHistory, "[1]", `["1"]`, 1), statusInvalid, "invalid: g-set\n  the read at 0.000 s (op 3, process 0) returned [\"1\"]: that is a list with a string"},
		"kafka's offsets": {
			"-w kafka", `{:index 0, :time 0, :type :invoke, :process 0, :f :send, :value [[:send "k" 1]]}
{:index 1, :time 0, :type :ok, :process 0, :f :send, :value [[:send "k" [0.0 1]]]}`, statusInvalid,
			`invalid: kafka
  of 1 operations the value cannot be understood: ops [1]; of the first (send), because the offset 0.0, of key "k", is not a 64-bit integer`,
		},
		"kafka's keys": {
			"-w kafka", `{:index 0, :time 0, :type :invoke, :process 0, :f :send, :value [[:send 9 1]]}
{:index 1, :time 0, :type :ok, :process 0, :f :send, :value [[:send 9 [0 1]]]}`, statusInvalid,
			"because the key 9 is not a string",
		},
		"another argument": {
			"-w g-set", strings.Replace(setHistory, `"type":"ok","process":0,"f":"add","value":1`, `"type":"ok","process":0,"f":"add","value":2`, 1), statusUnknown,
			"the add of 1 (op 0, process 0) completes as one of 2 (op 1), so it is not known what it did",
		},
		"left out of a transaction": {
			"-w txn-rw-register", `{"index":0,"time":0,"type":"invoke","process":0,"f":"txn","value":[["w",1,1],["r",1,null]]}
{"index":1,"time":0,"type":"ok","process":0,"f":"txn","value":[["w",1,1]]}`, statusInvalid,
			"was asked for 2 micro-operations and returned 1",
		},
		"left out of a transaction in EDN": {
			"-w txn-list-append", `{:index 0 :time 0 :type :invoke :process 0 :f :txn :value [[:append 1 1] [:r 1 nil]]}
{:index 1 :time 0 :type :ok :process 0 :f :txn :value [[:r 1 [1]]]}`, statusInvalid,
			"was asked for 2 micro-operations and returned 1",
		},
		"renamed in a transaction": {
			"-w txn-rw-register", `{:index 0 :time 0 :type :invoke :process 0 :f :txn :value [[:w 1 1]]}
{:index 1 :time 0 :type :ok :process 0 :f :txn :value [[:w 2 1]]}`, statusInvalid,
			`returned ["w",2,1] where it was asked for ["w",1,1]`,
		},
		"one register": {
			"-w lin-kv", `{:index 0, :time 0, :type :invoke, :process 0, :f :write, :value 3}
{:index 1, :time 0, :type :ok, :process 0, :f :write, :value 3}
{:index 2, :time 0, :type :invoke, :process 0, :f :read, :value nil}
{:index 3, :time 0, :type :ok, :process 0, :f :read, :value 4}`, statusInvalid, "key 0 is not linearizable",
		},
		"an echo of Maelstrom": {
			"-w echo", `{:index 0, :time 0, :type :invoke, :process 0, :f :echo, :value "Please echo 5"}
{:index 1, :time 0, :type :ok, :process 0, :f :echo, :value {:echo "Please echo 5", :type "echo_ok", :msg_id 1, :in_reply_to 1}}`, statusValid, "valid: echo",
		},
		"a wrong echo of Maelstrom": {
			"-w echo", `{:index 0, :time 0, :type :invoke, :process 0, :f :echo, :value "Please echo 5"}
{:index 1, :time 0, :type :ok, :process 0, :f :echo, :value {:echo "Please echo 6", :type "echo_ok", :in_reply_to 1}}`, statusInvalid,
			`"Please echo 5" was answered with "Please echo 6"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "h")
			require.NoError(t, os.WriteFile(file, []byte(c.history), 0o600))
			status, stdout, stderr := execute(append([]string{"check", file}, words(c.args)...)...)
			require.Equal(t, c.status, status, stdout+stderr)
			require.Contains(t, stdout+stderr, c.says)
			if status == statusBroken && strings.Contains(c.says, "line") {
				require.Contains(t, stderr, "glomers: "+file+": history: line ")
			}
		})
	}
}

// The path of a Maelstrom run tells its workload.
func TestCheckPlace(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := filepath.Join(store, "g-set", "20260102T150405.000+0000")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	file := filepath.Join(dir, "history.jsonl.gz")
	require.NoError(t, os.WriteFile(file, []byte(packed(t, setHistory)), 0o600))
	require.NoError(t, os.Symlink(dir, filepath.Join(store, "latest")))
	require.NoError(t, os.Symlink(filepath.Base(dir), filepath.Join(store, "g-set", "latest")))

	for _, path := range []string{dir, dir + "/", file, filepath.Join(store, "latest"), filepath.Join(store, "g-set", "latest"), filepath.Join(store, "latest", "history.jsonl.gz")} {
		status, stdout, stderr := execute("check", path)
		require.Equal(t, statusValid, status, stderr)
		require.Contains(t, stdout, "valid: g-set")
	}
	status, stdout, _ := execute("check", dir, "-w", "broadcast")
	require.Equal(t, statusUnknown, status)
	require.Contains(t, stdout, "unknown: broadcast")

	// A file with another name has nothing to do with the directory that contains it.
	other := filepath.Join(dir, "other.gz")
	require.NoError(t, os.Rename(file, other))
	status, _, stderr := execute("check", other)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "no workload given")
	status, _, stderr = execute("check", dir)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "want one with history.jsonl, history.edn, history.jsonl.gz or history.edn.gz")
}

// Standard input is read, and the first Ctrl-C ends the program at once. The test is not parallel, as there is only one
// standard input.
func TestCheckStdin(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	before := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = before }()
	_, err = io.WriteString(w, setHistory)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	status, stdout, stderr := execute("check", "-w", "g-set", "-")
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "valid: g-set")

	r, w, err = os.Pipe()
	require.NoError(t, err)
	defer w.Close()
	os.Stdin = r
	_, err = io.WriteString(w, setHistory)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel) // no more input ever comes
	var out, errs bytes.Buffer
	require.Equal(t, statusBroken, Run(ctx, []string{"check", "-w", "g-set", "-"}, &out, &errs))
	require.Equal(t, "glomers: interrupted\n", errs.String())
	require.Empty(t, out.String())
}

func TestWatch(t *testing.T) {
	t.Parallel()
	w := (&cli{}).newWatch(5 << 20)
	defer w.close()
	_, err := io.Copy(io.Discard, w.of(io.LimitReader(zeros{}, 3<<20)))
	require.NoError(t, err)
	require.Regexp(t, `^3 of 5 MiB read, \d+ s$`, w.progress())

	piped := (&cli{}).newWatch(0)
	defer piped.close()
	require.Regexp(t, `^0 MiB read, \d+ s$`, piped.progress())
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
