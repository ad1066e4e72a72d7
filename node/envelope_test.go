package node

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// trickyLines are lines on which a scanner may differ from encoding/json. Whether a
// line is good is for encoding/json to say.
func trickyLines() []string {
	lines := []string{
		// Plain messages.
		`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":"hello"}}`,
		`{"id":7,"src":"n2","dest":"n1","body":{"in_reply_to":0,"msg_id":0,"type":"echo_ok"}}`,
		" \t\r\n{ \"src\" : \"a\" , \"dest\" : \"b\" , \"body\" : { \"type\" : \"t\" } } \r\n",
		`{"body":{"type":"txn","txn":[["r",1,null],["w",1,-2.5e+3]],"ok":true,"no":false}}`,

		// Not an envelope, or not a whole one.
		``, ` `, `null`, `true`, `5`, `"x"`, `[]`, `{}`, `{"src":"a"}`, `{"body":{}} {}`, `{"body":{}}x`, `{"body":{}}`,
		"\xef\xbb\xbf{\"body\":{}}", `{"body":{}`, `{"body":`, `{"body"`, `{"bod`, `{`, `{"body":{}}}`, "{\"body\":{}}\x00",

		// Bodies of every type, bodies that occur twice.
		`{"body":null}`, `{"body": null }`, `{"body":5}`, `{"body":[]}`, `{"body":"{}"}`, `{"body":true}`,
		`{"body":{"type":"a","msg_id":1},"body":{"in_reply_to":2}}`,
		`{"body":{"type":"a"},"body":null}`, `{"body":null,"body":{"type":"a"}}`,
		`{"body":5,"body":{"type":"a"}}`, `{"body":{"type":"a"},"body":5}`,
		`{"body":{"type":5},"body":{"type":"a"}}`, `{"body":{]},"body":{}}`,

		// Types of fields.
		`{"src":null,"body":{}}`, `{"src":5,"dest":"n1","body":{"type":"t"}}`, `{"src":{"a":[1]},"body":{}}`,
		`{"src":[],"body":{}}`, `{"dest":false,"src":"a","body":{}}`, `{"src":"a","src":null,"body":{}}`,
		`{"body":{"type":null}}`, `{"body":{"type":"a","type":null}}`, `{"body":{"type":7,"msg_id":3}}`,
		`{"body":{"type":"a","type":"b"}}`, `{"body":{"type":["a"]}}`,
		`{"body":{"msg_id":null}}`, `{"body":{"msg_id":1,"msg_id":null}}`, `{"body":{"msg_id":null,"msg_id":1}}`,
		`{"body":{"msg_id":"1"}}`, `{"body":{"msg_id":true}}`, `{"body":{"msg_id":[1]}}`, `{"body":{"msg_id":{}}}`,

		// Keys: case, folding, escapes, near misses.
		`{"SRC":"a","Dest":"b","bOdY":{"TYPE":"t","Msg_ID":1,"IN_reply_TO":2}}`,
		`{"ſrc":"a","deſt":"b","body":{"m\u017fg_id":1}}`,
		`{"\u0073rc":"a","d\u0065st":"b","\u0042ody":{"t\u0079pe":"t"}}`,
		`{"src":"a","SRC":"b","body":{"type":"x","Type":"y"}}`, `{"SRC":"b","src":"a","body":{}}`,
		`{"src ":"a","sr":"b","srcs":"c","":"d","body":{"":1,"msgid":2,"type_":"x","\\u0074ype":"y"}}`,
		"{\"sr\xff\":\"a\",\"src\xc5\":1,\"body\":{}}", `{"in_reply_to":1,"type":"x","msg_id":"y","body":{}}`,

		// Strings: escapes, surrogates, bytes that are not UTF-8, control characters.
		`{"src":"\"\\\/\b\f\n\r\t\u00e9","dest":"é€😀","body":{"type":"\ud83d\ude00"}}`,
		`{"src":"\ud800","dest":"\ude00\ud83d","body":{"type":"\ud83dx\ud83d\u0041"}}`,
		"{\"src\":\"\xff\",\"dest\":\"\xed\xa0\x80\",\"body\":{\"type\":\"a\xe2\x82\"}}",
		"{\"src\":\"\u2028\u2029\x7f\ufffd\",\"body\":{}}", `{"src":"\u0000","body":{}}`, `{"src":"","body":{"type":""}}`,
		"{\"src\":\"a\tb\",\"body\":{}}", "{\"src\":\"a\x00\",\"body\":{}}", "{\"x\":\"\x1f\",\"body\":{}}",
		`{"src":"\x","body":{}}`, `{"src":"\'","body":{}}`, `{"src":"\u12g4","body":{}}`, `{"src":"\u123","body":{}}`,
		`{"src":"\u`, `{"src":"\`, `{"src":"`, `{"src":'a',"body":{}}`, `{src:"a","body":{}}`,

		// Commas, colons and brackets.
		`{,"body":{}}`, `{"body":{},}`, `{"body":{,}}`, `{"body":{"a":1,}}`, `{"body":{"a":1 "b":2}}`, `{"body":{"a" 1}}`,
		`{"body":{"a"::1}}`, `{"body":{"a":[1,]}}`, `{"body":{"a":[,1]}}`, `{"body":{"a":[1 2]}}`, `{"body":{"a":[}}`,
		`{"body":{"a":[1}]}`, `{"body":{"a":{]}}`, `{"body":{"a":}}`, `{"body":{1:2}}`, `{"body":{"a":[ ],"b":{ }}}`,
		"{\"body\":\v{}}", "{\"body\":\u00a0{}}", `{"body":{"a":{"b":1,"c"}}}`, `{"body":{} "src":"a"}`, `{"body":{"a":]}`,

		// Words.
		`{"body":{"a":nul}}`, `{"body":{"a":nulL}}`, `{"body":{"a":nullx}}`, `{"body":{"a":True}}`, `{"body":{"a":truefalse}}`,
		`{"body":{"a":fals}}`, `{"body":nul`, `{"src":nul,"body":{}}`, `{"body":{"a":NaN}}`, `{"body":{"a":Infinity}}`,
	}
	// Numbers, as identifiers and elsewhere.
	for _, n := range []string{
		"0", "-0", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
		"9007199254740993", "1.0", "1e2", "1E2", "-0.0", "0e0", "1e", "1e+", "1E-5", "1.", ".5", "01", "-", "-01", "+1", "0x1", "1_0",
		"--1", "1e5.5", "00", "0.1e+10", "123456789012345678901234567890123456789", "1 2",
	} {
		lines = append(lines, `{"body":{"type":"t","msg_id":`+n+`}}`, `{"body":{"in_reply_to":`+n+`,"x":[`+n+`]}}`, `{"id":`+n+`,"body":{}}`)
	}
	// Depth: the line's object has depth 1.
	for _, depth := range []int{maxDepth - 2, maxDepth - 1, maxDepth} {
		nested := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		objects := strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth)
		lines = append(lines, `{"body":{},"x":`+nested+`}`, `{"body":`+objects+`}`, `{"body":{"x":`+nested+`}}`)
	}
	return lines
}

