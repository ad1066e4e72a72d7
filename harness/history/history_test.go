package history_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/history"
)

func TestProcessJSON(t *testing.T) {
	for text, p := range map[string]history.Process{`0`: 0, `17`: 17, `"nemesis"`: history.Nemesis} {
		b, err := json.Marshal(p)
		require.NoError(t, err)
		require.Equal(t, text, string(b))
		var back history.Process
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, p, back)
		require.Equal(t, strings.Trim(text, `"`), p.String())
	}
	for _, bad := range []string{`-1`, `1.5`, `"n1"`, `null`, `[]`} {
		var p history.Process
		require.Error(t, json.Unmarshal([]byte(bad), &p), bad)
	}
}

func TestWho(t *testing.T) {
	require.Equal(t, "process 3 on n4", history.Op{Process: 3, Node: "n4"}.Who())
	require.Equal(t, "process 3", history.Op{Process: 3}.Who())
}

func TestWriteRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]string{`null`, `1`, `"<a&b>"`, `[1,2]`, `{"k":[9007199254740993]}`, `"é"`})
		ops := rapid.SliceOf(rapid.Custom(func(t *rapid.T) history.Op {
			op := history.Op{
				Time:    rapid.Int64Min(0).Draw(t, "time"),
				Type:    rapid.SampledFrom([]history.Type{history.Invoke, history.OK, history.Fail, history.Info}).Draw(t, "type"),
				Process: history.Process(rapid.IntRange(-1, 50).Draw(t, "process")),
				F:       rapid.String().Draw(t, "f"),
				Value:   json.RawMessage(value.Draw(t, "value")),
				Node:    rapid.SampledFrom([]string{"", "n1"}).Draw(t, "node"),
				Client:  rapid.SampledFrom([]string{"", "c1"}).Draw(t, "client"),
				Effect:  rapid.SampledFrom([]*history.Effect{nil, {}, {map[string][]string{"n1": {"n0"}}, []string{"n2"}, "one"}}).Draw(t, "effect"),
				Final:   rapid.Bool().Draw(t, "final"),
			}
			if rapid.Bool().Draw(t, "erred") {
				op.Error = json.RawMessage(`["abort","x"]`)
			}
			return op
		})).Draw(t, "ops")
		for i := range ops {
			ops[i].Index = i
		}
		var b bytes.Buffer
		require.NoError(t, history.Write(&b, ops))
		require.Equal(t, len(ops), bytes.Count(b.Bytes(), []byte("\n")))
		back, err := history.Read(&b)
		require.NoError(t, err)
		require.Len(t, back, len(ops))
		for i := range ops {
			require.Equal(t, ops[i], back[i])
		}
	})
}

func TestWriteReportsErrors(t *testing.T) {
	broken := errors.New("disk full")
	err := history.Write(failingWriter{broken}, []history.Op{{Type: history.OK}})
	require.ErrorIs(t, err, broken)
	err = history.Write(&bytes.Buffer{}, []history.Op{{}, {Index: 1, Value: json.RawMessage(`{`)}})
	require.ErrorContains(t, err, "history: op 1: ")
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestReadLongLine(t *testing.T) {
	list := json.RawMessage("[" + strings.Repeat("123456,", 1<<17) + "1]")
	var b bytes.Buffer
	require.NoError(t, history.Write(&b, []history.Op{{Type: history.OK, F: "read", Value: list}}))
	ops, err := history.Read(&b)
	require.NoError(t, err)
	require.Equal(t, list, ops[0].Value)
}

func TestReadErrors(t *testing.T) {
	const good = `{"index":0,"time":1,"type":"invoke","process":0,"f":"read","value":null}` + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"not JSON", good + "\nrubbish\n", "history: line 3: "},
		{"cut short", good + `{"index":1,`, "history: line 2: "},
		{"gap", good + `{"index":2,"time":1,"type":"ok","process":0,"f":"read","value":null}`, "history: line 2: index 2: want 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ops, err := history.Read(strings.NewReader(c.text))
			require.ErrorContains(t, err, c.want)
			require.Len(t, ops, 1)
		})
	}
	_, err := history.Read(iotest.ErrReader(errors.New("gone")))
	require.ErrorContains(t, err, "history: line 1: gone")
}

func TestInvocations(t *testing.T) {
	op := func(typ history.Type, p history.Process) history.Op { return history.Op{Type: typ, Process: p} }
	require.Equal(t, []int{-1, -1, 0, -1, 1, -1, -1, 5, -1, -1, -1, -1}, history.Invocations([]history.Op{
		op(history.Invoke, 0),
		op(history.Invoke, 1),
		op(history.OK, 0),
		op(history.Info, history.Nemesis),
		op(history.Info, 1),
		op(history.Invoke, 0),
		op(history.Invoke, 2), // stays open
		op(history.Fail, 0),
		op(history.OK, 7), // has no invocation
		op(history.OK, 0), // has none either: its invocation has already completed
		op(history.Invoke, history.Nemesis),
		op(history.OK, history.Nemesis),
	}))
	require.Empty(t, history.Invocations(nil))
	require.Equal(t, []int{-1, -1, -1, 0}, history.Invocations([]history.Op{
		op(history.Invoke, 0),
		op(history.Invoke, history.Nemesis),
		op(history.Info, history.Nemesis), // has no invocation, since the nemesis may do several things at once
		op(history.OK, 0),
	}))
	require.Equal(t, []int{-1, 0, -1}, history.Invocations([]history.Op{
		op(history.Invoke, 0),
		op(history.OK, 0),
		op(history.OK, 0), // a second completion
	}))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"index":0,"time":1,"type":"ok","process":"nemesis","f":"x","value":{"a":[1]},"final":true,"error":"e"}`))
	f.Add([]byte("\n\n{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ops, err := history.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, history.Write(&out, ops))
		back, err := history.Read(&out)
		require.NoError(t, err)
		require.Len(t, back, len(ops))
	})
}
