package edn

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAppendJSON(t *testing.T) {
	for text, want := range map[string]string{
		"nil":                            `null`,
		"true":                           `true`,
		"-17":                            `-17`,
		"92233720368547758080":           `92233720368547758080`,
		"1.0":                            `1.0`,
		"1e30":                           `1e+30`,
		"0.25":                           `0.25`,
		`"a\"<b>"`:                       `"a\"<b>"`,
		":poll":                          `"poll"`,
		"sym":                            `"sym"`,
		`\x`:                             `"x"`,
		"[[:r 9 nil] (1 2) #{3}]":        `[["r",9,null],[1,2],[3]]`,
		`{"n0" #{"n1"}, :a 1}`:           `{"n0":["n1"],"a":1}`,
		"{0 1, 0.5 2, [1] 3, nil 4}":     `{"0":1,"0.5":2,"[1]":3,"null":4}`,
		`{[1 "n0"] 2, {:a "b"} 3}`:       `{"[1,\"n0\"]":2,"{\"a\":\"b\"}":3}`,
		"#jepsen.history.Op{:index 3}":   `{"index":3}`,
		"[:send \"k\" [12 {:x [true]}]]": `["send","k",[12,{"x":[true]}]]`,
	} {
		v, err := Parse(text)
		require.NoError(t, err)
		b, err := AppendJSON([]byte("> "), v)
		require.NoError(t, err, text)
		require.Equal(t, "> "+want, string(b))
		require.True(t, json.Valid(b[2:]))
	}
	for _, text := range []string{"##Inf", "[##NaN]", "{:a ##-Inf}", "{##Inf 1}"} {
		v, err := Parse(text)
		require.NoError(t, err)
		_, err = AppendJSON(nil, v)
		require.ErrorContains(t, err, "edn: JSON has no number", text)
	}
	v, err := Parse(strings.Repeat("{[", 400) + strings.Repeat("] 1}", 400))
	require.NoError(t, err)
	_, err = AppendJSON(nil, v)
	require.ErrorContains(t, err, "a key in a key")
	_, err = AppendJSON(nil, struct{}{})
	require.ErrorContains(t, err, "edn: no JSON")
}

func TestDecoder(t *testing.T) {
	d := NewDecoder("1 ; one\n\n{:a\n2} :b #_ 4\n")
	for _, want := range []struct {
		value any
		line  int
	}{{int64(1), 1}, {Map{{Keyword("a"), int64(2)}}, 3}, {Keyword("b"), 4}} {
		v, line, err := d.Next()
		require.NoError(t, err)
		require.Equal(t, want.value, v)
		require.Equal(t, want.line, line)
	}
	for range 2 {
		_, _, err := d.Next()
		require.Equal(t, io.EOF, err)
	}

	d = NewDecoder(":a\n]")
	_, _, err := d.Next()
	require.NoError(t, err)
	_, _, err = d.Next()
	require.ErrorContains(t, err, "edn: line 2: ")
	_, _, err = NewDecoder("#_").Next()
	require.ErrorContains(t, err, "line 1")
}
