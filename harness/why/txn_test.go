package why

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// judged returns a run of transactions on n1 and n2, with the findings of the checker.
func judged(workload string, ops []history.Op, o elle.Options, messages ...Sent) *Run {
	slices.SortStableFunc(ops, func(a, b history.Op) int { return int(a.Time - b.Time) })
	slices.SortStableFunc(messages, func(a, b Sent) int { return int(a.At - b.At) })
	r := recorded(workload, ops, messages...)
	if workload == "txn-list-append" {
		r.Found.Workload = elle.Append(r.Ops, o)
	} else {
		r.Found.Workload = elle.Register(r.Ops, o)
	}
	return r
}

// sent returns a message that took a time.
func sent(src, dest string, at, took int64, body string) Sent {
	var b struct{ Type string }
	_ = json.Unmarshal([]byte(body), &b)
	s := Sent{At: at, Src: src, Dest: dest, Writer: src, Type: b.Type, Body: []byte(body)}
	if took >= 0 {
		s.Ends = []End{{At: at + took, Arrived: true}}
	}
	return s
}

// asked returns an operation of process p and the messages of it.
func asking(p int, node, request, reply string, begin, end int64) ([]history.Op, []Sent) {
	ops := op(p, node, "txn", request, reply, begin, end)
	id := begin + 1
	return ops, []Sent{
		sent(ops[0].Client, node, begin, 0, fmt.Sprintf(`{"type":"txn","msg_id":%d,"txn":%s}`, id, request)),
		sent(node, ops[0].Client, end, 0, fmt.Sprintf(`{"type":"txn_ok","in_reply_to":%d,"txn":%s}`, id, reply)),
	}
}

// half is a transaction on n1, of which n2 shows only one write at a time.
func half(at int64) ([]history.Op, []Sent) {
	ops, messages := asking(1, "n1", `[["w",8,1],["w",9,1]]`, `[["w",8,1],["w",9,1]]`, 10, 20)
	more, others := asking(2, "n2", `[["r",8,null],["r",9,null]]`, `[["r",8,1],["r",9,null]]`, at, at+10)
	return append(ops, more...), append(messages, others...)
}

func TestTransactions(t *testing.T) {
	view := elle.Options{Models: []elle.Model{"consistent-view"}}
	causes := func(ops []history.Op, messages []Sent, more ...Sent) []string {
		return patterns(Explain(judged("txn-rw-register", ops, view, append(messages, more...)...)))
	}
	const both, first, second = `{"type":"news","writes":{"8":1,"9":1}}`, `{"type":"news","key":8,"value":1}`, `{"type":"news","key":9,"value":1}`
	ops, messages := half(100)
	n2 := func(at, took int64, body string) Sent { return sent("n1", "n2", at, took, body) }
	lost := n2(50, -1, second)
	lost.Ends = []End{{At: 60}}
	for _, c := range []struct {
		want string
		more []Sent
	}{
		{"half a message", []Sent{n2(20, 5, both)}},
		{"told", []Sent{n2(20, 5, first), n2(21, 5, second)}},
		{"apart", []Sent{n2(20, 5, first), n2(21, 500, second)}},
		{"lost", []Sent{n2(20, 5, first), lost}},
		{"never", []Sent{n2(20, 5, first)}},
	} {
		t.Run(c.want, func(t *testing.T) {
			ops, messages := half(100)
			require.Equal(t, []string{"G-single-item: " + c.want}, causes(ops, messages, c.more...))
		})
	}

	r := judged("txn-rw-register", ops, view, append(messages, n2(20, 5, first))...)
	r.Whole = false
	require.Empty(t, Explain(r), "the absence of a message proves nothing")
}

func TestTransactionsOnOneNode(t *testing.T) {
	ops, messages := asking(1, "n1", `[["w",8,1]]`, `[["w",8,1]]`, 10, 20)
	more, others := asking(1, "n1", `[["r",8,null]]`, `[["r",8,null]]`, 30, 40)
	r := judged("txn-rw-register", append(ops, more...), elle.Options{Models: []elle.Model{"read-atomic"}, Strict: true}, append(messages, others...)...)
	require.Equal(t, []string{"isolation: own"}, patterns(Explain(r)))
}

