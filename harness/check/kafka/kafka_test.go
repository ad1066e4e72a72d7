package kafka_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// parse reads a history with one event per line, such as
//
//	1 ok send a 5:7
//
// Here, process 1 sent message 7 to key a, where it got offset 5. Similarly, "1 ok poll a 5:7 6:8 b 0:1" polls, and
// "1 ok assign a b" assigns. The nth event, from 0, happens after n ms.
func parse(t testing.TB, lines string) []history.Op {
	t.Helper()
	var h []history.Op
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		op := history.Op{Index: len(h), Time: int64(len(h)) * 1e6, Type: history.Type(words[1]), F: words[2]}
		_, err := fmt.Sscan(words[0], &op.Process)
		require.NoError(t, err)
		args := words[3:]
		var value any
		switch op.F {
		case "send":
			m := json.RawMessage(args[1])
			if op.Type == history.OK {
				m = json.RawMessage("[" + strings.Replace(args[1], ":", ",", 1) + "]")
			}
			value = [][]any{{"send", args[0], m}}
		case "poll":
			polls := []any{"poll"}
			if op.Type == history.OK {
				polls = append(polls, batches(args))
			}
			value = [][]any{polls}
		case "assign":
			value = args
		}
		op.Value, err = json.Marshal(value)
		require.NoError(t, err)
		h = append(h, op)
	}
	return h
}

func batches(args []string) map[string][]json.RawMessage {
	polled := make(map[string][]json.RawMessage)
	key := ""
	for _, arg := range args {
		if !strings.Contains(arg, ":") {
			key = arg
			polled[key] = []json.RawMessage{}
			continue
		}
		polled[key] = append(polled[key], json.RawMessage("["+strings.Replace(arg, ":", ",", 1)+"]"))
	}
	return polled
}

// Three messages are sent one after the other, to offsets as far apart as possible.
const sent = `
	1 invoke send a 1
	1 ok     send a -9223372036854775808:1
	1 invoke send a 2
	1 ok     send a 0:2
	1 invoke send a 3
	1 ok     send a 9223372036854775807:3
	2 invoke assign a
	2 ok     assign a
	2 invoke poll
`

