package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/internal/edn"
	"glomers/node"
)

// readEDN reads a file that has one value.
func readEDN(t *testing.T, dir, name string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	v, err := edn.Parse(string(text))
	require.NoError(t, err, string(text))
	return v
}

// fieldsOf returns the names in a map.
func fieldsOf(v any) []string {
	m, _ := v.(edn.Map)
	names := []string{}
	for _, e := range m {
		names = append(names, string(edn.Append(nil, e.Key)))
	}
	return names
}

// TestFilesLikeMaelstrom checks, for every workload, that our files have the content of Maelstrom's files of a run. The fields
// of :workload must be those of Maelstrom's results.edn; where more fields are allowed, they must include them.
func TestFilesLikeMaelstrom(t *testing.T) {
	t.Parallel()
	fields := map[string][]string{
		"broadcast": {":worst-stale", ":duplicated-count", ":valid?", ":lost-count", ":lost", ":stable-count", ":stale-count", ":stale", ":never-read-count", ":stable-latencies", ":attempt-count", ":never-read", ":duplicated"},
		"echo":      {":valid?", ":errors"}, "unique-ids": {":valid?", ":attempted-count", ":acknowledged-count", ":duplicated-count", ":duplicated", ":range"},
		"g-counter": {":valid?", ":errors", ":final-reads", ":acceptable"}, "lin-kv": {":valid?", ":results", ":failures"},
		"kafka":           {":valid?", ":worst-realtime-lag", ":bad-error-types", ":error-types", ":info-txn-causes"},
		"txn-list-append": {":valid?"}, "txn-rw-register": {":valid?"},
	}
	fields["g-set"], fields["pn-counter"] = fields["broadcast"], fields["g-counter"]
	programs := map[string]func(*node.Node){}
	for _, b := range baselines.All() {
		programs[b.Workload] = b.Register
	}
	for _, name := range workload.All().Names() {
		t.Run(name, func(t *testing.T) {
			test := Test{
				Workload: name, Program: InProcess(programs[name]), NodeCount: 2, Rate: 100, TimeLimit: 2 * time.Second, Store: t.TempDir(),
				Nemesis: []string{"partition"}, NemesisInterval: 500 * time.Millisecond, limits: limits{recovery: 500 * time.Millisecond},
			}
			res := virtually(t, test)

			results := readEDN(t, res.Dir, "results.edn")
			require.Equal(t, []string{":perf", ":timeline", ":exceptions", ":stats", ":availability", ":net", ":workload", ":valid?"}, fieldsOf(results))
			require.Equal(t, verdictEDN(res.Valid), edn.Get(results, "valid?"))
			require.Equal(t, verdictEDN(res.Workload.Verdict()), edn.Get(results, "workload", "valid?"))
			require.Subset(t, fieldsOf(edn.Get(results, "workload")), fields[name])
			require.EqualValues(t, res.Stats.Count, edn.Get(results, "stats", "count"))
			for f := range res.Stats.ByF {
				require.EqualValues(t, res.Stats.ByF[f].OKCount, edn.Get(results, "stats", "by-f", edn.Keyword(f), "ok-count"))
			}
			require.Equal(t, []string{":send-count", ":recv-count", ":msg-count", ":msgs-per-op"}, fieldsOf(edn.Get(results, "net", "servers")))
			require.InDelta(t, res.Net.All.MsgsPerOp, edn.Get(results, "net", "all", "msgs-per-op"), 1e-4)

			// The history is the same in all its forms, and has the same verdict.
			want := readHistory(t, res)
			file, err := os.Open(filepath.Join(res.Dir, "history.edn"))
			require.NoError(t, err)
			defer file.Close()
			have, err := history.ReadEDN(file)
			require.NoError(t, err)
			require.Len(t, have, len(want))
			text, err := os.ReadFile(filepath.Join(res.Dir, "history.txt"))
			require.NoError(t, err)
			lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
			require.Len(t, lines, len(want))
			for i := range want {
				require.JSONEq(t, string(want[i].Value), string(have[i].Value))
				want[i].Value = have[i].Value
				if want[i].Error != nil {
					require.JSONEq(t, string(want[i].Error), string(have[i].Error))
					want[i].Error = have[i].Error
				}
				want[i].Node, want[i].Client, want[i].Effect = "", "", nil // which are ours alone
				require.Equal(t, want[i], have[i])
				require.Equal(t, want[i].Text(), lines[i])
			}
			w, err := workload.All().New(name, workload.Config{Nodes: test.nodeIDs()})
			require.NoError(t, err)
			again, err := Judge(w, have, "")
			require.NoError(t, err)
			require.Equal(t, res.Workload.Verdict(), again.Workload.Verdict())
			logs, err := os.ReadDir(filepath.Join(res.Dir, "node-logs"))
			require.NoError(t, err)
			require.Len(t, logs, 2)
			require.Equal(t, "n0.log", logs[0].Name())
		})
	}
}