// reference does with encoding/json what scanEnvelope must do. typeErr reports that
// the error, if any, is only about types, so that fields were stored all the same.
func reference(line []byte) (e envelope, typeErr bool, err error) {
	var m struct {
		Src  string          `json:"src"`
		Dest string          `json:"dest"`
		Body json.RawMessage `json:"body"`
	}
	headErr := json.Unmarshal(line, &m)
	e, bodyTypeErr, bodyErr := referenceBody(m.Body)
	e.src, e.dest = []byte(m.Src), []byte(m.Dest)
	return e, (headErr == nil || isTypeError(headErr)) && (bodyErr == nil || bodyTypeErr), errors.Join(headErr, bodyErr)
}

// referenceBody is reference for a body alone.
func referenceBody(body []byte) (e envelope, typeErr bool, err error) {
	var b struct {
		Type      string `json:"type"`
		MsgID     *int64 `json:"msg_id"`
		InReplyTo *int64 `json:"in_reply_to"`
	}
	err = json.Unmarshal(body, &b)
	e = envelope{typ: []byte(b.Type), body: body}
	if b.MsgID != nil {
		e.msgID, e.hasMsgID = *b.MsgID, true
	}
	if b.InReplyTo != nil {
		e.inReplyTo, e.hasInReplyTo = *b.InReplyTo, true
	}
	return e, isTypeError(err), err
}

func isTypeError(err error) bool {
	_, ok := errors.AsType[*json.UnmarshalTypeError](err)
	return ok
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	require.TestingT
	Helper()
}

// requireLikeJSON compares scanEnvelope and scanBody with encoding/json on one line.
func requireLikeJSON(t fataler, line []byte) {
	t.Helper()
	got, err := scanEnvelope(line)
	want, typeErr, wantErr := reference(line)
	requireSame(t, line, got, err, want, typeErr, wantErr)

	got, err = scanBody(line)
	want, typeErr, wantErr = referenceBody(line)
	if wantErr == nil || typeErr {
		want.body = []byte(strings.Trim(string(line), " \t\r\n"))
	}
	requireSame(t, line, got, err, want, typeErr, wantErr)
}

