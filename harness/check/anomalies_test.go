package check_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// The anomalies from public reports, each as the smallest history that shows it, with the expected verdict and reason. The
// files in testdata/anomalies say where each was found.
//
// A case is the workload, optionally with models=… and strict, and a line for each event: the process, the type, the function
// and the value. Transactions have no function. The type "did" stands for an invocation and an ok right after it; "final" at
// the end of a line marks a final read.
func TestAnomalies(t *testing.T) {
	cases := make(map[string]int) // by verdict
	datadriven.Walk(t, "testdata/anomalies", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			o := workload.Config{Nodes: []string{"n0", "n1"}, Workers: 4}
			d.MaybeScanArgs(t, "models", &o.ConsistencyModels)
			o.Strict = d.HasArg("strict")
			w, err := workload.All().New(d.Cmd, o)
			require.NoError(t, err)
			r := w.Check(events(t, d.Input, strings.HasPrefix(d.Cmd, "txn")))
			cases[r.Verdict().String()]++

			var b strings.Builder
			fmt.Fprint(&b, r.Verdict())
			if a, ok := r.(check.Anomalous); ok && len(a.Anomalies()) > 0 {
				fmt.Fprintf(&b, ": %s", strings.Join(a.Anomalies(), ", "))
			}
			b.WriteByte('\n')
			for _, reason := range r.Reasons() {
				fmt.Fprintln(&b, reason)
			}
			return b.String()
		})
	})
	require.GreaterOrEqual(t, cases["invalid"], 25)
	require.GreaterOrEqual(t, cases["valid"], 8, "what only looks like an anomaly")
}

func events(t *testing.T, lines string, transactions bool) []history.Op {
	t.Helper()
	var h []history.Op
	for line := range strings.Lines(lines) {
		line, final := strings.CutSuffix(strings.TrimSpace(line), " final")
		n := 4
		if transactions {
			n = 3
		}
		words := strings.SplitN(line, " ", n)
		require.Len(t, words, n, line)
		op := history.Op{Type: history.Type(words[1]), F: words[2], Value: json.RawMessage(words[n-1]), Final: final}
		if transactions {
			op.F = "txn"
		}
		require.True(t, json.Valid(op.Value), line)
		require.NoError(t, json.Unmarshal([]byte(words[0]), &op.Process))
		types := []history.Type{op.Type}
		if op.Type == "did" {
			types = []history.Type{history.Invoke, history.OK}
		}
		for _, op.Type = range types {
			op.Index, op.Time = len(h), int64(len(h))*1e6
			h = append(h, op)
		}
	}
	return h
}
