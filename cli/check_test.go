package cli

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/workload"
	"glomers/internal/compare"
)

// maelstromRuns maps the runs in testdata/store, which Maelstrom itself carried out, to their workloads. The files are those
// of the corpus, compressed with gzip -n9.
func maelstromRuns() map[string]string {
	return map[string]string{
		"bad-broadcast":        "broadcast",
		"bad-txn-rw-register":  "txn-rw-register",
		"broadcast-py-lat100":  "broadcast",
		"gcounter-js":          "g-counter",
		"kafka-single-clj":     "kafka",
		"linkv-proxy-rb":       "lin-kv",
		"listappend-js-single": "txn-list-append",
		"uniqueids-clj":        "unique-ids",
	}
}

// unpack returns a directory with the run's files.
func unpack(t *testing.T, run string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"history.edn", "results.edn"} {
		f, err := os.Open(filepath.Join("testdata", "store", run, name+".gz"))
		require.NoError(t, err)
		defer f.Close()
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		text, err := io.ReadAll(z)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	return dir
}

// differences lists the figures in which our results are meant to differ from Maelstrom's.
func differences() map[string][]string {
	return map[string][]string{
		// In this run, our checker finds that a G2-item is one even without the real-time order.
		"bad-txn-rw-register": {"workload/anomaly-types"},
		// Of several equal lags, either program may name any.
		"kafka-single-clj": {"workload/worst-realtime-lag/key", "workload/worst-realtime-lag/process"},
	}
}

// Our checker finds in Maelstrom's histories the same as Maelstrom.
func TestCheckAgreesWithMaelstrom(t *testing.T) {
	t.Parallel()
	for run, name := range maelstromRuns() {
		t.Run(run, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(workload.All().Names(), name) {
				t.Skipf("skipped: there is no workload %s", name)
			}
			dir := unpack(t, run)
			text, err := os.ReadFile(filepath.Join(dir, "results.edn"))
			require.NoError(t, err)
			theirs, err := compare.Parse(run, text)
			require.NoError(t, err)

			status, ours, stderr := execute("check", dir, "-w", name, "--json")
			require.Equal(t, map[any]int{true: statusValid, "unknown": statusUnknown, false: statusInvalid}[theirs.At("valid")], status, stderr)
			file := filepath.Join(t.TempDir(), "ours.json")
			require.NoError(t, os.WriteFile(file, []byte(ours), 0o600))

			status, out, stderr := execute("compare", file, dir, "--json")
			require.Equal(t, statusValid, status, stderr)
			var c comparison
			require.NoError(t, json.Unmarshal([]byte(out), &c))
			compared := 0
			for _, f := range c.Figures {
				if f.A == nil { // a history does not tell which messages were sent
					require.True(t, strings.HasPrefix(f.Path, "net/"), f.Path)
				}
				if f.A == nil || f.B == nil || slices.Contains(differences()[run], f.Path) {
					continue
				}
				require.Equal(t, f.B, f.A, f.Path) // compared as float64, with or without a fraction
				compared++
			}
			require.Greater(t, compared, 10)
		})
	}
}

func TestCheckDirectory(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	line := "test -w echo --bin " + built(t, "official") + " --node-count 1 --time-limit 1 --rate 50 --store " + store
	status, _, stderr := execute(words(line)...)
	require.Equal(t, statusValid, status, stderr)
	latest := filepath.Join(store, "latest")

	status, stdout, stderr := execute("check", latest)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "valid: echo")
	require.Contains(t, stdout, "availability  1 of the operations ok")

	// Flags override the options in the run's metadata.
	status, stdout, stderr = execute("check", latest, "-w", "unique-ids")
	require.Equal(t, statusUnknown, status, stderr)
	require.Contains(t, stdout, "unknown: unique-ids\n  the history has no operation of unique-ids (generate): its operations are echo; it looks like a history of echo\n")

	// A history in a run's directory belongs to that run.
	status, stdout, stderr = execute("check", filepath.Join(latest, "history.jsonl"))
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "valid: echo")

	status, stdout, stderr = execute("compare", latest, latest)
	require.Equal(t, statusValid, status, stderr)
	require.Regexp(t, `(?m)^valid +yes +yes$`, stdout)
	require.Regexp(t, `(?m)^availability/ok-fraction +1 +1 +1$`, stdout)

	record := filepath.Join(store, "broken")
	require.NoError(t, os.Mkdir(record, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(record, "test.json"), []byte("{"), 0o600))
	status, _, stderr = execute("check", record)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, filepath.Join("broken", "test.json")+": ")
}

