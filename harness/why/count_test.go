package why

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/record"
)

// recorded returns a run with nodes n1 and n2. Its findings are those of the workload's checker.
func recorded(workload string, ops []history.Op, messages ...Sent) *Run {
	r := &Run{Workload: workload, Nodes: []string{"n1", "n2"}, Ops: ops, Messages: messages, Whole: true}
	r.role = record.Meta{Nodes: r.Nodes, Services: []string{"seq-kv", "lin-kv", "lww-kv", "lin-tso"}}.Roles()
	for i := range r.Ops {
		r.Ops[i].Index = i
		r.End = max(r.End, r.Ops[i].Time)
	}
	for i := range r.Messages {
		r.Messages[i].ID = int64(i)
	}
	r.Found.Stats, r.Found.Exceptions = check.NewStats(ops), check.NewExceptions(ops)
	switch workload {
	case "echo":
		r.Found.Workload = check.Echo(ops)
	case "unique-ids":
		r.Found.Workload = check.UniqueIDs(ops)
	case "g-counter", "pn-counter":
		r.Found.Workload = check.Counter(ops)
	}
	r.Faults = history.FaultsIn(ops, r.End)
	r.index()
	return r
}

// op returns both events of an operation of process p on a node.
func op(p int, node, f, sent, got string, begin, end int64) []history.Op {
	client := fmt.Sprint("c", p)
	return []history.Op{
		{Time: begin, Type: history.Invoke, Process: history.Process(p), Node: node, Client: client, F: f, Value: json.RawMessage(sent)},
		{Time: end, Type: history.OK, Process: history.Process(p), Node: node, Client: client, F: f, Value: json.RawMessage(got)},
	}
}

func patterns(causes []Cause) (all []string) {
	for _, c := range causes {
		all = append(all, c.Kind+": "+c.Pattern)
	}
	return all
}

func TestEchoes(t *testing.T) {
	a, b := op(1, "n1", "echo", `"a"`, `"b"`, 0, 20), op(2, "n1", "echo", `"b"`, `"b"`, 10, 30)
	require.Equal(t, []string{"echo: overlap"}, patterns(Explain(recorded("echo", []history.Op{a[0], b[0], a[1], b[1]}))))
	require.Equal(t, []string{"echo: made up"}, patterns(Explain(recorded("echo", a))))
	before := op(3, "n1", "echo", `"b"`, `"b"`, 0, 5)
	late := op(4, "n1", "echo", `"a"`, `"b"`, 10, 20)
	require.Equal(t, []string{"echo: earlier"}, patterns(Explain(recorded("echo", slices.Concat(before, late)))))
	other := op(3, "n2", "echo", `"b"`, `"b"`, 0, 5)
	require.Equal(t, []string{"echo: made up"}, patterns(Explain(recorded("echo", slices.Concat(other, late)))))
}

func fault(at int64, f, value string, nodes ...string) history.Op {
	op := history.Op{Time: at, Type: history.Info, Process: history.Nemesis, F: f, Value: json.RawMessage(value)}
	if nodes != nil {
		op.Effect = &history.Effect{Nodes: nodes}
	}
	return op
}

func TestDuplicates(t *testing.T) {
	ids := func(begin ...history.Op) []string { return patterns(Explain(recorded("unique-ids", begin))) }
	get := func(node, id string, at int64) []history.Op { return op(1, node, "generate", "null", id, at, at) }
	const s = 1_000_000_000
	killed := []history.Op{
		fault(2*s, "start-kill", "null"), fault(2*s, "start-kill", `"n1"`, "n1"), fault(3*s, "stop-kill", "null"), fault(3*s, "stop-kill", `"n1"`),
	}
	require.Equal(t, []string{"duplicate: restart"}, ids(slices.Concat(get("n1", `"x"`, s), killed, get("n1", `"x"`, 4*s))...))
	require.Equal(t, []string{"duplicate: two nodes"}, ids(slices.Concat(get("n1", `"x"`, s), killed, get("n2", `"x"`, 4*s))...))
	require.Equal(t, []string{"duplicate: same node"}, ids(slices.Concat(get("n1", `"x"`, s), get("n1", `"x"`, 4*s))...))
	skewed := []history.Op{fault(0, "start-skew", "null"), fault(0, "start-skew", `{"n1":"1s","n2":"-1s"}`, "n1", "n2"), fault(2*s, "stop-skew", "null")}
	require.Equal(t, []string{"duplicate: set back"}, ids(slices.Concat(skewed[:2], get("n1", `"x"`, 3*s/2), skewed[2:], get("n1", `"x"`, 5*s/2))...))
	require.Equal(t, []string{"duplicate: same node"}, ids(slices.Concat(skewed[:2], get("n1", `"x"`, 3*s/2), skewed[2:], get("n1", `"x"`, 4*s))...))
	require.Equal(t, []string{"duplicate: counter"}, ids(slices.Concat(get("n1", "1", 1), get("n1", "2", 2), get("n2", "1", 3), get("n2", "2", 4))...))
}