// keyValue are a request to lin-kv and its reply, each of which takes 10 ns.
func keyValue(node string, at int64, request, reply string) []Sent {
	return []Sent{
		sent(node, "lin-kv", at, 10, fmt.Sprintf(`{"msg_id":%d,%s`, at, request[1:])),
		sent("lin-kv", node, at+10, 10, fmt.Sprintf(`{"in_reply_to":%d,%s`, at, reply[1:])),
	}
}

func TestAbortedWrites(t *testing.T) {
	committed := elle.Options{Models: []elle.Model{elle.ReadCommitted}}
	ops, messages := asking(1, "n1", `[["w",8,4],["w",9,1]]`, `[["w",8,4],["w",9,1]]`, 10, 100)
	ops[1].Type, ops[1].Error = history.Fail, json.RawMessage(`["txn-conflict","9 has changed"]`)
	more, others := asking(2, "n2", `[["r",8,null]]`, `[["r",8,4]]`, 120, 160)
	messages = append(messages, others...)
	messages = append(messages, keyValue("n1", 20, `{"type":"write","key":"8","value":4}`, `{"type":"write_ok"}`)...)
	messages = append(messages, keyValue("n1", 50, `{"type":"cas","key":"9","from":0,"to":1}`, `{"type":"error","code":22,"text":"it is 7"}`)...)
	messages = append(messages, keyValue("n2", 130, `{"type":"read","key":"8"}`, `{"type":"read_ok","value":4}`)...)
	causes := Explain(judged("txn-rw-register", append(ops, more...), committed, messages...))
	require.Equal(t, []string{"G1a: write lin-kv"}, patterns(causes))
	var texts []string
	for _, s := range causes[0].Story {
		texts = append(texts, s.Text)
	}
	require.Equal(t, []string{
		"c1 asks n1 to run T2, which writes 4 to key 8 and does more",
		"n1 writes 4 to key 8 of lin-kv, in force from 0.000 s",
		"lin-kv refuses the cas of n1: it is 7",
		"n1 answers that T2 failed: txn-conflict, 9 has changed",
		"c2 asks n2 to run T1, which reads key 8",
		"lin-kv answers n2: key 8 is 4",
		"n2 answers: T1 reads 4 from key 8",
	}, texts)
	require.Contains(t, causes[0].So, "did not take it back")

	undone := append(messages, keyValue("n1", 105, `{"type":"write","key":"8","value":3}`, `{"type":"write_ok"}`)...)
	causes = Explain(judged("txn-rw-register", append(ops, more...), committed, undone...))
	require.NotContains(t, causes[0].So, "did not take it back")
}

// A service's reply may be missing, in a journal that is cut off or because it never came.
func TestAbortedWritesWithoutAReply(t *testing.T) {
	ops, messages := asking(1, "n1", `[["w",8,4]]`, `[["w",8,4]]`, 10, 100)
	ops[1].Type, ops[1].Error = history.Fail, json.RawMessage(`["txn-conflict","no"]`)
	more, others := asking(2, "n1", `[["r",8,null]]`, `[["r",8,4]]`, 120, 160)
	messages = append(messages, others...)
	messages = append(messages, keyValue("n1", 20, `{"type":"write","key":"8","value":4}`, `{"type":"write_ok"}`)...)
	messages = append(messages, keyValue("n1", 130, `{"type":"read","key":"8"}`, `{"type":"read_ok","value":4}`)[:1]...)
	causes := Explain(judged("txn-rw-register", append(ops, more...), elle.Options{Models: []elle.Model{elle.ReadCommitted}}, messages...))
	require.Equal(t, []string{"G1a: n1's own copy"}, patterns(causes))
}

