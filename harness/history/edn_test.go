package history_test

import (
	"bytes"
	"encoding/json"
	"os"
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
{:index 3, :time 4, :type :invoke, :process 1, :f :txn, :value [[:r 9 nil] [:append 9 2]]}
{:index 4, :time 5, :type :fail, :process 1, :f :txn, :value [[:r 9 nil] [:append 9 2]], :error [:txn-conflict "no"], :final? true}
{:index 5, :time 5, :type :info, :process 2, :f :read, :value nil, :error :net-timeout}
{:index 6, :time 5, :type :info, :process 3, :f :read, :value nil, :error "indeterminate: x", :exception {:via [{:type X}] :cause "x"}}
{:index 7, :time 5, :type :info, :process 3, :f :read, :value nil, :exception {:via [{:type X}]}, :error "indeterminate: x", :node "n1", :clock-offsets {"n1" ##Inf}}
`))
	require.NoError(t, err)
	null := json.RawMessage("null")
	require.Equal(t, []history.Op{
		{Index: 0, Time: 9192818, Type: history.Invoke, F: "poll", Value: json.RawMessage(`[["poll"]]`)},
		{Index: 1, Time: 22271805, Type: history.OK, F: "poll", Value: json.RawMessage(`[["poll",{"9":[[0,1],[1,2]]}]]`)},
		{Index: 2, Time: 3, Type: history.Info, Process: history.Nemesis, F: "start-partition", Value: json.RawMessage(`["isolated",{"n0":["n1"]}]`)},
		{Index: 3, Time: 4, Type: history.Invoke, Process: 1, F: "txn", Value: json.RawMessage(`[["r",9,null],["append",9,2]]`)},
		{Index: 4, Time: 5, Type: history.Fail, Process: 1, F: "txn", Value: json.RawMessage(`[["r",9,null],["append",9,2]]`), Final: true, Error: json.RawMessage(`["txn-conflict","no"]`)},
		{Index: 5, Time: 5, Type: history.Info, Process: 2, F: "read", Value: null, Error: json.RawMessage(`"net-timeout"`)},
		{Index: 6, Time: 5, Type: history.Info, Process: 3, F: "read", Value: null, Error: json.RawMessage(`["malformed-reply","Maelstrom's client did not understand it","x"]`)},
		{Index: 7, Time: 5, Type: history.Info, Process: 3, Node: "n1", F: "read", Value: null, Error: json.RawMessage(`["malformed-reply","Maelstrom's client did not understand it",{"via":[{"type":"X"}]}]`)},
	}, ops)

	vector, err := history.ReadEDN(strings.NewReader("[{:index 0 :time 0 :type :invoke, :process 4, :f :read :value nil}\n{:index 1 :time 0 :type :ok, :process 4, :f :read, :value #{1}}]"))
	require.NoError(t, err)
	require.Len(t, vector, 2)
	require.Equal(t, `[1]`, string(vector[1].Value))
}

func TestReadEDNErrors(t *testing.T) {
	const good = "{:index 0, :time 0, :type :invoke, :process 0, :f :read, :value nil}\n"
	for _, c := range []struct{ text, want string }{
		{good + "\n{:index 1", "history: edn: line 3: "},
		{good + "17", "history: line 2: want a map"},
		{good + `{"type" "ok"}`, "history: line 2: the key type is not a keyword"},
		{good + "{:index 2, :time 0, :process 1, :f :read, :type :ok, :value nil}", "history: line 2: index 2: want 1"},
		{good + "{:process 1, :value ##Inf}", ":value: edn: JSON has no number"},
		{good + "{:process 1, :final? [##Inf]}", ":final?: edn: JSON has no number"},
		{"[" + good, "history: line 2: the text ends before ']'"},
		{"[" + good + "]\n1", "history: line 3: '1' after the end of the vector"},
		{"[" + good + ")", "history: edn: line 2: ')' without its opening"},
		{good + "\"{", "history: edn: line 2: a string without its end"},
		{good + ";}\n\\", "history: edn: line 3: no character is called"},
		{good + "1 2", "history: line 2: want a map"},
	} {
		ops, err := history.ReadEDN(strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want, c.text)
		require.Len(t, ops, 1)
	}
	_, err := history.ReadEDN(iotest.ErrReader(os.ErrClosed))
	require.ErrorIs(t, err, os.ErrClosed)
}

func FuzzReadEDN(f *testing.F) {
	f.Add("{:index 0, :time 1, :type :ok, :process :nemesis, :f :x, :value {:a [1]}, :final? true, :error \"e\"}")
	f.Add("[{:index 0 :time 0 :type :info, :process 1, :f :x :value nil :exception {:cause \"c\"}}]")
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