func TestUnsuccessful(t *testing.T) {
	ask := op(1, "n1", "echo", `"a"`, `"a"`, 10, 5e9+10)
	ask[1].Type, ask[1].Error = history.Info, json.RawMessage(`"net-timeout"`)
	request := Sent{At: 10, Src: "c1", Dest: "n1", Writer: "c1", Type: "echo", Body: []byte(`{"type":"echo","msg_id":1}`), Ends: []End{{11, true}}}
	reply := Sent{At: 6e9, Src: "n1", Dest: "c1", Writer: "n1", Type: "echo_ok", Body: []byte(`{"type":"echo_ok","in_reply_to":1}`), Ends: []End{{6e9, true}}}
	require.Equal(t, []string{"late: echo net-timeout late"}, patterns(Explain(recorded("echo", slices.Clone(ask), request, reply))))
	require.Equal(t, []string{"unanswered: echo net-timeout end"}, patterns(Explain(recorded("echo", slices.Clone(ask), request))))
	lost := request
	lost.Ends = []End{{11, false}}
	require.Equal(t, []string{"unanswered: echo net-timeout lost"}, patterns(Explain(recorded("echo", slices.Clone(ask), lost))))
	require.Equal(t, []string{"unanswered: echo net-timeout no request"}, patterns(Explain(recorded("echo", slices.Clone(ask)))))
	ask[1].Error = json.RawMessage(`["malformed-reply","echo_ok: no","{","c1","n1"]`)
	require.Equal(t, []string{"malformed: echo malformed-reply echo_ok: no"}, patterns(Explain(recorded("echo", slices.Clone(ask), request))))
	ask[1].Error = json.RawMessage(`["crash","panic"]`)
	require.Equal(t, []string{"refused: echo crash"}, patterns(Explain(recorded("echo", slices.Clone(ask), request))))
}

// Records that are damaged in any way are explained, too, in the order of time.
func TestMangled(t *testing.T) {
	bodies := []string{``, `{`, `[1]`, `{"type":"echo","msg_id":1}`, `{"in_reply_to":1}`, `{"type":"read_ok","value":3,"in_reply_to":1}`, `{"type":"cas","key":"k","from":1,"to":4,"msg_id":1}`}
	rapid.Check(t, func(t *rapid.T) {
		party := rapid.SampledFrom([]string{"n1", "n2", "c1", "c2", "seq-kv", "?"})
		var ops []history.Op
		var messages []Sent
		now := int64(0)
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			now += rapid.Int64Range(0, 2e9).Draw(t, "pause")
			p := rapid.IntRange(1, 2).Draw(t, "process")
			f := rapid.SampledFrom([]string{"echo", "generate", "add", "read"}).Draw(t, "f")
			both := op(p, party.Draw(t, "node"), f, "1", rapid.SampledFrom([]string{"1", "2", `"x"`, "", "{"}).Draw(t, "value"), now, now)
			both[1].Type = rapid.SampledFrom([]history.Type{history.OK, history.Fail, history.Info}).Draw(t, "type")
			both[1].Final = rapid.Bool().Draw(t, "final")
			both[1].Error = json.RawMessage(rapid.SampledFrom([]string{"", "{", `"net-timeout"`, `["malformed-reply"]`, `["malformed-reply","a",1]`, `["x",1]`}).Draw(t, "error"))
			ops = append(ops, both[rapid.IntRange(0, 1).Draw(t, "first"):rapid.IntRange(1, 2).Draw(t, "end")]...)
			m := Sent{At: now, Src: party.Draw(t, "src"), Dest: party.Draw(t, "dest"), Type: f, Body: []byte(rapid.SampledFrom(bodies).Draw(t, "body"))}
			m.Writer = m.Src
			if rapid.Bool().Draw(t, "ended") {
				m.Ends = []End{{now, rapid.Bool().Draw(t, "arrived")}}
			}
			messages = append(messages, m)
		}
		r := recorded(rapid.SampledFrom([]string{"echo", "unique-ids", "g-counter"}).Draw(t, "workload"), ops, messages...)
		r.Whole = rapid.Bool().Draw(t, "whole")
		causes := Explain(r)
		require.Equal(t, causes, Explain(r))
		for _, c := range causes {
			require.NotEmpty(t, c.Headline)
			require.NotEmpty(t, c.So)
			require.True(t, slices.IsSortedFunc(c.Story, func(a, b Step) int { return int(min(1, max(-1, a.At-b.At))) }), c.String())
		}
	})
}
