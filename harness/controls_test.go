package harness

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEscapeControls(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{\"a\":\t\"b\\\"\tc\"}": `{"a":` + "\t" + `"b\"\u0009c"}`,
		"\"\x01\\\\\" \t":        `"\u0001\\" ` + "\t",
		`{"a":"b"}`:              `{"a":"b"}`,
		"\"no end\t":             `"no end\u0009`,
	} {
		require.Equal(t, want, string(escapeControls([]byte(text))))
	}
	l, problem := parseLine([]byte("{\"src\":\"n0\",\"dest\":\"n1\",\"body\":{\"text\":\"a\tb\"}}"))
	require.Empty(t, problem)
	require.Equal(t, line{"n0", "n1", []byte(`{"text":"a\u0009b"}`)}, l)
	for _, text := range []string{"{\"src\":\t}", "{\x01}", "\"a\\\tb\"", "{\"a\":\"\x01\"\x01}"} {
		_, problem := parseLine([]byte(text))
		require.Contains(t, problem, "is not JSON", text)
	}
}