func TestVersionsInBodies(t *testing.T) {
	for body, want := range map[string]bool{
		`{"writes":{"8":4}}`:                      true,
		`{"8":[1,4]}`:                             true,
		`{"8":{"value":4,"at":9}}`:                true,
		`{"txn":[["w",8,4]]}`:                     true,
		`{"pairs":[["8",4]]}`:                     true,
		`{"type":"cas","key":8,"from":3,"to":4}`:  true,
		`{"type":"cas","key":8,"from":4,"to":5}`:  false,
		`{"term":4,"key":8,"value":1}`:            false,
		`{"8":{"value":1,"at":4}}`:                false,
		`{"msg_id":4,"key":8}`:                    false,
		`{"8":{"stamps":{"n1":{"4":[{"4":4}]}}}}`: false,
		`{"4":8}`: false,
		`[8,4`:    false,
	} {
		found := false
		if v, ok := decoded([]byte(body)); ok {
			eachVersion(v, func(v version) { found = found || v == version{"8", "4"} })
		}
		require.Equal(t, want, found, body)
	}
}

// Whatever the record has, explanations are the same each time, in the order of time, and name only what there is.
func TestTransactionsOfAnyRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(1, 3)
		lists := rapid.Bool().Draw(t, "lists")
		var ops []history.Op
		var messages []Sent
		for i := range rapid.IntRange(2, 8).Draw(t, "transactions") {
			var request, reply [][]any
			for range small.Draw(t, "length") {
				key := small.Draw(t, "key")
				if rapid.Bool().Draw(t, "write") {
					f := map[bool]string{false: "w", true: "append"}[lists]
					request, reply = append(request, []any{f, key, i + 1}), append(reply, []any{f, key, i + 1})
					continue
				}
				var seen any
				if n := rapid.IntRange(0, 8).Draw(t, "seen"); n > 0 {
					if seen = n; lists {
						seen = []int{n}
					}
				}
				request, reply = append(request, []any{"r", key, nil}), append(reply, []any{"r", key, seen})
			}
			sentText, _ := json.Marshal(request)
			gotText, _ := json.Marshal(reply)
			at := int64(i) * 100
			pair, others := asking(i, rapid.SampledFrom([]string{"n1", "n2"}).Draw(t, "node"), string(sentText), string(gotText), at, at+int64(rapid.IntRange(1, 400).Draw(t, "took")))
			pair[1].Type = rapid.SampledFrom([]history.Type{history.OK, history.OK, history.Fail, history.Info}).Draw(t, "outcome")
			ops, messages = append(ops, pair...), append(messages, others...)
		}
		bodies := []string{
			`{"type":"news","writes":{"1":1,"2":2}}`, `{"type":"write","key":1,"value":2,"msg_id":1}`, `{"type":"read","key":1,"msg_id":2}`, `{"type":"read_ok","value":2,"in_reply_to":2}`,
			`{"type":"cas","key":"root","to":{"1":[1,2]},"msg_id":3}`, `{"type":"error","in_reply_to":3}`, `{"type":"news","1":`, "\x00", `[[1,2],[1,[1,2,3,4,5,6,7,8,9]]]`,
		}
		party := rapid.SampledFrom([]string{"n1", "n2", "lin-kv"})
		for range rapid.IntRange(0, 12).Draw(t, "messages") {
			s := sent(party.Draw(t, "from"), party.Draw(t, "to"), int64(rapid.IntRange(0, 900).Draw(t, "at")), int64(rapid.IntRange(-1, 300).Draw(t, "delay")), rapid.SampledFrom(bodies).Draw(t, "body"))
			messages = append(messages, s)
		}
		workload := map[bool]string{false: "txn-rw-register", true: "txn-list-append"}[lists]
		r := judged(workload, ops, elle.Options{Strict: true, Nodes: 2, Concurrency: 8}, messages...)
		r.Whole = rapid.Bool().Draw(t, "whole")
		requireSound(t, r)
	})
}

// Explaining takes a time that is linear in the journal.
func TestManyMessages(t *testing.T) {
	ops, messages := half(int64(time.Second))
	for i := range 20_000 {
		messages = append(messages, sent("n1", "n2", 20+int64(i), 5, `{"type":"news","writes":{"8":1,"7":2}}`))
	}
	r := judged("txn-rw-register", ops, elle.Options{Models: []elle.Model{"consistent-view"}}, messages...)
	require.Equal(t, []string{"G-single-item: never"}, patterns(Explain(r)))
}
