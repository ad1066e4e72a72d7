package history_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/history"
)

// Lines of history.edn and history.txt as Maelstrom 0.2.4 wrote them. "↦" stands for a tab.
const fromMaelstrom = `
{:index 0, :time 19071810, :type :invoke, :process 0, :f :read, :value nil}
0↦:invoke↦:read↦nil
{:index 1, :time 27065944, :type :ok, :process 0, :f :read, :value []}
0↦:ok↦:read↦[]
{:index 2, :time 39362244, :type :invoke, :process 1, :f :broadcast, :value 0}
1↦:invoke↦:broadcast↦0
{:index 3, :time 13860624, :type :info, :process :nemesis, :f :start-partition, :value :majorities-ring}
:nemesis↦:info↦:start-partition↦:majorities-ring
{:index 4, :time 21037984, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n0" #{"n1"}, "n1" #{"n2" "n3"}}]}
:nemesis↦:info↦:start-partition↦[:isolated {"n0" #{"n1"}, "n1" #{"n2" "n3"}}]
{:index 5, :time 9550208302, :type :info, :process :nemesis, :f :stop-partition, :value :network-healed}
:nemesis↦:info↦:stop-partition↦:network-healed
{:index 6, :time 46304127, :type :fail, :process 2, :f :cas, :value [0 [4 0]], :error [:key-does-not-exist "key does not exist"]}
2↦:fail↦:cas↦[0 [4 0]]↦[:key-does-not-exist key does not exist]
{:index 7, :time 46304128, :type :info, :process 2, :f :broadcast, :value 7, :error :net-timeout}
2↦:info↦:broadcast↦7↦:net-timeout
{:index 8, :time 20480822, :type :ok, :process 0, :f :generate, :value [1795162630 0 "n0"]}
0↦:ok↦:generate↦[1795162630 0 "n0"]
{:index 9, :time 34927260, :type :ok, :process 0, :f :txn, :value [[:append 9 1] [:r 5 nil] [:r 4 [1 2]]]}
0↦:ok↦:txn↦[[:append 9 1] [:r 5 nil] [:r 4 [1 2]]]
{:index 10, :time 9192818, :type :invoke, :process 0, :f :poll, :value [[:poll]]}
0↦:invoke↦:poll↦[[:poll]]
{:index 11, :time 22271805, :type :ok, :process 0, :f :poll, :value [[:poll {"9" [[0 1] [1 2]], "8" []}]]}
0↦:ok↦:poll↦[[:poll {"9" [[0 1] [1 2]], "8" []}]]
{:index 12, :time 35238424, :type :ok, :process 1, :f :send, :value [[:send "9" [0 1]]]}
1↦:ok↦:send↦[[:send "9" [0 1]]]
{:index 13, :time 60131231, :type :info, :process 0, :f :crash, :value nil}
0↦:info↦:crash↦nil
{:index 14, :time 618147842, :type :invoke, :process 2, :f :assign, :value ["9" "7"]}
2↦:invoke↦:assign↦["9" "7"]
{:index 15, :time 16016739438, :type :invoke, :process 3, :f :read, :value nil, :final? true}
3↦:invoke↦:read↦nil
`

func TestWriteAsMaelstrom(t *testing.T) {
	var ednLines, textLines strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(fromMaelstrom), "\n") {
		if i%2 == 0 {
			ednLines.WriteString(line + "\n")
		} else {
			textLines.WriteString(strings.ReplaceAll(line, "↦", "\t") + "\n")
		}
	}
	ops, err := history.ReadEDN(strings.NewReader(ednLines.String()))
	require.NoError(t, err)

	var out bytes.Buffer
	require.NoError(t, history.WriteEDN(&out, ops))
	require.Equal(t, ednLines.String(), out.String())
	out.Reset()
	require.NoError(t, history.WriteText(&out, ops))
	require.Equal(t, textLines.String(), out.String())
	require.Equal(t, "0\t:invoke\t:read\tnil", ops[0].Text())
}

