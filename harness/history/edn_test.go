package history_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func TestReadEDN(t *testing.T) {
	ops, err := history.ReadEDN(strings.NewReader(`
{:index 0, :time 9192818, :type :invoke, :process 0, :f :poll, :value [[:poll]]}
#jepsen.history.Op{:index 1, :time 22271805, :type :ok, :process 0, :f :poll, :value [[:poll {"9" [[0 1] [1 2]]}]], :poll-ms 1000}
{:index 2, :time 3, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n0" #{"n1"}}]}
{:time 4, :type :invoke, :process 1, :f :txn, :value [[:r 9 nil] [:append 9 2]]}
{:type :fail, :process 1, :f :txn, :value [[:r 9 nil] [:append 9 2]], :error [:txn-conflict "no"], :final? true}
{:type :info, :process 2, :f :read, :error :net-timeout}
{:type :info, :process 3, :f :read, :error "indeterminate: x", :exception {:via [{:type X}] :cause "x"}}
{:type :info, :process 3, :f :read, :exception {:via [{:type X}]}, :error "indeterminate: x"}
`))
	require.NoError(t, err)
	null := json.RawMessage("null")
	require.Equal(t, []history.Op{
		{Index: 0, Time: 9192818, Type: history.Invoke, F: "poll", Value: json.RawMessage(`[["poll"]]`)},
		{Index: 1, Time: 22271805, Type: history.OK, F: "poll", Value: json.RawMessage(`[["poll",{"9":[[0,1],[1,2]]}]]`)},
		{Index: 2, Time: 3, Type: history.Info, Process: history.Nemesis, F: "start-partition", Value: json.RawMessage(`["isolated",{"n0":["n1"]}]`)},
		{Index: 3, Time: 4, Type: history.Invoke, Process: 1, F: "txn", Value: json.RawMessage(`[["r",9,null],["append",9,2]]`)},
		{Index: 4, Type: history.Fail, Process: 1, F: "txn", Value: json.RawMessage(`[["r",9,null],["append",9,2]]`), Final: true, Error: json.RawMessage(`["txn-conflict","no"]`)},
		{Index: 5, Type: history.Info, Process: 2, F: "read", Value: null, Error: json.RawMessage(`"net-timeout"`)},
		{Index: 6, Type: history.Info, Process: 3, F: "read", Value: null, Error: json.RawMessage(`["malformed-reply","what Maelstrom's client understands","x"]`)},
		{Index: 7, Type: history.Info, Process: 3, F: "read", Value: null, Error: json.RawMessage(`["malformed-reply","what Maelstrom's client understands",{"via":[{"type":"X"}]}]`)},
	}, ops)

	vector, err := history.ReadEDN(strings.NewReader("[{:type :invoke, :process 4, :f :read}\n{:type :ok, :process 4, :f :read, :value #{1}}]"))
	require.NoError(t, err)
	require.Len(t, vector, 2)
	require.Equal(t, `[1]`, string(vector[1].Value))
}

func TestReadEDNErrors(t *testing.T) {
	const good = "{:index 0, :type :invoke, :process 0, :f :read}\n"
	for _, c := range []struct{ text, want string }{
		{good + "\n{:index 1", "history: edn: line 3: "},
		{good + "17", "history: line 2: want a map"},
		{good + "{:type :ok}", "history: line 2: no :process"},
		{good + "{:process 1}", `history: line 2: type "": want invoke, ok, fail or info`},
		{good + "{:process :n1}", `history: line 2: :process: "n1": want a number from 0, or :nemesis`},
		{good + "{:process nil}", `history: line 2: :process: null: want a number`},
		{good + "{:process 1, :time 1.5}", `:time: 1.5: want an integer`},
		{good + "{:process 1, :value ##Inf}", ":value: edn: JSON has no number"},
		{good + "{:process 1, :final? [##Inf]}", ":final?: edn: JSON has no number"},
		{good + "{:index 2, :process 1, :type :ok}", "history: line 2: index 2: want 1"},
	} {
		ops, err := history.ReadEDN(strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want, c.text)
		require.Len(t, ops, 1)
	}
	_, err := history.ReadEDN(iotest.ErrReader(os.ErrClosed))
	require.ErrorIs(t, err, os.ErrClosed)
}

func TestReadFile(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "history")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for _, text := range []string{
		`{"index":0,"time":1,"type":"invoke","process":0,"f":"read","value":null}`,
		"\n { \"type\":\"invoke\",\"time\":1,\"f\":\"read\",\"value\":null}\n",
		"{:type :invoke, :time 1, :process 0, :f :read}",
		"; from elsewhere\n#jepsen.history.Op{:type :invoke, :time 1, :process 0, :f :read}",
	} {
		ops, err := history.ReadFile(write(text))
		require.NoError(t, err, text)
		require.Equal(t, []history.Op{{Time: 1, Type: history.Invoke, F: "read", Value: json.RawMessage("null")}}, ops)
	}
	ops, err := history.ReadFile(write(""))
	require.NoError(t, err)
	require.Empty(t, ops)

	for text, want := range map[string]string{
		"{\"type\":\"invoke\"}\n{\"index\":0}": "history: line 2: type",
		"{:type :invoke :process 0}\n)":        "edn: line 2: ')' without its opening",
		"rubbish":                              "line 1: want a map",
	} {
		path := write(text)
		ops, err := history.ReadFile(path)
		require.ErrorContains(t, err, path+": ")
		require.ErrorContains(t, err, want)
		require.Empty(t, ops)
	}
	_, err = history.ReadFile(t.TempDir())
	require.Error(t, err)
	_, err = history.ReadFile(filepath.Join(t.TempDir(), "nosuch"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzReadEDN(f *testing.F) {
	f.Add("{:index 0, :time 1, :type :ok, :process :nemesis, :f :x, :value {:a [1]}, :final? true, :error \"e\"}")
	f.Add("[{:type :info, :process 1, :exception {:cause \"c\"}}]")
	f.Fuzz(func(t *testing.T, text string) {
		ops, err := history.ReadEDN(strings.NewReader(text))
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
