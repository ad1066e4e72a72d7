package why

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/linear"
	"glomers/harness/history"
)

// A part is what happened in a part of a run: operations and messages.
type part struct {
	ops      []history.Op
	messages []Sent
}

// on is an operation of process p on a register, with the messages of its client. A read has its result as the argument.
func on(p int, node, f, argument string, begin, end int64) part {
	key, reply := fmt.Sprintf("[3,%s]", argument), fmt.Sprintf(`{"type":"%s_ok","in_reply_to":%d}`, f, begin)
	request := fmt.Sprintf(`{"type":%q,"msg_id":%d,"key":3,"value":%s}`, f, begin, argument)
	asked, got := key, key
	switch f {
	case "read":
		asked = "[3,null]"
		request = fmt.Sprintf(`{"type":"read","msg_id":%d,"key":3}`, begin)
		reply = fmt.Sprintf(`{"type":"read_ok","in_reply_to":%d,"value":%s}`, begin, argument)
	case "cas":
		from, to, _ := pair(json.RawMessage(argument))
		request = fmt.Sprintf(`{"type":"cas","msg_id":%d,"key":3,"from":%s,"to":%s}`, begin, from, to)
	}
	ops := op(p, node, f, asked, got, begin, end)
	return part{ops, []Sent{sent(ops[0].Client, node, begin, 0, request), sent(node, ops[0].Client, end, 0, reply)}}
}

// failing makes the operation end with an error.
func failing(s part, typ history.Type, err string) part {
	s.ops[1].Type, s.ops[1].Value, s.ops[1].Error = typ, s.ops[0].Value, json.RawMessage(err)
	s.messages[1].Type = "error"
	return s
}

func messages(m ...Sent) part { return part{messages: m} }

func faulted(begin, end int64, name, node string) part {
	return part{ops: []history.Op{
		fault(begin, "start-"+name, "null"), fault(begin, "start-"+name, `"x"`, node), fault(end, "stop-"+name, "null"), fault(end, "stop-"+name, "null"),
	}}
}

func together(workload string, parts ...part) *Run {
	var ops []history.Op
	var all []Sent
	for _, s := range parts {
		ops, all = append(ops, s.ops...), append(all, s.messages...)
	}
	slices.SortStableFunc(ops, func(a, b history.Op) int { return int(a.Time - b.Time) })
	slices.SortStableFunc(all, func(a, b Sent) int { return int(a.At - b.At) })
	return recorded(workload, ops, all...)
}

func registersOf(parts ...part) *Run {
	r := together("lin-kv", parts...)
	r.Found.Workload = linear.Check(r.Ops, 0)
	return r
}

