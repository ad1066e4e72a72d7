package why

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/history"
)

const msec = int64(time.Millisecond)

// enters and leaves are operations of process p, with the messages of its client. Times are in ms.
func enters(p int, node string, fence int, begin, end int64) part {
	return talk(op(p, node, "enter", "null", fmt.Sprint(fence), begin*msec, end*msec), `{"type":"enter","msg_id":%d}`, fmt.Sprintf(`{"type":"enter_ok","in_reply_to":%%d,"fence":%d}`, fence))
}

func leaves(p int, node string, fence int, begin, end int64) part {
	return talk(op(p, node, "leave", fmt.Sprint(fence), fmt.Sprint(fence), begin*msec, end*msec), fmt.Sprintf(`{"type":"leave","msg_id":%%d,"fence":%d}`, fence), `{"type":"leave_ok","in_reply_to":%d}`)
}

func talk(ops []history.Op, request, reply string) part {
	begin, end := ops[0].Time, ops[1].Time
	return part{ops, []Sent{sent(ops[0].Client, ops[0].Node, begin, 0, fmt.Sprintf(request, begin)), sent(ops[0].Node, ops[0].Client, end, 0, fmt.Sprintf(reply, begin))}}
}

func final(s part) part {
	for i := range s.ops {
		s.ops[i].Final = true
	}
	return s
}

func locksOf(workers int, parts ...part) *Run {
	r := together("lock", parts...)
	r.Found.Workload = check.Lock(r.Ops, workers)
	return r
}

func TestLocks(t *testing.T) {
	end := final(enters(9, "n1", 99, 50_000, 50_001)) // a final phase
	kill := faulted(100*msec, 400*msec, "kill", "n1")
	ping := messages(sent("n1", "n2", 10, 5, `{"type":"ping"}`))
	cut := part{ops: []history.Op{fault(50*msec, "start-partition", "null"), fault(50*msec, "start-partition", `"x"`), fault(5000*msec, "stop-partition", "null"), fault(5000*msec, "stop-partition", "null")}}
	cut.ops[1].Effect = &history.Effect{Links: map[string][]string{"n2": {"n1"}}}
	service := func(node string, at int64, request, reply string) part {
		return messages(keyValue(node, at*msec, request, reply)...)
	}
	one, two, here := enters(1, "n1", 1, 10, 20), enters(2, "n2", 2, 500, 520), enters(2, "n1", 2, 500, 520)
	refused := final(enters(3, "n2", 0, 40_000, 40_001))
	refused.ops[1].Type, refused.ops[1].Error = history.Fail, json.RawMessage(`["temporarily-unavailable","taken"]`)
	silent := leaves(1, "n1", 1, 100, 120)
	silent.ops[1].Type, silent.ops[1].Error = history.Fail, json.RawMessage(`"net-timeout"`)
	for _, c := range []struct {
		want  string
		parts []part
	}{
		{"overlap: two granters, silent", []part{one, two}},
		{"overlap: two granters", []part{one, two, ping}},
		{"overlap: two granters, cut", []part{one, two, ping, cut}},
		{"overlap: service cas", []part{
			one, two, service("n1", 15, `{"type":"cas","key":"lock","from":0,"to":1}`, `{"type":"cas_ok"}`), service("n2", 510, `{"type":"cas","key":"lock","from":1,"to":2}`, `{"type":"cas_ok"}`),
		}},
		{"overlap: service cas, skew", []part{
			one, two, service("n1", 15, `{"type":"cas","key":"lock","from":0,"to":1}`, `{"type":"cas_ok"}`), service("n2", 510, `{"type":"cas","key":"lock","from":1,"to":2}`, `{"type":"cas_ok"}`),
			faulted(100*msec, 800*msec, "skew", "n2"),
		}},
		{"overlap: service freed", []part{
			one, two, service("n1", 15, `{"type":"cas","key":"lock","from":0,"to":1}`, `{"type":"cas_ok"}`), service("n1", 300, `{"type":"write","key":"lock","value":0}`, `{"type":"write_ok"}`),
			service("n2", 510, `{"type":"cas","key":"lock","from":0,"to":2}`, `{"type":"cas_ok"}`),
		}},
		{"overlap: service write", []part{one, two, service("n1", 15, `{"type":"write","key":"lock","value":1}`, `{"type":"write_ok"}`), service("n2", 510, `{"type":"write","key":"lock","value":2}`, `{"type":"write_ok"}`)}},
		{"overlap: service read", []part{one, two, service("n1", 15, `{"type":"write","key":"lock","value":1}`, `{"type":"write_ok"}`), service("n2", 510, `{"type":"read","key":"lock"}`, `{"type":"read_ok","value":0}`)}},
		{"overlap: restart", []part{one, here, kill}},
		{"overlap: too early", []part{one, here}},
		{"overlap: too early", []part{one, two, messages( // n1 grants it through n2
			sent("n2", "n1", 501*msec, 5, `{"type":"enter","msg_id":5}`), sent("n1", "n2", 510*msec, 5, `{"type":"enter_ok","in_reply_to":5,"fence":2}`))}},
		{"overlap: at once", []part{one, enters(2, "n1", 2, 15, 25)}},
		{"overlap: leave of another", []part{enters(4, "n1", 0, 1, 2), leaves(4, "n1", 0, 3, 4), one, leaves(4, "n1", 0, 520, 521), here}},
		{"fence-order: two counters", []part{one, leaves(1, "n1", 1, 100, 110), enters(2, "n2", 1, 500, 520)}},
		{"fence-order: two counters, linked", []part{one, leaves(1, "n1", 1, 100, 110), enters(2, "n2", 1, 500, 520), messages(sent("n2", "n1", 505*msec, 5, `{"type":"vote"}`))}},
		{"fence-order: count lost", []part{one, leaves(1, "n1", 1, 50, 60), kill, enters(2, "n1", 1, 500, 520)}},
		{"fence-order: not higher", []part{one, leaves(1, "n1", 1, 50, 60), enters(2, "n1", 0, 500, 520)}},
		{"stuck: never", []part{refused}},
		{"stuck: never left", []part{one, refused}},
		{"stuck: left", []part{one, leaves(1, "n1", 1, 100, 120), refused}},
		{"stuck: leave lost", []part{one, silent, refused}},
	} {
		t.Run(c.want, func(t *testing.T) {
			parts := copied(c.parts)
			if c.want[:5] != "stuck" {
				parts = append(parts, copied([]part{end})...)
			}
			r := locksOf(1, parts...)
			causes := Explain(r)
			require.NotEmpty(t, causes)
			require.Equal(t, c.want, patterns(causes)[0], causes[0].String())
			requireSound(t, r)
		})
	}
}