func requireSame(t fataler, line []byte, got envelope, err error, want envelope, typeErr bool, wantErr error) {
	t.Helper()
	require.Equal(t, wantErr == nil, err == nil, "%.200q\n  encoding/json: %v\n  ours: %v", line, wantErr, err)
	switch {
	case err == nil:
		require.Equal(t, want.msgID, got.msgID, "%.200q", line)
		require.Equal(t, want.hasMsgID, got.hasMsgID, "%.200q", line)
		require.Equal(t, want.inReplyTo, got.inReplyTo, "%.200q", line)
		require.Equal(t, want.hasInReplyTo, got.hasInReplyTo, "%.200q", line)
	case !typeErr:
		require.Nil(t, got.body, "%.200q", line)
		return
	}
	require.Equal(t, string(want.src), string(got.src), "%.200q", line)
	require.Equal(t, string(want.dest), string(got.dest), "%.200q", line)
	require.Equal(t, string(want.typ), string(got.typ), "%.200q", line)
	require.Equal(t, string(want.body), string(got.body), "%.200q", line)
}

func TestScanEnvelopeDecidesLikeEncodingJSON(t *testing.T) {
	good, bad := 0, 0
	for _, line := range trickyLines() {
		requireLikeJSON(t, []byte(line))
		if _, err := scanEnvelope([]byte(line)); err == nil {
			good++
		} else {
			bad++
		}
	}
	require.Greater(t, good, 40)
	require.Greater(t, bad, 40)
}

// Every prefix of a line, and every line with one byte missing.
func TestScanEnvelopeOfDamagedLines(t *testing.T) {
	for _, line := range trickyLines() {
		if len(line) > 200 {
			continue
		}
		for i := range len(line) {
			requireLikeJSON(t, []byte(line[:i]))
			requireLikeJSON(t, []byte(line[:i]+line[i+1:]))
		}
	}
}

func TestScanEnvelopeFields(t *testing.T) {
	line := []byte(`{"id":3,"src":"c1","dest":"n1","body": {"type":"add","msg_id":0,"in_reply_to":9223372036854775807} }`)
	e, err := scanEnvelope(line)
	require.NoError(t, err)
	require.Equal(t, envelope{
		src: []byte("c1"), dest: []byte("n1"), typ: []byte("add"),
		body:  []byte(`{"type":"add","msg_id":0,"in_reply_to":9223372036854775807}`),
		msgID: 0, hasMsgID: true,
		inReplyTo: 9223372036854775807, hasInReplyTo: true,
	}, e)
}

// Where a value has the wrong type, the sender can still be told.
func TestScanEnvelopeKeepsGoodFields(t *testing.T) {
	e, err := scanEnvelope([]byte(`{"src":"c1","dest":"n1","body":{"type":5,"msg_id":8}}`))
	require.EqualError(t, err, `node: type at byte 39 is 5, want a string`)
	require.Equal(t, "c1", string(e.src))
	require.True(t, e.hasMsgID)
	require.EqualValues(t, 8, e.msgID)
}

func TestScanEnvelopeErrors(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{``, `node: unexpected end of JSON at byte 0, want an object`},
		{`[1]`, `node: invalid character '[' at byte 0, want an object`},
		{`{}`, `node: message without a body`},
		{`{"src":"a"`, `node: unexpected end of JSON at byte 10, want ',' or '}'`},
		{`{"body":{}} x`, `node: invalid character 'x' at byte 12, want nothing after the value`},
		{`{"body":{"a":[1,2é]}}`, `node: invalid character 'é' at byte 17, want ',' or ']'`},
		{`{"body":{"a":01}}`, `node: invalid character '1' at byte 14, want ',' or '}'`},
		{`{"body":{"a":-}}`, `node: invalid character '}' at byte 14, want a digit`},
		{`{"body":{"a":tru}}`, `node: invalid character '}' at byte 16, want true`},
		{`{"body":{a:1}}`, `node: invalid character 'a' at byte 9, want a key`},
		{`{"body":{"a"}}`, `node: invalid character '}' at byte 12, want ':'`},
		{`{"body":{"a":}}`, `node: invalid character '}' at byte 13, want a value`},
		{`{"src":"\q"}`, `node: invalid character 'q' at byte 9, want an escaped character`},
		{`{"src":"\u12x4"}`, `node: invalid character 'x' at byte 12, want a hexadecimal digit`},
		{"{\"src\":\"\n\"}", `node: invalid character '\n' at byte 8, want no control character in a string`},
		{`{"src":"abc`, `node: unexpected end of JSON at byte 11, want the end of a string`},
		{`{"body":` + strings.Repeat("[", maxDepth), `node: more than 10000 nested values at byte 10007`},
		{`{"src":[1],"body":{}}`, `node: src at byte 7 is [1], want a string`},
		{`{"body":{"msg_id":1e2}}`, `node: msg_id at byte 18 is 1e2, want a 64-bit integer`},
		{`{"body":{"msg_id":"` + strings.Repeat("x", 100) + `"}}`, `node: msg_id at byte 18 is "` + strings.Repeat("x", 31) + `, want a 64-bit integer`},
		{`{"body":[]}`, `node: body at byte 8 is [], want an object`},
	} {
		_, err := scanEnvelope([]byte(test.line))
		require.EqualError(t, err, test.want, "%.100s", test.line)
	}
}