func TestRegisters(t *testing.T) {
	news := func(at, took int64, value int) part {
		return messages(sent("n1", "n2", at, took, fmt.Sprintf(`{"type":"news","key":3,"value":%d}`, value)))
	}
	lost := sent("n1", "n2", 105, -1, `{"type":"news","key":3,"value":2}`)
	lost.Ends = []End{{At: 107}}
	service := func(name, node string, at int64, request, reply string) part {
		both := keyValue(node, at, request, reply)
		for i := range both {
			for _, party := range []*string{&both[i].Src, &both[i].Dest, &both[i].Writer} {
				if *party == "lin-kv" {
					*party = name
				}
			}
		}
		return messages(both...)
	}
	write := func(name, node string, at int64, value int) part {
		return service(name, node, at, fmt.Sprintf(`{"type":"write","key":3,"value":%d}`, value), `{"type":"write_ok"}`)
	}
	read := func(name, node string, at int64, value int) part {
		return service(name, node, at, `{"type":"read","key":3}`, fmt.Sprintf(`{"type":"read_ok","value":%d}`, value))
	}
	// n1 is asked to write 1 and then 2, and somebody shows 1 afterwards.
	one, two := on(1, "n1", "write", "1", 10, 40), on(1, "n1", "write", "2", 100, 140)
	stale, own := on(2, "n2", "read", "1", 200, 240), on(2, "n1", "read", "1", 200, 240)
	ask := messages(
		sent("n2", "n1", 205, 5, `{"type":"fetch","msg_id":77,"key":3}`),
		sent("n1", "n2", 215, 5, `{"type":"fetched","in_reply_to":77,"key":3,"value":1}`),
	)
	repeat := func(at int64) part {
		return messages(sent("n1", "n2", at, 5, fmt.Sprintf(`{"type":"put","key":3,"value":1,"msg_id":%d}`, at)))
	}
	refused := func(f, argument string, begin, end int64) part {
		return failing(on(3, "n1", f, argument, begin, end), history.Fail, `["temporarily-unavailable","no leader"]`)
	}
	for _, c := range []struct {
		want  string
		parts []part
	}{
		{"silence", []part{one, two, stale}},
		{"never", []part{one, two, stale, messages(sent("n1", "n2", 50, 5, `{"type":"ping"}`))}},
		{"lost", []part{one, two, stale, messages(lost)}},
		{"late", []part{one, two, stale, news(150, 300, 2)}},
		{"told", []part{one, two, stale, news(150, 10, 2)}},
		{"back", []part{one, two, stale, news(105, 10, 2), news(15, 150, 1)}},
		{"own", []part{one, two, own}},
		{"own, unanswered", []part{one, failing(on(1, "n1", "write", "2", 100, 140), history.Info, `"net-timeout"`), on(3, "n2", "read", "2", 150, 180), own}},
		{"passed on", []part{one, two, own, messages(
			sent("n1", "n2", 105, 5, `{"type":"put","key":3,"value":2,"msg_id":8}`), sent("n2", "n1", 115, 5, `{"type":"put_ok","in_reply_to":8}`))}},
		{"later", []part{ // n2 shows the old 2
			one, failing(on(5, "n2", "write", "2", 90, 95), history.Info, `"net-timeout"`), on(3, "n2", "write", "2", 100, 140), messages(sent("n2", "n1", 105, 5, `{"type":"put","key":3,"value":2}`)),
			on(4, "n2", "write", "1", 150, 160), messages(sent("n2", "n1", 155, 2, `{"type":"put","key":3,"value":1}`)), on(3, "n2", "read", "2", 170, 180), own,
		}},
		{"no writer", []part{
			one, write("lin-kv", "n1", 15, 1), failing(on(1, "n1", "write", "2", 100, 140), history.Info, `"net-timeout"`), on(3, "n2", "read", "2", 150, 180), stale, read("lin-kv", "n2", 205, 1),
		}},
		{"told, cas meanwhile", []part{
			one, on(3, "n1", "cas", "[1,3]", 90, 160), on(4, "n2", "write", "2", 100, 140), messages(sent("n2", "n1", 105, 5, `{"type":"put","key":3,"value":2,"msg_id":8}`)), on(2, "n1", "read", "3", 200, 240),
		}},
		{"late", []part{one, two, own, messages( // it had passed the write on
			sent("n1", "n2", 105, 5, `{"type":"put","key":3,"value":2,"msg_id":8}`), sent("n2", "n1", 115, 5, `{"type":"put_ok","in_reply_to":8}`), sent("n2", "n1", 115, 500, `{"type":"news","key":3,"value":2}`))}},
		{"restart", []part{one, two, own, faulted(150, 180, "kill", "n1")}},
		{"own", []part{one, two, own, faulted(150, 180, "kill", "n2")}},
		{"own", []part{one, two, stale, ask}}, // of n1, which n2 asks
		{"not asked lin-kv", []part{one, write("lin-kv", "n1", 15, 1), two, write("lin-kv", "n1", 105, 2), stale}},
		{"stale seq-kv", []part{one, write("seq-kv", "n1", 15, 1), two, write("seq-kv", "n1", 105, 2), stale, read("seq-kv", "n2", 205, 1)}},
		{"acknowledged early", []part{one, write("lin-kv", "n1", 15, 1), two, write("lin-kv", "n1", 230, 2), stale, read("lin-kv", "n2", 205, 1)}},
		{"not written", []part{one, write("lin-kv", "n1", 15, 1), two, stale, read("lin-kv", "n2", 205, 1)}},
		{"twice", []part{one, write("lin-kv", "n1", 15, 1), two, write("lin-kv", "n1", 105, 2), write("lin-kv", "n1", 150, 1), stale, read("lin-kv", "n2", 205, 1)}},
		{"written late", []part{one, two, write("lin-kv", "n1", 105, 2), write("lin-kv", "n1", 150, 1), stale, read("lin-kv", "n2", 205, 1)}},
		{"unasked", []part{one, write("lin-kv", "n1", 15, 1), two, write("lin-kv", "n1", 105, 2), write("lin-kv", "n2", 150, 1), stale, read("lin-kv", "n2", 205, 1)}},
		{"twice", []part{on(1, "n1", "write", "1", 10, 160), on(4, "n2", "read", "1", 50, 60), repeat(15), repeat(150), on(3, "n1", "write", "2", 100, 140), stale}},
		{"refused but done temporarily-unavailable", []part{two, write("lin-kv", "n1", 105, 2), refused("write", "1", 150, 190), write("lin-kv", "n1", 160, 1), stale, read("lin-kv", "n2", 205, 1)}},
		{"refused but done temporarily-unavailable", []part{two, refused("write", "1", 150, 190), news(160, 5, 1), stale}},
		{"refused but done temporarily-unavailable", []part{refused("write", "1", 150, 190), stale}},
		{"compared, then written", []part{
			one, write("lin-kv", "n1", 15, 1), on(2, "n2", "cas", "[1,3]", 90, 160), read("lin-kv", "n2", 95, 1), two, write("lin-kv", "n1", 105, 2), write("lin-kv", "n2", 130, 3),
			on(3, "n2", "read", "2", 135, 138), read("lin-kv", "n2", 200, 3), on(2, "n2", "read", "3", 195, 240),
		}},
		{"not compared", []part{two, on(2, "n2", "cas", "[1,3]", 200, 240)}},
		{"made up", []part{stale}},
		{"unknown", []part{{ops: one.ops}, {ops: two.ops}, {ops: stale.ops}}},
	} {
		t.Run(c.want, func(t *testing.T) {
			causes := Explain(registersOf(copied(c.parts)...))
			require.NotEmpty(t, causes)
			require.Equal(t, "not-linearizable: "+c.want, patterns(causes)[0], causes[0].String())
		})
	}

	r := registersOf(copied([]part{one, two, stale})...)
	r.Whole = false
	require.Equal(t, []string{"not-linearizable: not known"}, patterns(Explain(r)), "the absence of a message proves nothing")
}

