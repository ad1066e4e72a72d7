package edn

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	huge, _ := new(big.Int).SetString("92233720368547758080", 10)
	for text, want := range map[string]any{
		"nil":                    nil,
		"true":                   true,
		" false ; said so":       false,
		"0":                      int64(0),
		"-17":                    int64(-17),
		"+3N":                    int64(3),
		"92233720368547758080":   huge,
		"1.5":                    1.5,
		"-1e3":                   -1000.0,
		"2.50M":                  2.5,
		"##Inf":                  math.Inf(1),
		"##-Inf":                 math.Inf(-1),
		`"a\"b\\\n\u00e9é"`:      "a\"b\\\néé",
		"\"two\nlines\"":         "two\nlines",
		`\a`:                     Char('a'),
		`\(`:                     Char('('),
		`\newline`:               Char('\n'),
		":valid?":                Keyword("valid?"),
		":a.b/c":                 Keyword("a.b/c"),
		"jepsen.Op":              Symbol("jepsen.Op"),
		"-":                      Symbol("-"),
		"->x":                    Symbol("->x"),
		"()":                     List{},
		"[1, 2]":                 List{int64(1), int64(2)},
		"#{:a}":                  List{Keyword("a")},
		"{0 1, 0.5 [nil]}":       Map{{int64(0), int64(1)}, {0.5, List{nil}}},
		"{[1] {}}":               Map{{List{int64(1)}, Map{}}},
		"#a.b.Op{:f :read}":      Tagged{"a.b.Op", Map{{Keyword("f"), Keyword("read")}}},
		`#inst "2026"`:           Tagged{"inst", "2026"},
		"[1 #_ 2 #_#_ 3 4 5]":    List{int64(1), int64(5)},
		"[1;one\n2]":             List{int64(1), int64(2)},
		"[\"a\"\"b\":c(1)\\d]":   List{"a", "b", Keyword("c"), List{int64(1)}, Char('d')},
		"{:a 1 #_ :b #_ 2 :c 3}": Map{{Keyword("a"), int64(1)}, {Keyword("c"), int64(3)}},
	} {
		have, err := Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, have, text)
	}

	nan, err := Parse("##NaN")
	require.NoError(t, err)
	require.True(t, math.IsNaN(nan.(float64)))
}

func TestParseRejects(t *testing.T) {
	for text, reason := range map[string]string{
		"":           "line 1: the text ends where a value should be",
		"#_ 1":       "the text ends",
		"[1\n2":      `line 2: the text ends before ']'`,
		"]":          `']' without its opening`,
		"[1)":        `')' without its opening`,
		"1 2":        "a second value",
		"{:a}":       "a key that has no value",
		`"abc`:       "a string without its end",
		`"\q"`:       `no string is written "\q"`,
		`"\u12"`:     `no string is written "\u12"`,
		`"\`:         "a string without its end",
		`\`:          "no character",
		`\nosuch`:    `no character is called \nosuch`,
		":":          "want a value",
		"1x":         "1x is not a number",
		"0x10":       "0x10 is not a number",
		"1_000":      "1_000 is not a number",
		"##Big":      "no number is called ##Big",
		"# {}":       "a tag without a name",
		"#tag":       "the text ends",
		"#_":         "the text ends",
		"[#_]":       "without its opening",
		deep("["):    "nested more than 1000 deep",
		deep("#_ "):  "nested more than 1000 deep",
		deep("#t "):  "nested more than 1000 deep",
		deep("{:a "): "nested more than 1000 deep",
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, reason, "%.40s", text)
	}
}

func deep(s string) string { return strings.Repeat(s, 100_000) }

// Reading a number takes time in the square of its digits, hence the limit.
func TestParseManyDigits(t *testing.T) {
	digits := strings.Repeat("7", maxDigits)
	v, err := Parse(digits)
	require.NoError(t, err)
	require.Equal(t, digits, v.(*big.Int).String())
	for _, text := range []string{digits + "7", "[\n" + digits + "7]", strings.Repeat("7", 30_000_000) + "N", "1e" + digits} {
		_, err = Parse(text)
		require.ErrorContains(t, err, "want at most 10000")
	}
}

func TestGet(t *testing.T) {
	v, err := Parse(`#run{:net {:servers {:msgs-per-op 1.5, :msg-count 3}} :valid? "no"}`)
	require.NoError(t, err)
	require.Equal(t, 1.5, Get(v, "net", "servers", "msgs-per-op"))
	require.Nil(t, Get(v, "net", "clients", "msgs-per-op"))
	require.Nil(t, Get(v, "valid?", "x"), "a string holds nothing")
}

// Maelstrom itself wrote these files.
func TestParseMaelstromsResults(t *testing.T) {
	ids := parseFile(t, "uniqueids.edn")
	require.Equal(t, true, Get(ids, "valid?"))
	require.Equal(t, 1.0, Get(ids, "availability", "ok-fraction"))
	require.Equal(t, 0.0, Get(ids, "net", "servers", "msgs-per-op"))
	require.Equal(t, int64(959), Get(ids, "workload", "acknowledged-count"))
	require.Len(t, Get(ids, "workload", "range"), 2)

	kafka := parseFile(t, "kafka.edn")
	require.Equal(t, true, Get(kafka, "valid?"))
	require.NotNil(t, Get(kafka, "workload", "worst-realtime-lag"))
}

func parseFile(t *testing.T, name string) any {
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	v, err := Parse(string(text))
	require.NoError(t, err)
	return v
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", `{:a [1 2.5 "x\n" \c #{nil}] b #t (true)}`, "#_ 1 ##Inf", "[1 ; c\n]", `"\u0041"`, "-1N"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse(text)
		if err != nil {
			return
		}
		if b, err := AppendJSON(nil, v); err == nil {
			require.True(t, json.Valid(b), "%s", b)
		}
		// The meaning of a value does not depend on the surrounding text.
		again, err := Parse("[" + text + "\n]")
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(List{v}), fmt.Sprint(again)) // compared in print, because NaN differs from itself
	})
}