// A name that cannot be a keyword is written as a string, and control characters are never written raw.
func TestWriteOddities(t *testing.T) {
	op := history.Op{
		Type: history.Info, Process: 1, F: "a b", Value: json.RawMessage(`{"id":1,"two words":"x\u001b[31m\n\/"}`),
		Error: json.RawMessage(`["malformed-reply","an integer",{"type":"add_ok","no":[1.5e3,true]}]`),
	}
	var out bytes.Buffer
	require.NoError(t, history.WriteEDN(&out, []history.Op{op}))
	require.Equal(t, `{:index 0, :time 0, :type :info, :process 1, :f "a b", :value {:id 1, "two words" "x\u001b[31m\n/"}, `+
		`:error [:malformed-reply "an integer" {:type "add_ok", :no [1.5e3 true]}]}`+"\n", out.String())
	op.Error = json.RawMessage("[\"crash\",\"line 1\\nline 2\x7f\"]")
	require.Equal(t, "1\t:info\t\"a b\"\t"+`{:id 1, "two words" "x\u001b[31m\n/"}`+"\t"+`[:crash line 1\nline 2\u007f]`, op.Text())

	for _, value := range []string{`"r"`, `[["q",1]]`, `[[]]`, `[["r"]]`, `[3]`, `{}`, `""`, `[[1,"r"]]`} {
		op := history.Op{Type: history.OK, F: "txn", Value: json.RawMessage(value)}
		var out bytes.Buffer
		require.NoError(t, history.WriteEDN(&out, []history.Op{op}))
		back, err := history.ReadEDN(&out)
		require.NoError(t, err)
		require.JSONEq(t, value, string(back[0].Value))
	}

	op.Value = json.RawMessage(`{"`)
	require.ErrorContains(t, history.WriteEDN(&out, []history.Op{op}), "history: op 0: edn: not JSON")
	require.Contains(t, op.Text(), "not JSON")
	op.Value = nil
	require.ErrorIs(t, history.WriteText(broken{}, []history.Op{op}), errBroken)
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// jsonValue draws any JSON.
func jsonValue(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom([]string{"r", "append", "poll", "net-timeout", "", "é", "a/b", "\u2028"}).AsAny(),
		rapid.Float64Range(-1e6, 1e6).AsAny(),
	}
	if depth > 0 {
		inner := jsonValue(depth - 1)
		leaves = append(leaves, rapid.SliceOfN(inner, 0, 3).AsAny(), rapid.MapOfN(rapid.StringN(0, 5, -1), inner, 0, 3).AsAny())
	}
	return rapid.OneOf(leaves...)
}

// A written history is read back unchanged, so that a history has the same verdict in both formats.
func TestWriteReadEDN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := func(label string) json.RawMessage {
			b, err := json.Marshal(jsonValue(3).Draw(t, label))
			require.NoError(t, err)
			return b
		}
		var ops []history.Op
		for i := range rapid.IntRange(0, 4).Draw(t, "ops") {
			op := history.Op{
				Index: i, Time: int64(i), Type: history.Info,
				Process: rapid.SampledFrom([]history.Process{history.Nemesis, 0, 7}).Draw(t, "process"),
				F:       rapid.SampledFrom([]string{"read", "txn", "poll", "send", "start-partition"}).Draw(t, "f"),
				Value:   raw("value"), Final: rapid.Bool().Draw(t, "final"),
			}
			if rapid.Bool().Draw(t, "failed") {
				op.Error = raw("error")
			}
			ops = append(ops, op)
		}
		var out bytes.Buffer
		require.NoError(t, history.WriteEDN(&out, ops))
		require.Equal(t, len(ops), strings.Count(out.String(), "\n"))
		back, err := history.ReadEDN(&out)
		require.NoError(t, err)
		require.Len(t, back, len(ops))
		for i, op := range ops {
			require.JSONEq(t, string(op.Value), string(back[i].Value))
			if op.Error != nil {
				require.JSONEq(t, string(op.Error), string(back[i].Error))
			}
			op.Value, back[i].Value, op.Error, back[i].Error = nil, nil, nil, nil
			require.Equal(t, op, back[i])
		}
	})
}
