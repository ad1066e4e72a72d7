package harness

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// A line that is nested too deeply is refused, even if it is not JSON. Brackets in strings, and brackets that are not nested,
// do not count.
func TestParseLineDepth(t *testing.T) {
	t.Parallel()
	with := func(value string) []byte { return []byte(`{"src":"n1","dest":"n2","body":{"a":` + value + `}}`) }
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for value, want := range map[string]string{
		nested(depthLimit - 2):                                        "",
		nested(depthLimit - 1):                                        "is nested more than 1000 deep",
		nested(200_000):                                               "is nested more than 1000 deep",
		strings.Repeat("[", 2000):                                     "is nested more than 1000 deep",
		strings.Repeat(`{"a":`, 2000):                                 "is nested more than 1000 deep",
		"[" + strings.Repeat("[],{},", 2000) + "0]":                   "",
		`"` + strings.Repeat("[", 2000) + `"`:                         "",
		`"` + strings.Repeat(`\"[`, 2000) + `"`:                       "",
		`["` + strings.Repeat(`\\`, 2000) + `",` + nested(1000) + "]": "is nested more than 1000 deep",
	} {
		_, problem := parseLine(with(value))
		require.Equal(t, want, problem, value[:min(40, len(value))])
	}
}

// A line with too many values is refused, too; commas in strings do not count.
func TestParseLineOfManyValues(t *testing.T) {
	t.Parallel()
	with := func(value string) []byte { return []byte(`{"src":"n1","dest":"n2","body":{"a":` + value + `}}`) }
	_, problem := parseLine(with("[" + strings.Repeat("1,", history.MaxValues) + "1]"))
	require.Equal(t, "has more than 2000000 values in it", problem)
	_, problem = parseLine(with("{" + strings.Repeat(`"":0,`, history.MaxValues) + `"":0}`))
	require.Equal(t, "has more than 2000000 values in it", problem)
	_, problem = parseLine(with("[" + strings.Repeat("1,", history.MaxValues-20) + "1]"))
	require.Empty(t, problem)
	_, problem = parseLine(with(`"` + strings.Repeat(",", 2*history.MaxValues) + `"`))
	require.Empty(t, problem)
}

func TestParseLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]line{
		`{"src":"n1","dest":"n2","body":{"type":"x"}}`:                                {"n1", "n2", json.RawMessage(`{"type":"x"}`)},
		` {"id":7,"src":"n1","body": {"a":12345678901234567890} ,"dest":"né"}` + "\r": {"n1", "né", json.RawMessage(`{"a":12345678901234567890}`)},
		`{"src":"c3","dest":"lin-kv","body":{},"id":-12}`:                             {"c3", "lin-kv", json.RawMessage(`{}`)},
		`{"src":"n1","dest":"n2","id":123456789012345678901,"body":{}}`:               {"n1", "n2", json.RawMessage(`{}`)},
		`{"\u0073rc":"n1","dest":"\u006e2","body":{}}`:                                {"n1", "n2", json.RawMessage(`{}`)},
		`{"src":"n\"}","dest":"n2","body":{"\"":"}"}}`:                                {`n"}`, "n2", json.RawMessage(`{"\"":"}"}`)},
		`{"src":"","dest":"","body":{}}`:                                              {"", "", json.RawMessage(`{}`)},

		// If a name comes twice, the last value counts.
		`{"src":"n1","src":"n3","dest":"n2","dest":"n4","body":{"a":1},"body":{"b":2}}`: {"n3", "n4", json.RawMessage(`{"b":2}`)},
		`{"src":1,"src":"n3","dest":"n2","body":7,"body":{}}`:                           {"n3", "n2", json.RawMessage(`{}`)},

		// A missing body is an empty body.
		`{"src":"n1","dest":"n2"}`:             {"n1", "n2", json.RawMessage(`{}`)},
		`{"src":"n1","dest":"n2","body":null}`: {"n1", "n2", json.RawMessage(`{}`)},

		// The content of a body is not checked here.
		`{"src":"n1","dest":"n2","body":{"type":5,"msg_id":"a","in_reply_to":1.5,"Type":"x"}}`: {
			"n1", "n2", json.RawMessage(`{"type":5,"msg_id":"a","in_reply_to":1.5,"Type":"x"}`),
		},
	} {
		got, problem := parseLine([]byte(text))
		require.Empty(t, problem, text)
		require.Equal(t, want, got, text)
	}

	for text, want := range map[string]string{
		"":                                     "is empty",
		" \t\r":                                "is empty",
		"{":                                    "is not JSON",
		"null":                                 "is not a JSON object",
		`"hello"`:                              "is not a JSON object",
		`[]`:                                   "is not a JSON object",
		`{}`:                                   "has no src",
		`{"src":null,"dest":"n1","body":{}}`:   `has src null, not a string`,
		`{"src":1,"dest":"n1","body":{}}`:      `has src 1, not a string`,
		`{"src":"n1","body":{}}`:               "has no dest",
		`{"src":"n1","dest":null,"body":{}}`:   "has dest null, not a string",
		`{"src":"n1","dest":["n2"],"body":{}}`: `has dest ["n2"], not a string`,
		`{"src":"n1","dest":"n1","body":[]}`:   "has a body that is not an object",
		`{"src":"n1","dest":"n1","body":"x"}`:  "has a body that is not an object",
		`{"src":"n1","dest":"n1","body":{},"body":0}`:  "has a body that is not an object",
		`{"src":"n1","dest":"n1","body":{}} {}`:        "is not JSON",
		`{"src":"n1","dest":"n1","body":{}} # 1`:       "is not JSON",
		`{"src":"n1","dest":"n1","body":{},"x":1}`:     `has the key "x": a message has src, dest, body and perhaps id`,
		`{"type":"echo_ok","msg_id":1}`:                `has the key "type"`,
		`{"z":1,"a":2}`:                                `has the key "z"`,
		`{"Src":"n1","dest":"n1","body":{}}`:           `has the key "Src": it is spelt "src"`,
		`{"src":"n1","SRC":"n1","dest":"n1"}`:          `has the key "SRC": it is spelt "src"`,
		`{"src":"n1","dest":"n1","Body":{}}`:           `has the key "Body": it is spelt "body"`,
		`{"src":"n1","dest":"n1","body":{},"ID":1}`:    `has the key "ID": it is spelt "id"`,
		`{"\u0053rc":"n1","dest":"n1","body":{}}`:      `has the key "Src": it is spelt "src"`,
		`{"s\"rc":"n1","dest":"n1","body":{}}`:         `has the key "s\"rc"`,
		`{"src":"n1","dest":"n1","body":{},"id":null}`: "has id null, not an integer",
		`{"src":"n1","dest":"n1","id":1.0,"body":{}}`:  "has id 1.0, not an integer",
		`{"src":"n1","dest":"n1","id":1e3,"body":{}}`:  "has id 1e3, not an integer",
		`{"id":"7","src":"n1","dest":"n1","body":{}}`:  `has id "7", not an integer`,
		`{"id":-,"src":"n1","dest":"n1","body":{}}`:    "is not JSON",
	} {
		_, problem := parseLine([]byte(text))
		require.Contains(t, problem, want, text)
	}
}