// The files of bad runs name the errors as Maelstrom does.
func TestResultsOfBadRuns(t *testing.T) {
	t.Parallel()
	ops := func(maps string) (h []history.Op) {
		var b strings.Builder
		for i, m := range strings.Split(maps, "{:type ")[1:] {
			if !strings.Contains(m, ":time") {
				m = strings.Replace(m, ",", fmt.Sprintf(", :time %d,", i), 1)
			}
			if !strings.Contains(m, ":value") {
				m = strings.Replace(m, "}", ", :value nil}", 1)
			}
			fmt.Fprintf(&b, "{:index %d, :type %s\n", i, m)
		}
		h, err := history.ReadEDN(strings.NewReader(b.String()))
		require.NoError(t, err)
		return h
	}
	for _, c := range []struct{ workload, history, want string }{
		{
			"broadcast", `{:type :invoke, :time 1, :process 0, :f :broadcast, :value 7} {:type :ok, :time 2, :process 0, :f :broadcast, :value 7}
			{:type :invoke, :time 3, :process 1, :f :read, :value nil} {:type :ok, :time 4, :process 1, :f :read, :value []}`,
			`:lost-count 1|:lost (7)|:lost-latencies {0 0, 0.5 0, 0.95 0, 0.99 0, 1 0}|:duplicated {}`,
		},
		{
			"broadcast", `{:type :invoke, :time 1, :process 0, :f :broadcast, :value 7} {:type :ok, :time 2, :process 0, :f :broadcast, :value 7}
			{:type :invoke, :time 3000000, :process 1, :f :read, :value nil} {:type :ok, :time 4000000, :process 1, :f :read, :value []}
			{:type :invoke, :time 5000000, :process 1, :f :read, :value nil} {:type :ok, :time 6000000, :process 1, :f :read, :value [7]}`,
			`:stale (7)|:worst-stale ({:element 7, :outcome :stable, :stable-latency 2, :known {:index 1, :time 2, :type :ok, :process 0, :f :broadcast, :value 7}, ` +
				`:last-absent {:index 2, :time 3000000, :type :invoke, :process 1, :f :read, :value nil}})`,
		},
		{
			"g-counter", `{:type :invoke, :process 0, :f :read, :value nil, :final? true} {:type :ok, :process 0, :f :read, :value 3, :final? true}`,
			`:errors ({:index 1, :process 0, :value 3})|:final-reads (3)|:acceptable ([0 0])`,
		},
		{"unique-ids", `{:type :invoke, :process 0, :f :generate} {:type :ok, :process 0, :f :generate, :value "a"}
			{:type :invoke, :process 0, :f :generate} {:type :ok, :process 0, :f :generate, :value "a"}`, `:duplicated {"a" 2}|:range ["a" "a"]`},
		{
			"lin-kv", `{:type :invoke, :process 0, :f :read, :value [3 nil]} {:type :ok, :process 0, :f :read, :value [3 1]}`,
			`:results {3 {:linearizable {:valid? false,|:failures [3]`,
		},
		{
			"kafka", `{:type :invoke, :process 0, :f :send, :value [[:send "k" 1]]} {:type :ok, :process 0, :f :send, :value [[:send "k" [0 1]]]}
			{:type :invoke, :process 0, :f :send, :value [[:send "k" 2]]} {:type :ok, :process 0, :f :send, :value [[:send "k" [0 2]]]}
			{:type :invoke, :process 0, :f :poll, :value [[:poll]]} {:type :ok, :process 0, :f :poll, :value [[:poll {"k" [[0 1]]}]]}`,
			`:inconsistent-offsets|:error-types (|:inconsistent-offsets {:count 1, :errs [{:key "k", :offset 0,`,
		},
		{
			"txn-list-append", `{:type :invoke, :process 0, :f :txn, :value [[:append 1 1] [:r 1 nil]]} {:type :ok, :process 0, :f :txn, :value [[:append 1 1] [:r 1 [2]]]}
			{:type :invoke, :process 1, :f :txn, :value [[:append 1 2]]} {:type :ok, :process 1, :f :txn, :value [[:append 1 2]]}`,
			`:anomaly-types (:|:internal|:not #{:`,
		},
	} {
		h := ops(c.history)
		w, err := workload.All().New(c.workload, workload.Config{Nodes: []string{"n0"}})
		require.NoError(t, err)
		j, err := Judge(w, h, "")
		require.NoError(t, err)
		v, err := resultsEDN(Result{Judgement: j}, h)
		require.NoError(t, err)
		text := string(edn.Append(nil, v))
		for want := range strings.SplitSeq(c.want, "|") {
			require.Contains(t, text, want, c.workload)
		}
		_, err = edn.Parse(text)
		require.NoError(t, err)
	}

	v, err := resultsEDN(Result{Judgement: Judgement{Valid: check.Unknown}, Error: "harness: node n1 \"died\"", Nemesis: NemesisResult{Valid: check.Unknown}}, nil)
	require.NoError(t, err)
	text := string(edn.Append(nil, v))
	require.Contains(t, text, `:nemesis {:valid? :unknown}, :error "harness: node n1 \"died\"", :valid? :unknown}`)
	require.NotContains(t, text, ":workload")
	require.NotContains(t, text, ":msgs-per-op")
}

func TestOpEDN(t *testing.T) {
	ops := []history.Op{{Type: history.OK, F: "read", Value: json.RawMessage("1")}}
	require.Equal(t, edn.Raw("{:index 0, :time 0, :type :ok, :process 0, :f :read, :value 1}"), opEDN(ops, edn.Raw("0")))
	for _, index := range []any{edn.Raw("1"), edn.Raw("-1"), edn.Raw("0.5"), edn.Raw("x"), "0", nil} {
		require.Nil(t, opEDN(ops, index), index)
	}
}
