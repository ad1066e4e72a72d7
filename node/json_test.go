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

// A whole text is valid if a value is all of it.
func TestSkipValueAcceptsWhatIsValid(t *testing.T) {
	check := func(t fataler, text []byte) {
		end, err := skipValue(text, skipSpace(text, 0), 0)
		valid := err == nil && skipSpace(text, end) == len(text)
		require.Equal(t, json.Valid(text), valid, "%q: %v", text, err)
	}
	for _, text := range []string{`""`, `"a\u00e9\n"`, `"`, `-1.5e-3`, `-`, `1e`, `[]`, `[1,[2,{"a":null}]]`, `[1,]`, `{"a":1}`, `{"a"}`, `tru`, `x`, ``} {
		check(t, []byte(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, mutated(t, valueText(t, 4)))
	})
}

// Skipping stops right behind the value, whatever follows.
func TestSkipValueEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := valueText(t, 3)
		before := rapid.SampledFrom([]string{"", "[", `"a":`}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", ",1", " ", "]", "}x"}).Draw(t, "after")
		end, err := skipValue([]byte(before+value+after), len(before), 0)
		require.NoError(t, err)
		require.Equal(t, len(before)+len(value), end)
	})
}

func BenchmarkScanEnvelope(b *testing.B) {
	var integers bytes.Buffer
	for i := range 10_000 {
		integers.WriteString("," + strconv.Itoa(i*7))
	}
	for _, bench := range []struct{ name, line string }{
		{"echo", `{"id":1042,"src":"c12","dest":"n1","body":{"type":"echo","msg_id":1042,"echo":"Please echo 57, and then a few words more, so that it has 150 bytes in all"}}`},
		{"read_ok", `{"id":1042,"src":"n1","dest":"c12","body":{"type":"read_ok","in_reply_to":1042,"messages":[` + integers.String()[1:] + `]}}`},
		{"1MiB", `{"id":1042,"src":"c12","dest":"n1","body":{"type":"echo","msg_id":1042,"echo":"` + strings.Repeat("0123456789abcdef", 1<<16) + `"}}`},
	} {
		line := []byte(bench.line)
		b.Run(bench.name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := scanEnvelope(line); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bench.name+"/encoding-json", func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := reference(line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What sending a reply costs: the whole line in one buffer.
func BenchmarkSpliceBody(b *testing.B) {
	body := []byte(`{"echo":"Please echo 57, and then a few words more, so that it has 150 bytes in all"}`)
	fields := reserved{typ: "echo_ok", inReplyTo: 1042, hasInReplyTo: true}
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		line = append(line[:0], `{"src":`...)
		line = appendString(line, "n1")
		line = append(line, `,"dest":`...)
		line = appendString(line, "c12")
		line = append(line, `,"body":`...)
		var err error
		if line, err = spliceBody(line, body, fields); err != nil {
			b.Fatal(err)
		}
		line = append(line, "}\n"...)
	}
	b.SetBytes(int64(len(line)))
}