func TestScanEnvelopeDoesNotAllocate(t *testing.T) {
	line := []byte(`{"id":1,"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":"été"}}`)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, err := scanEnvelope(line); err != nil {
			t.Fatal(err)
		}
	}))
}

func TestScanEnvelopeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requireLikeJSON(t, mutated(t, lineText(t)))
	})
}

func FuzzScanEnvelope(f *testing.F) {
	for _, line := range trickyLines() {
		if len(line) < maxDepth { // long seeds only slow the fuzzer down
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		requireLikeJSON(t, line)
	})
}

// lineText draws a line whose keys and values are near those of a message.
func lineText(t *rapid.T) string {
	body := func(t *rapid.T) string {
		return objectText(t, []string{"type", "msg_id", "in_reply_to", "Type", "MSG_ID", "m\u017fg_id", `t\u0079pe`}, valueText)
	}
	return objectText(t, []string{"src", "dest", "body", "body", "body", "SRC", "\u017frc", `bo\u0064y`}, func(t *rapid.T, depth int) string {
		if rapid.Bool().Draw(t, "body") {
			return body(t)
		}
		return valueText(t, depth)
	})
}

// objectText draws an object with some of the keys, and others.
func objectText(t *rapid.T, keys []string, value func(t *rapid.T, depth int) string) string {
	keys = append(keys, "echo", "", "a b")
	var b strings.Builder
	b.WriteString("{" + spaceText(t))
	for i := range rapid.IntRange(0, 5).Draw(t, "members") {
		if i > 0 {
			b.WriteString("," + spaceText(t))
		}
		b.WriteString(`"` + rapid.SampledFrom(keys).Draw(t, "key") + `"` + spaceText(t) + ":" + spaceText(t))
		b.WriteString(value(t, 2) + spaceText(t))
	}
	return b.String() + "}"
}

// valueText draws any value, with at most so many levels of arrays.
func valueText(t *rapid.T, depth int) string {
	switch rapid.IntRange(0, 5+min(depth, 1)).Draw(t, "kind") {
	case 0:
		return strconv.FormatInt(rapid.Int64().Draw(t, "integer"), 10)
	case 1:
		return rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
	case 2:
		text, err := json.Marshal(rapid.String().Draw(t, "string"))
		require.NoError(t, err)
		return string(text)
	case 3:
		return `"` + rapid.StringMatching(`([a-zé€]|\\[nt"\\/]|\\u[0-9a-f]{4}|\\ud83d\\ude00){0,5}`).Draw(t, "escaped") + `"`
	case 4:
		return rapid.SampledFrom([]string{"null", "true", "false", "{}", "[]"}).Draw(t, "word")
	case 5:
		return `{"type":1,"a":"\\"}`
	}
	elements := make([]string, rapid.IntRange(0, 3).Draw(t, "elements"))
	for i := range elements {
		elements[i] = spaceText(t) + valueText(t, depth-1)
	}
	return "[" + strings.Join(elements, ",") + "]"
}

func spaceText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", "", " ", "\t", "\r\n"}).Draw(t, "space")
}

// mutated removes, replaces or inserts up to three bytes.
func mutated(t *rapid.T, text string) []byte {
	b := []byte(text)
	alphabet := []byte("{}[],:\"\\ue0-+.1 n\t\x00\xff\x80")
	for range rapid.IntRange(0, 3).Draw(t, "mutations") {
		i := rapid.IntRange(0, len(b)).Draw(t, "at")
		end := min(len(b), i+rapid.IntRange(0, 1).Draw(t, "removed"))
		added := rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 1).Draw(t, "added")
		b = append(append(append([]byte{}, b[:i]...), added...), b[end:]...)
	}
	return b
}