func TestCheck(t *testing.T) {
	const low, high = "-9223372036854775808", "9223372036854775807"
	for _, c := range []struct {
		name    string
		history string
		want    []string // reasons
	}{
		{"all polled", sent + `2 ok poll a ` + low + `:1 0:2 ` + high + `:3`, nil},
		{"polled in two parts", sent + `
			2 ok poll a ` + low + `:1
			2 invoke poll
			2 ok poll a 0:2 ` + high + `:3`, nil},
		{"back to another key and back again", sent + `
			2 ok poll a ` + low + `:1 0:2 ` + high + `:3
			2 invoke assign b
			2 ok assign b
			2 invoke assign a
			2 ok assign a
			2 invoke poll
			2 ok poll a 0:2`, nil},
		{"a new process begins anywhere", sent + `
			2 ok poll a ` + low + `:1 0:2 ` + high + `:3
			2 invoke crash
			2 info crash
			7 invoke poll
			7 ok poll a 0:2`, nil},
		{"failed and unknown sends need not be seen", sent + `
			2 ok poll a ` + low + `:1 0:2 ` + high + `:3
			1 invoke send a 4
			1 fail send a 4
			3 invoke send a 5
			3 info send a 5`, nil},
		{"lost", sent + `2 ok poll a 0:2 ` + high + `:3`, []string{
			"lost-write: message 1 of key a was acknowledged at offset " + low + " (op 1, process 1), but nobody ever polled it, though message 3 of offset " + high + " was polled (op 9, process 2)",
			"unseen: message 1 of key a was acknowledged (op 1, process 1), but nobody had polled it when the test ended",
		}},
		{"unseen", sent + `2 ok poll a ` + low + `:1`, []string{
			"unseen: message 2 of key a was acknowledged (op 3, process 1), but nobody had polled it when the test ended; and 1 more",
		}},
		{"inconsistent", sent + `
			2 ok poll a ` + low + `:1 0:2 ` + high + `:3
			1 invoke send a 4
			1 ok send a ` + high + `:4
			2 invoke poll
			2 ok poll a ` + high + `:4`, []string{
			"inconsistent-offsets: offset " + high + " of key a holds message 3 (op 5, process 1) and message 4 (op 11, process 1)",
		}},
		{"duplicate", sent + `2 ok poll a ` + low + `:1 0:2 1:2 ` + high + `:3`, []string{
			"duplicate: message 2 of key a is at offset 0 (op 3, process 1) and at offset 1 (op 9, process 2)",
			"int-poll-skip: a poll of key a (op 9, process 2) returned message 1 at offset " + low + " and then message 2 at offset 0 (which counts at offset 1, where it was seen too), passing over offset 0 (message 2)",
			"int-nonmonotonic-poll: a poll of key a (op 9, process 2) returned message 2 at offset 0 (which counts at offset 1, where it was seen too) and then message 2 at offset 1, which is not behind it",
		}},
		{"aborted read", sent + `
			2 ok poll a ` + low + `:1 0:2
			3 invoke send a 4
			3 fail send a 4
			2 invoke poll
			2 ok poll a 7:4 ` + high + `:3`, []string{
			"G1a: message 4 of key a was polled (op 13, process 2), though its send failed (op 11, process 3)",
		}},
		{"garbage", sent + `2 ok poll a ` + low + `:1 0:2 7:{"x":1} ` + high + `:3`, []string{
			`garbage: message {"x":1} of key a was polled (op 9, process 2), but nobody sent it`,
		}},
		{"a long message", sent + `2 ok poll a ` + low + `:1 0:2 7:"` + strings.Repeat("é", 100) + `" ` + high + `:3`, []string{
			`garbage: message "` + strings.Repeat("é", 39) + `… of key a was polled (op 9, process 2), but nobody sent it`,
		}},
		{"early read", `
			2 invoke poll
			2 ok poll a 0:1
			1 invoke send a 1
			1 ok send a 0:1`, []string{
			"G1c-realtime: message 1 of key a was polled (op 1, process 2) before it was sent (op 2, process 1)",
		}},
		{"poll skip", sent + `
			2 ok poll a ` + low + `:1
			2 invoke poll
			2 ok poll a ` + high + `:3
			3 invoke poll
			3 ok poll a 0:2`, []string{
			"poll-skip: a process that had last polled message 1 at offset " + low + " of key a (op 9, process 2) went on with message 3 at offset " + high + " (op 11, process 2), passing over offset 0 (message 2)",
		}},
		{"poll goes back", sent + `
			2 ok poll a ` + low + `:1 0:2 ` + high + `:3
			2 invoke assign a
			2 ok assign a
			2 invoke poll
			2 ok poll a 0:2`, []string{
			"nonmonotonic-poll: a process that had last polled message 3 at offset " + high + " of key a (op 9, process 2) went on with message 2 at offset 0 (op 13, process 2), which is not behind it",
		}},
		{"skip and go back within a poll", sent + `2 ok poll a ` + low + `:1 ` + high + `:3 0:2`, []string{
			"int-poll-skip: a poll of key a (op 9, process 2) returned message 1 at offset " + low + " and then message 3 at offset " + high + ", passing over offset 0 (message 2)",
			"int-nonmonotonic-poll: a poll of key a (op 9, process 2) returned message 3 at offset " + high + " and then message 2 at offset 0, which is not behind it",
		}},
		{"sends change places", sent + `
			2 ok poll a ` + low + `:1 0:2 5:4 ` + high + `:3
			1 invoke send a 4
			1 ok send a 5:4`, []string{
			"G1c-realtime: message 4 of key a was polled (op 9, process 2) before it was sent (op 10, process 1)",
			"nonmonotonic-send: a process sent message 3 at offset " + high + " of key a (op 5, process 1) and then message 4 at offset 5 (op 11, process 1), which is not behind it",
		}},
		{"nothing depends on anything", `1 invoke send a 1`, []string{
			"empty-transaction-graph: no operation followed another or polled what it sent, so the run shows nothing",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := kafka.Check(parse(t, c.history))
			require.Equal(t, c.want, r.Reasons())
			require.Equal(t, len(c.want) > 0, r.Verdict() == check.Invalid)
			requireReasons(t, r)
		})
	}
}

