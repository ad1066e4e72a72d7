// Package corpus reads histories for the tests of checkers: histories with verdicts of the reference checkers, and histories
// written in the test itself.
package corpus

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

// Read returns the cases in testdata/NAME.jsonl.gz of the package under test: a file of the corpus, made by gzip -n9. Each
// case is a JSON object, which is decoded into a C.
func Read[C any](t testing.TB, name string) []C {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".jsonl.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var cases []C
	for dec := json.NewDecoder(z); dec.More(); {
		var c C
		require.NoError(t, dec.Decode(&c))
		cases = append(cases, c)
	}
	return cases
}

// A Case is a history with the findings of the reference checkers.
type Case struct {
	Name    string                     `json:"name"`
	Options map[string]any             `json:"options"`
	History []history.Op               `json:"history"`
	Expect  map[string]json.RawMessage `json:"expect"`
}

// RequireReasons checks what every Result promises.
func RequireReasons(t testing.TB, r check.Result) {
	t.Helper()
	if r.Verdict() == check.Valid {
		require.Empty(t, r.Reasons())
		return
	}
	require.NotEmpty(t, r.Reasons())
	require.LessOrEqual(t, len(r.Reasons()), 10)
}

// Ops reads a history from lines of "process type f value", with an optional error after " ! ". Event i happens at i ms.
func Ops(t testing.TB, lines string) []history.Op {
	t.Helper()
	var h []history.Op
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		line, err, _ := strings.Cut(line, " ! ")
		f := strings.SplitN(line, " ", 4)
		require.Len(t, f, 4, line)
		op := history.Op{
			Index: len(h), Time: int64(len(h)) * 1e6,
			Type: history.Type(f[1]), F: f[2], Value: json.RawMessage(f[3]),
		}
		if err != "" {
			op.Error = json.RawMessage(err)
		}
		require.NoError(t, json.Unmarshal([]byte(f[0]), &op.Process))
		h = append(h, op)
	}
	return h
}