// The body is a copy, since the caller reuses the memory of the line.
func TestParseLineKeepsNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"src":"n1","dest":"n2","body":{"a":1}}`, `{"src":"n1","src":"n1","dest":"n2","body":{},"body":{"a":1}}`} {
		b := []byte(text)
		l, problem := parseLine(b)
		require.Empty(t, problem)
		clear(b)
		require.Equal(t, line{"n1", "n2", json.RawMessage(`{"a":1}`)}, l)
	}
}

// Any line is either a message or has a problem, and the fast path agrees with encoding/json.
func FuzzParseLine(f *testing.F) {
	f.Add(`{"src":"n1","dest":"n2","body":{"type":"x"}}`)
	f.Add(`{"SRC":"n1","src":"n1","dest":"n2","dest":"n3","body":{}}`)
	f.Add(` { "id" : 1 , "src" : "n\u0031" , "dest":"n2","body" : {"a":[{}]}} `)
	f.Add(`{"":"","s\"":1,"src":"\\"}`)
	f.Add("null")
	f.Add("{\"src\":\"n\t1\",\"dest\":\"n2\",\"body\":{\"a\":\"\x01\"}}")
	f.Fuzz(func(t *testing.T, text string) {
		l, problem := parseLine([]byte(text))
		if !json.Valid([]byte(text)) {
			text = string(escapeControls([]byte(text))) // which are allowed in strings
		}
		var fields map[string]json.RawMessage
		err := json.Unmarshal([]byte(text), &fields)
		if problem != "" {
			require.False(t, strings.Contains(problem, "is not JSON (") && err == nil, problem)
			return
		}
		require.NoError(t, err)
		for name := range fields {
			require.Contains(t, []string{"src", "dest", "body", "id"}, name)
		}
		var src, dest string
		require.NoError(t, json.Unmarshal(fields["src"], &src))
		require.NoError(t, json.Unmarshal(fields["dest"], &dest))
		require.Equal(t, []string{src, dest}, []string{l.src, l.dest})
		if body := fields["body"]; body != nil && string(body) != "null" {
			require.Equal(t, string(bytes.TrimSpace(body)), string(l.body))
		} else {
			require.Equal(t, "{}", string(l.body))
		}
	})
}