func TestUnreadable(t *testing.T) {
	const send, poll = `[["send", key, message]]`, `[["poll", {key: [[offset, message], …], …}]]`
	for _, c := range []struct{ typ, f, value, why string }{
		{"ok", "send", `[["send","a",1]]`, `1, of key "a", is not [offset, message]`},
		{"ok", "send", `[["send","a",[1]]]`, `[1], of key "a", is not [offset, message]`},
		{"ok", "send", `[["send","a",[null,1]]]`, `the offset null, of key "a", is not a 64-bit integer`},
		{"ok", "send", `[["send","a",[1.0,1]]]`, `the offset 1.0, of key "a", is not a 64-bit integer`},
		{"ok", "send", `[["send","a",["1",1]]]`, `the offset "1", of key "a", is not a 64-bit integer`},
		{"ok", "send", `[["send","a",[9223372036854775808,1]]]`, `the offset 9223372036854775808, of key "a", is not a 64-bit integer`},
		{"ok", "send", `[["send",1,[1,1]]]`, "the key 1 is not a string"},
		{"ok", "send", `[["send",null,[1,1]]]`, "the key null is not a string"},
		{"info", "send", `[["send",1,1]]`, "the key 1 is not a string"},
		{"ok", "send", `[["sand","a",[1,1]]]`, `[["sand","a",[1,1]]] is not ` + send},
		{"info", "send", `5`, "5 is not " + send},
		{"ok", "send", "", " is not " + send},
		{"ok", "poll", `[["poll"]]`, `[["poll"]] is not ` + poll},
		{"ok", "poll", `[["poll",{"a":[5]}]]`, `5, of key "a", is not [offset, message]`},
		{"ok", "poll", `[["poll",{"a":[[1.0,5]]}]]`, `the offset 1.0, of key "a", is not a 64-bit integer`},
		{"ok", "poll", `[["poll",[]]]`, `[["poll",[]]] is not ` + poll},
		{"ok", "poll", `{}`, "{} is not " + poll},
		{"ok", "assign", `"a"`, `"a" is not a list of keys, which are strings`},
		{"ok", "assign", `[1]`, `[1] is not a list of keys, which are strings`},
	} {
		h := parse(t, sent+`2 ok poll a -9223372036854775808:1 0:2 9223372036854775807:3`)
		h = append(h, history.Op{Index: len(h), Type: history.Type(c.typ), F: c.f, Value: []byte(c.value)})
		r := kafka.Check(h)
		require.Equal(t, check.Unknown, r.Verdict(), c.value)
		require.Equal(t, []string{"of 1 operations the value cannot be understood: ops [10]; of the first (" + c.f + "), because " + c.why}, r.Reasons())
	}

	// The errors that may be a consequence come after it.
	r := kafka.Check(parse(t, sent+`2 ok poll a 0:1 1:2`)[:6])
	before := len(r.Reasons())
	h := append(parse(t, sent+`2 ok poll a 0:1 1:2`)[:6], history.Op{Index: 6, Type: "ok", F: "poll", Value: []byte(`[["poll",{"a":[[1.0,5]]}]]`)})
	r = kafka.Check(h)
	require.Equal(t, check.Invalid, r.Verdict())
	require.Len(t, r.Reasons(), before+1)
	require.Contains(t, r.Reasons()[0], "the offset 1.0")
}

func TestLag(t *testing.T) {
	lag := func(lines string) kafka.Lag {
		l := kafka.Check(parse(t, lines)).WorstLag
		return kafka.Lag{Time: l.Time, Process: l.Process, Key: l.Key, Lag: l.Lag}
	}
	require.Equal(t, kafka.Lag{}, lag(`1 invoke send a 1`))
	// The log was known to reach beyond offset 0 from 5 ms on; the poll at 9 ms does not show it.
	h := `
		1 invoke send a 1
		1 ok     send a 0:1
		2 invoke assign a
		2 ok     assign a
		1 invoke send a 2
		1 ok     send a 70:2
		1 invoke send a 3
		1 ok     send a 60:3
		3 invoke send b 1
		2 invoke poll
		2 ok     poll a 0:1`
	require.Equal(t, kafka.Lag{Time: 0.009, Process: 2, Key: "a", Lag: 0.004}, lag(h))
	// If nothing was shown at all, the lag counts from the first message.
	h = strings.Replace(h, "2 ok     poll a 0:1", "2 ok poll", 1)
	require.Equal(t, kafka.Lag{Time: 0.009, Process: 2, Key: "a", Lag: 0.008}, lag(h))
	// A process without the key does not lag.
	require.Equal(t, kafka.Lag{}, lag(strings.ReplaceAll(h, "assign a", "assign")))
	// Messages polled earlier are not forgotten.
	require.Equal(t, kafka.Lag{Time: 0.009, Process: 2, Key: "a", Lag: 0.008}, lag(h+`
		2 invoke assign a
		2 ok assign a
		2 invoke poll
		2 ok poll a 0:1 60:3 70:2
		2 invoke poll
		2 ok poll`))
}