const (
	lostHistory = `{"index":0,"time":0,"type":"invoke","process":0,"f":"add","value":1}
{"index":1,"time":1,"type":"ok","process":0,"f":"add","value":1}
{"index":2,"time":2,"type":"invoke","process":0,"f":"read","value":null}
{"index":3,"time":3,"type":"ok","process":0,"f":"read","value":[]}
`
	staleHistory = `{"index":0,"time":0,"type":"invoke","process":0,"f":"txn","value":[["w",1,1]]}
{"index":1,"time":1,"type":"ok","process":0,"f":"txn","value":[["w",1,1]]}
{"index":2,"time":2,"type":"invoke","process":1,"f":"txn","value":[["r",1,null]]}
{"index":3,"time":3,"type":"ok","process":1,"f":"txn","value":[["r",1,null]]}
`
)

func TestCheckVerdicts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args, history string
		status        int
		says          string
	}{
		"lost":           {"-w g-set", lostHistory, statusInvalid, "value 1, acknowledged at 0.000 s (op 1, process 0)"},
		"nothing":        {"-w g-set", "", statusUnknown, "nothing can be said"},
		"stale":          {"-w txn-rw-register", staleHistory, statusInvalid, "G-single-item-realtime"},
		"another model":  {"-w txn-rw-register --consistency-models serializable", staleHistory, statusValid, "valid: txn-rw-register"},
		"availability":   {"-w g-set --availability total", lostHistory[:strings.Index(lostHistory, "\n")], statusInvalid, "0 of 1 operation"},
		"exception":      {"-w echo", "{:index 0 :time 0 :type :invoke, :process 0, :f :echo :value 1}{:index 1 :time 0 :type :info, :process 0, :f :echo, :value 1 :exception {:cause \"odd\"}}", statusInvalid, `Maelstrom's client did not understand it; the first at 0.000 s (op 1, process 0): "odd"`},
		"line":           {"-w echo", lostHistory + "rubbish\n", statusBroken, "history: line 5: "},
		"line of EDN":    {"-w echo", "{:index 0 :time 0 :type :invoke, :process 0 :f :echo :value nil}\n}", statusBroken, "edn: line 2: "},
		"no workload":    {"", lostHistory, statusBroken, "want --workload broadcast"},
		"wrong workload": {"-w ehco", lostHistory, statusBroken, "did you mean echo?"},
		"wrong share":    {"-w echo --availability most", lostHistory, statusBroken, "want total or a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "history")
			require.NoError(t, os.WriteFile(file, []byte(c.history), 0o600))
			status, stdout, stderr := execute(append([]string{"check", file}, words(c.args)...)...)
			require.Equal(t, c.status, status, stdout+stderr)
			require.Contains(t, stdout+stderr, c.says)
			if status == statusBroken && strings.Contains(c.says, "line") {
				require.Contains(t, stderr, file+": ")
			}
		})
	}
}

// Pictures of a violation are written to the directory that the user names, and nowhere else.
func TestCheckPictures(t *testing.T) {
	t.Parallel()
	const stale = `{"index":0,"time":0,"type":"invoke","process":0,"f":"write","value":[0,1]}
{"index":1,"time":1,"type":"ok","process":0,"f":"write","value":[0,1]}
{"index":2,"time":2,"type":"invoke","process":1,"f":"read","value":[0,null]}
{"index":3,"time":3,"type":"ok","process":1,"f":"read","value":[0,2]}
`
	dir := t.TempDir()
	invalid, valid := filepath.Join(dir, "invalid.jsonl"), filepath.Join(dir, "valid.jsonl")
	require.NoError(t, os.WriteFile(invalid, []byte(stale), 0o600))
	require.NoError(t, os.WriteFile(valid, []byte(strings.ReplaceAll(stale, "[0,2]", "[0,1]")), 0o600))
	out := filepath.Join(dir, "new", "out")
	picture := filepath.Join(out, "violation-1.html")

	status, stdout, stderr := execute("check", invalid, "-w", "lin-kv")
	require.Equal(t, statusInvalid, status, stderr)
	require.Regexp(t, `(?m)^  pictures +none: --out DIR `, stdout)
	require.NoDirExists(t, out)

	status, stdout, stderr = execute("check", valid, "-w", "lin-kv", "--out", out)
	require.Equal(t, statusValid, status, stderr)
	require.NotContains(t, stdout, "pictures")
	require.NoDirExists(t, out)

	for _, format := range []string{"--json=false", "--json"} {
		status, stdout, stderr = execute("check", invalid, "-w", "lin-kv", "--out", out, format)
		require.Equal(t, statusInvalid, status, stderr)
		require.Equal(t, format == "--json", json.Valid([]byte(stdout)))
		require.Equal(t, format != "--json", strings.Contains(stdout, picture))
		page, err := os.ReadFile(picture)
		require.NoError(t, err)
		require.Contains(t, string(page), "<html")
		require.NoError(t, os.RemoveAll(out))
	}

	status, _, stderr = execute("check", invalid, "-w", "lin-kv", "--out", valid)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "--out: ")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 3, "the two histories, and the parent of out")
}
