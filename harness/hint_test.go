package harness

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStdoutHint(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"hello":                                 "prompts and logs belong on stderr",
		"> {\"src\":\"n0\"}":                    `there is a message behind "> ": prompts`,
		"{'src': 'n0'}":                         "json.dumps",
		"[object Object]":                       "JSON.stringify",
		"map[src:n0]":                           "json.Marshal",
		"{:src \"n0\"}":                         "Ruby or Clojure",
		"{\"src\"=>\"n0\"}":                     "Ruby or Clojure",
		"\xef\xbb\xbf{\"src\":\"n0\"}":          "byte-order mark",
		"\xff\xfe{\x00\"\x00":                   "UTF-16",
		"{\x00\"\x00s\x00r\x00c\x00\"\x00:\x00": "UTF-16",
	} {
		require.Contains(t, stdoutHint([]byte(line)), want, line)
	}
	for _, line := range []string{"", " ", "[]", "7", "null", `{"src":"n0"}`, `{"src":"n0"`, `{"src":"n0"}}`} {
		require.Empty(t, stdoutHint([]byte(line)), line)
	}
}

func TestHalfLine(t *testing.T) {
	t.Parallel()
	var h halfLine
	at := time.Second
	r := h.watch(strings.NewReader("one\ntwo\nthr"), func() stamp { return at })
	read := func(n int) (text string, size int) {
		_, err := r.Read(make([]byte, n))
		require.NoError(t, err)
		text, size, since := h.look()
		require.Equal(t, at, since)
		return text, size
	}
	for _, step := range []struct {
		n    int
		text string
	}{{2, "on"}, {1, "one"}, {1, ""}, {5, "t"}, {2, "thr"}} {
		text, size := read(step.n)
		require.Equal(t, step.text, text)
		require.Equal(t, len(step.text), size)
	}
	h.note([]byte(strings.Repeat("x", 1000)), at)
	text, size, _ := h.look()
	require.Len(t, text, exampleWidth)
	require.Equal(t, 1003, size)
}