// A consumer that gets a key late and has polled no message of it lags by the age of the log, as in the reference, even if it
// has had the key only for a millisecond; the text says so. A consumer that has polled a message lags from the next message
// on.
func TestLagOfWhoHasPolledNothing(t *testing.T) {
	later := func(lines string) kafka.Lag {
		h := parse(t, lines)
		for i := range h {
			if i >= 6 {
				h[i].Time += 67.894e9
			}
		}
		return kafka.Check(h).WorstLag
	}
	const before = `
		1 invoke send a 1
		1 ok     send a 0:1
		3 invoke assign a
		3 ok     assign a
		3 invoke poll
		3 ok     poll a 0:1
`
	l := later(before + `
		2 invoke assign a
		2 ok     assign a
		2 invoke poll
		2 ok     poll`)
	require.InDelta(t, 67.901, l.Lag, 1e-9)
	require.Equal(t, "67.9 s: process 2, key a, in its poll at 67.902 s; it had polled nothing of the key, which it got 0.001 s before, so this is the age of the log", l.String())

	l = later(before + `
		1 invoke send a 2
		1 ok     send a 1:2
		3 invoke poll
		3 ok     poll`)
	require.Equal(t, "0.001 s: process 3, key a, in its poll at 67.902 s", l.String())

	l = later(before + `
		4 invoke poll
		4 ok     poll a`)
	require.Equal(t, "67.9 s: process 4, key a, in its poll at 67.900 s; it had polled nothing of the key, so this is the age of the log", l.String())
	require.Equal(t, "0 s", later(before).String())
	require.Equal(t, "0 s", kafka.Check(nil).WorstLag.String())
}

// 1 and 1.0 are two messages, wherever they occur, and so are two integers that round to the same float.
func TestNumbersAreNotRounded(t *testing.T) {
	for _, pair := range [][2]string{{"1", "1.0"}, {"[1]", "[1.0]"}, {`{"n":9007199254740992}`, `{"n":9007199254740993}`}} {
		r := kafka.Check(parse(t, fmt.Sprintf(`
			0 invoke send a %[1]s
			0 ok send a 0:%[1]s
			0 invoke send a %[2]s
			0 ok send a 1:%[2]s
			1 invoke assign a
			1 ok assign a
			1 invoke poll
			1 ok poll a 0:%[1]s 1:%[2]s`, pair[0], pair[1])))
		require.Empty(t, r.Reasons(), pair)
	}
	same := kafka.Check(parse(t, `
		0 invoke send a {"x":1,"y":2}
		0 ok send a 0:{"x":1,"y":2}
		1 invoke poll
		1 ok poll a 0:{"y":2,"x":1}`))
	require.Empty(t, same.Reasons(), "the order of members does not matter")
}

// Of the messages that nobody polled, the reference lists at most 32 of each key, and counts all.
func TestUnseenListsSome(t *testing.T) {
	var lines strings.Builder
	for key, n := range map[string]int{"a": 40, "b": 32} {
		for i := range n {
			fmt.Fprintf(&lines, "0 invoke send %[1]s %[2]d\n0 ok send %[1]s %[2]d:%[2]d\n", key, i)
		}
	}
	r := kafka.Check(parse(t, lines.String()))
	require.Equal(t, map[string]int{"a": 40, "b": 32}, r.Unseen.Counts)
	require.Len(t, r.Unseen.Messages["a"], 32)
	require.Len(t, r.Unseen.Messages["b"], 32)
}

// Long errors of nodes are cut, and only a limited number of errors is listed.
func TestInfoCausesListsSome(t *testing.T) {
	var h []history.Op
	for i := range 100 {
		h = append(
			h,
			history.Op{Index: 2 * i, Type: history.Invoke, Process: history.Process(i), F: "poll"},
			history.Op{Index: 2*i + 1, Type: history.Info, Process: history.Process(i), F: "poll", Error: fmt.Appendf(nil, `["unknown","%d %s"]`, i, strings.Repeat("x", 100_000))},
		)
	}
	r := kafka.Check(h)
	require.Len(t, r.InfoCauses, 32)
	for _, cause := range r.InfoCauses {
		require.Less(t, len(cause), 1200)
		require.True(t, json.Valid(cause))
	}
}