// copied returns parts of their own, as a run changes its operations and messages.
func copied(parts []part) (all []part) {
	for _, s := range parts {
		all = append(all, part{slices.Clone(s.ops), slices.Clone(s.messages)})
	}
	return all
}

// Of two that replace the same value at the same time, only one may succeed.
func TestTwoSwaps(t *testing.T) {
	causes := Explain(registersOf(on(1, "n2", "write", "1", 10, 20), on(1, "n1", "cas", "[1,2]", 100, 150), on(2, "n1", "cas", "[1,3]", 110, 160)))
	require.Equal(t, []string{"not-linearizable: side by side"}, patterns(causes))
	require.Equal(t, "n1 replaced 1 by 3 in key 3, and n1 replaced the same 1 by 2", causes[0].Headline)
}

func TestKeysOfServices(t *testing.T) {
	for own, want := range map[string]bool{"3": true, "r/3": true, "key3": true, "13": false, "4": false, "": false, "0.3": false} {
		require.Equal(t, want, sameKey(own, "3"), own)
	}
	require.True(t, sameKey("kv:a", "a"))
	require.False(t, sameKey("ba", "a"))
}

// Whatever the record has, explanations are the same each time, in the order of time, and name only what there is.
func TestRegistersOfAnyRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []part
		node, value := rapid.SampledFrom([]string{"n1", "n2"}), rapid.IntRange(1, 3)
		for i := range rapid.IntRange(2, 9).Draw(t, "operations") {
			begin := int64(i)*20 + 1
			f := rapid.SampledFrom([]string{"read", "write", "cas"}).Draw(t, "f")
			argument := fmt.Sprint(value.Draw(t, "value"))
			if f == "cas" {
				argument = fmt.Sprintf("[%s,%d]", argument, value.Draw(t, "to"))
			}
			s := on(i, node.Draw(t, "node"), f, argument, begin, begin+int64(rapid.IntRange(1, 90).Draw(t, "took")))
			switch rapid.IntRange(0, 5).Draw(t, "outcome") {
			case 0:
				s = failing(s, history.Fail, rapid.SampledFrom([]string{`["abort",""]`, `["precondition-failed","no"]`, `{`, ``}).Draw(t, "error"))
			case 1:
				s = failing(s, history.Info, `"net-timeout"`)
			}
			s.messages = s.messages[:rapid.IntRange(0, 2).Draw(t, "messages of the client")]
			parts = append(parts, s)
		}
		party := rapid.SampledFrom([]string{"n1", "n2", "lin-kv", "seq-kv"})
		bodies := []string{
			`{"type":"news","key":3,"value":1}`, `{"type":"news","3":2}`, `{"type":"put","key":3,"value":1,"msg_id":9}`, `{"type":"put_ok","in_reply_to":9,"value":1}`, `{"type":"error","in_reply_to":9}`,
			`{"type":"write","key":3,"value":2,"msg_id":1}`, `{"type":"read","key":3,"msg_id":2}`, `{"type":"read_ok","value":1,"in_reply_to":2}`, `{"type":"cas","key":"3","from":1,"to":2,"msg_id":3}`,
			`{"type":"write_ok","in_reply_to":1}`, `{"type":"news","3":`, "\x00",
		}
		for range rapid.IntRange(0, 14).Draw(t, "messages") {
			parts = append(parts, messages(sent(party.Draw(t, "from"), party.Draw(t, "to"), int64(rapid.IntRange(0, 250).Draw(t, "at")), int64(rapid.IntRange(-1, 90).Draw(t, "delay")), rapid.SampledFrom(bodies).Draw(t, "body"))))
		}
		if rapid.Bool().Draw(t, "kill") {
			parts = append(parts, faulted(60, 90, "kill", "n1"))
		}
		r := registersOf(parts...)
		r.Whole = rapid.Bool().Draw(t, "whole")
		requireSound(t, r)
	})
}
