package history_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

const (
	readJSON = `{"index":0,"time":1,"type":"invoke","process":0,"f":"read","value":null}`
	readEDN  = "{:index 0, :type :invoke, :time 1, :process 0, :f :read, :value nil}"
)

func pack(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func TestReadFile(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "history")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	texts := []string{
		readJSON,
		"\n { " + readJSON[1:],
		"[" + readJSON + "]",
		" [ \n" + readJSON + "\n ] \n",
		readEDN,
		"[" + readEDN + "]",
		"(" + readEDN + ")",
		"; from elsewhere\n#jepsen.history.Op" + readEDN,
		"; [{(\"\n[ ; \"}\n #_ {:a 1} #_ b " + readEDN + " ;)}\n, ] ; the end",
		"#jepsen.history.Op " + readEDN,
		strings.ReplaceAll(readEDN, ":value nil", `:value nil, :debug [\] \} "]}\"" #{\"}]`),
		strings.ReplaceAll(readJSON, ",", "\t, "),
	}
	for _, text := range texts {
		for _, text := range []string{text, "\ufeff" + text, pack(t, text), pack(t, "\ufeff"+text), strings.ReplaceAll(text, "\n", "\r\n")} {
			ops, err := history.ReadFile(write(text))
			require.NoError(t, err, text)
			require.Equal(t, []history.Op{{Time: 1, Type: history.Invoke, F: "read", Value: json.RawMessage("null")}}, ops)
		}
	}
	for _, empty := range []string{"", "[]", " [ ] ", "()", "\ufeff", "; nothing\n", pack(t, "")} {
		ops, err := history.ReadFile(write(empty))
		require.NoError(t, err, empty)
		require.Empty(t, ops)
	}

	for text, want := range map[string]string{
		"{\"type\":\"invoke\"}\n{\"index\":0}":     "history: line 1: no field index, time, process, f and value",
		readEDN + "\n)":                            "edn: line 2: ')' without its opening",
		"rubbish":                                  "line 1: want a map",
		"[" + readJSON + "\n" + readJSON + "]":     "line 1: invalid character '{' after top-level value",
		"[" + readJSON + ",\n{}]":                  "line 2: no field ",
		"[\n" + readJSON + ",\n{\n\"a\":\n1b}]":    "line 3: invalid character",
		"[" + readJSON:                             "line 1: the text ends within the array",
		"[" + readJSON + ",":                       "line 1: the text ends within the array",
		"[" + readJSON + ",{":                      "line 1: the text ends within the array",
		"[" + readJSON + "\n] {":                   "line 2: '{' after the end of the array",
		"[" + readJSON + ",]":                      "line 1: unexpected end of JSON input",
		"JEPSEN\x00\x00\x00\x01":                   "a test.jepsen, in Jepsen's binary format: want the history.edn beside it",
		"\xff\xfe{\x00":                            "this is UTF-16: want UTF-8",
		"{\x00":                                    "this is not text: it has null bytes",
		pack(t, readJSON)[:30]:                     "unexpected EOF",
		"\x1f\x8bnot gzip":                         "gzip: ",
		`{"index":0,` + readJSON[1:]:               `line 1: field "index" twice`,
		strings.ReplaceAll(readEDN, ":time 1", ""): "line 1: no field time",
	} {
		path := write(text)
		ops, err := history.ReadFile(path)
		require.ErrorContains(t, err, path+": history: ", text)
		require.ErrorContains(t, err, want)
		require.Empty(t, ops)
	}
	_, err := history.ReadFile(t.TempDir())
	require.Error(t, err)
	_, err = history.ReadFile(filepath.Join(t.TempDir(), "nosuch"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// An endless reader returns the same bytes for ever.
type endless struct {
	bytes string
	read  int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.bytes[(e.read+int64(n))%int64(len(e.bytes)):])
	}
	e.read += int64(n)
	return n, nil
}

// Input that is too long is not read to its end, whatever the format.
func TestLimits(t *testing.T) {
	const limit = 100_000
	r := history.Reader{}.WithLimits(limit, 5*limit)
	for begin, rest := range map[string]string{
		`{"index":0,"value":"`:   "x",
		`{"index":0,"value":[`:   "1,",
		`[{"index":0,"value":"`:  "x",
		`[{"index":0,"value":[[`: "1,",
		"{:index 0 :value [":     "1 ",
		`{:index 0 :value "`:     "x",
		"[{:index 0 :value ;":    "x",
	} {
		e := &endless{bytes: rest}
		_, err := r.Read(io.MultiReader(strings.NewReader(begin), e))
		require.ErrorContains(t, err, "line 1: an operation of more than 100000 bytes, which is the limit")
		require.Less(t, e.read, int64(2*limit))
	}
	// The limit for a packed file applies to its unpacked size.
	for _, begin := range []string{readJSON + "\n", readEDN + "\n"} {
		packed := pack(t, begin+strings.Repeat("\n", 6*limit))
		require.Less(t, len(packed), limit)
		_, err := r.Read(strings.NewReader(packed))
		require.ErrorContains(t, err, "more than 500000 bytes, which is the limit for a history")
	}
}

// FuzzReader: every history that is read can be written in our own format, and read again.
func FuzzReader(f *testing.F) {
	for _, text := range []string{readJSON, "[" + readJSON + "]", readEDN, "[" + readEDN + "]", "\ufeff" + readJSON, "[" + readJSON + ",", "\x1f\x8b"} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, tolerant bool) {
		r := history.Reader{}
		if tolerant {
			r.Tolerate = history.Deviations()
		}
		ops, err := r.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, history.Write(&out, ops))
		back, err := r.Read(&out)
		require.NoError(t, err)
		require.Len(t, back, len(ops))
	})
}

// Sixty megabytes of brackets would take gigabytes once a checker reads them.
func TestTooManyValues(t *testing.T) {
	t.Parallel()
	const op = `{"index":0,"time":0,"type":"invoke","process":0,"f":"read","value":[%s]}`
	for value, says := range map[string]string{
		strings.Repeat("[],", history.MaxValues) + "[]":             "history: line 1: an operation with more than 2000000 values in it",
		strings.Repeat(`{"a":1},`, history.MaxValues/3) + `7`:       "history: line 1: an operation with more than 2000000 values in it",
		strings.Repeat("1,", history.MaxValues/2) + "1":             "",
		`"` + strings.Repeat(`[,{:\"`, history.MaxValues/2) + `",1`: "", // a text
	} {
		_, err := history.Reader{}.Read(strings.NewReader(fmt.Sprintf(op, value)))
		if says == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, says)
		}
	}
	_, err := history.Reader{}.Read(strings.NewReader("{:index 0, :value [" + strings.Repeat("[]", history.MaxValues) + "]}"))
	require.ErrorContains(t, err, "more than 2000000 values in one")
}