// Nodes that ask each other before they give a lock out do not do so on their own.
func TestLockAfterQuestions(t *testing.T) {
	t.Parallel()
	both := []part{enters(1, "n1", 1, 10, 20), enters(2, "n2", 2, 500, 520), final(enters(9, "n1", 99, 50_000, 50_001))}
	require.Contains(t, Explain(locksOf(1, copied(both)...))[0].So, "each on its own")
	vote := messages(sent("n2", "n1", 505*msec, 5, `{"type":"vote"}`), sent("n1", "n2", 12*msec, 5, `{"type":"vote"}`))
	causes := Explain(locksOf(1, append(copied(both), vote)...))
	require.Equal(t, []string{"overlap: two granters"}, patterns(causes))
	require.NotContains(t, causes[0].So, "on its own")
}

// A lock that was taken back too early may have been given on several times before its first holder is through: that is one cause.
func TestLockGivenOn(t *testing.T) {
	r := locksOf(1, enters(1, "n1", 1, 10, 20), enters(2, "n1", 2, 500, 520), leaves(2, "n1", 2, 600, 601), enters(3, "n1", 3, 550, 601), final(enters(9, "n1", 9, 9000, 9001)))
	causes := Explain(r)
	require.Equal(t, []string{"overlap: too early"}, patterns(causes))
	require.Equal(t, 2, causes[0].Victims)
	require.Contains(t, causes[0].Headline, "c2 got the lock (fence 2) while c1 had it")
}

// Whatever the record has, explanations are the same each time, in the order of time, and name only what there is.
func TestLocksOfAnyRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []part
		node, small := rapid.SampledFrom([]string{"n1", "n2"}), rapid.IntRange(1, 4)
		for i := range rapid.IntRange(1, 8).Draw(t, "operations") {
			begin := int64(i) * 300
			took := begin + int64(rapid.IntRange(0, 900).Draw(t, "took"))
			s := enters(i%3, node.Draw(t, "node"), small.Draw(t, "fence"), begin, took)
			if rapid.IntRange(0, 2).Draw(t, "f") == 0 {
				s = leaves(i%3, node.Draw(t, "node"), small.Draw(t, "fence"), begin, took)
			}
			s.ops[1].Type = rapid.SampledFrom([]history.Type{history.OK, history.OK, history.Fail, history.Info}).Draw(t, "outcome")
			if rapid.IntRange(0, 3).Draw(t, "last") == 0 {
				s = final(s)
			}
			s.messages = s.messages[:rapid.IntRange(0, 2).Draw(t, "messages of the client")]
			parts = append(parts, s)
		}
		party := rapid.SampledFrom([]string{"n1", "n2", "lin-kv"})
		bodies := []string{
			`{"type":"enter","msg_id":9}`, `{"type":"enter_ok","in_reply_to":9,"fence":2}`, `{"type":"leave","fence":1,"msg_id":8}`, `{"type":"write","key":"lock","value":2,"msg_id":1}`,
			`{"type":"write_ok","in_reply_to":1}`, `{"type":"error","in_reply_to":1}`, `{"fence":`, "\x00",
		}
		for range rapid.IntRange(0, 10).Draw(t, "messages") {
			at, delay := int64(rapid.IntRange(0, 2500).Draw(t, "at"))*msec, int64(rapid.IntRange(-1, 300).Draw(t, "delay"))
			parts = append(parts, messages(sent(party.Draw(t, "from"), party.Draw(t, "to"), at, delay, rapid.SampledFrom(bodies).Draw(t, "body"))))
		}
		if rapid.Bool().Draw(t, "kill") {
			parts = append(parts, faulted(400*msec, 700*msec, "kill", "n1"))
		}
		r := locksOf(small.Draw(t, "workers"), parts...)
		r.Whole = rapid.Bool().Draw(t, "whole")
		requireSound(t, r)
	})
}
