package node

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSpliceBody(t *testing.T) {
	reply := reserved{inReplyTo: 7, hasInReplyTo: true}
	all := reserved{typ: "echo_ok", msgID: -1, hasMsgID: true, inReplyTo: 0, hasInReplyTo: true}
	for _, test := range []struct {
		name, body string
		fields     reserved
		want       string
	}{
		{"nothing to set", ` {"type":"x" , "a":1} `, reserved{}, `{"type":"x" , "a":1}`},
		{"values without their flags", `{"a":1}`, reserved{msgID: 5, inReplyTo: 6}, `{"a":1}`},
		{"empty body", `{}`, all, `{"type":"echo_ok","msg_id":-1,"in_reply_to":0}`},
		{"empty body with space", `{ }`, reply, `{"in_reply_to":7 }`},
		{"common case", `{"echo":"x","n":1}`, all, `{"type":"echo_ok","msg_id":-1,"in_reply_to":0,"echo":"x","n":1}`},
		{"own type kept", `{"type":"a","x":1}`, reply, `{"in_reply_to":7,"type":"a","x":1}`},
		{"replaced first", `{"in_reply_to":1,"x":1,"y":2}`, reply, `{"in_reply_to":7,"x":1,"y":2}`},
		{"replaced between", `{"x":1,"in_reply_to":[1,{"a":"}"}],"y":2}`, reply, `{"in_reply_to":7,"x":1,"y":2}`},
		{"replaced last", `{"x":1,"y":2,"in_reply_to":null}`, reply, `{"in_reply_to":7,"x":1,"y":2}`},
		{"replaced alone", `{"in_reply_to":1}`, reply, `{"in_reply_to":7}`},
		{"replaced twice", `{"in_reply_to":1,"in_reply_to":2,"x":3,"in_reply_to":4}`, reply, `{"in_reply_to":7,"x":3}`},
		{"escaped key", `{"x":1,"in\u005freply_to":1}`, reply, `{"in_reply_to":7,"x":1}`},
		{"other case stays", `{"IN_REPLY_TO":1}`, reply, `{"in_reply_to":7,"IN_REPLY_TO":1}`},
		{"inner key stays", `{"x":{"in_reply_to":1}}`, reply, `{"in_reply_to":7,"x":{"in_reply_to":1}}`},
		{"no digit lost", `{"a":9007199254740993,"b":18446744073709551616,"c":1.10e-07}`, reply, `{"in_reply_to":7,"a":9007199254740993,"b":18446744073709551616,"c":1.10e-07}`},
		{"type is escaped", `{}`, reserved{typ: `a"b`}, `{"type":"a\"b"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := spliceBody([]byte("kept"), []byte(test.body), test.fields)
			require.NoError(t, err)
			require.Equal(t, "kept"+test.want, string(got))
		})
	}
}

func TestSpliceBodyRefuses(t *testing.T) {
	for _, body := range []string{``, `null`, `5`, `[]`, `"{}"`, `{`, `{"a":1,}`, `{} {}`, `{"a":01}`} {
		got, err := spliceBody([]byte("kept"), []byte(body), reserved{typ: "x"})
		require.ErrorContains(t, err, "node: ", body)
		require.Equal(t, "kept", string(got), body)
	}
}

func TestSpliceBodyDoesNotAllocate(t *testing.T) {
	body := []byte(`{"echo":"hello"}`)
	fields := reserved{typ: "echo_ok", inReplyTo: 7, hasInReplyTo: true}
	buf := make([]byte, 0, 256)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := spliceBody(buf, body, fields); err != nil {
			t.Fatal(err)
		}
	}))
}

// requireSpliced compares spliceBody with setting keys in a map of raw values.
func requireSpliced(t fataler, body []byte, fields reserved) {
	t.Helper()
	got, err := spliceBody([]byte("kept"), body, fields)
	var want map[string]json.RawMessage
	if wantErr := json.Unmarshal(body, &want); wantErr != nil || want == nil {
		require.Error(t, err, "%.200q", body)
		require.Equal(t, "kept", string(got))
		return
	}
	require.NoError(t, err, "%.200q", body)
	replaced := false
	set := func(key string, value []byte) {
		_, ok := want[key]
		replaced = replaced || ok
		want[key] = value
	}
	if fields.typ != "" {
		set("type", appendString(nil, fields.typ))
	}
	if fields.hasMsgID {
		set("msg_id", strconv.AppendInt(nil, fields.msgID, 10))
	}
	if fields.hasInReplyTo {
		set("in_reply_to", strconv.AppendInt(nil, fields.inReplyTo, 10))
	}

	require.True(t, bytes.HasPrefix(got, []byte("kept{")), "%.200q", got)
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(got[len("kept"):], &members), "%.200q", got)
	require.Equal(t, want, members, "%.200q", body)
	if !replaced {
		_, rest, _ := bytes.Cut(bytes.TrimRight(body, " \t\r\n"), []byte("{"))
		require.True(t, bytes.HasSuffix(got, rest), "%.200q is not copied into %.200q", body, got)
	}
}

func TestSpliceBodyProperty(t *testing.T) {
	keys := []string{"type", "msg_id", "in_reply_to", "Type", `t\u0079pe`, "x", "y"}
	rapid.Check(t, func(t *rapid.T) {
		requireSpliced(t, mutated(t, objectText(t, keys, valueText)), reserved{
			typ:   rapid.String().Draw(t, "type"),
			msgID: rapid.Int64().Draw(t, "msg_id"), hasMsgID: rapid.Bool().Draw(t, "has msg_id"),
			inReplyTo: rapid.Int64().Draw(t, "in_reply_to"), hasInReplyTo: rapid.Bool().Draw(t, "has in_reply_to"),
		})
	})
}

func FuzzSpliceBody(f *testing.F) {
	for _, body := range []string{
		`{}`, ` { } `, `{"type":"a","msg_id":1}`, `{"x":1,"in_reply_to":2,"y":[{"type":1}]}`, `{"in\u005freply_to":1,"type":"b","type":"c"}`,
		`{"a":9223372036854775807,"b":-9223372036854775808,"c":9223372036854775808,"d":1E400,"e":-0.0e-0,"f":1.50}`, `null`, `[]`, `{"a":}`,
	} {
		f.Add([]byte(body), "echo_ok", int64(1), true, int64(0), true)
		f.Add([]byte(body), "", int64(0), false, int64(-1), true)
		f.Add([]byte(body), "é\"\xff", int64(0), false, int64(0), false)
	}
	f.Fuzz(func(t *testing.T, body []byte, typ string, msgID int64, hasMsgID bool, inReplyTo int64, hasInReplyTo bool) {
		requireSpliced(t, body, reserved{typ, msgID, inReplyTo, hasMsgID, hasInReplyTo})
	})
}

func TestAppendString(t *testing.T) {
	check := func(t fataler, s string) {
		var want strings.Builder
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(s))
		require.Equal(t, "kept"+strings.TrimSuffix(want.String(), "\n"), string(appendString([]byte("kept"), s)))
	}
	for _, s := range []string{"", "n1", "<&>", `"\`, "\x00\b\f\n\r\t\x1f\x7f", "é\u2028\u2029😀", "\xff\ufffd", "\n"} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s"))
	})
}
