package pretty

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Up to maxDepth, the result is that of encoding/json.
func TestJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `[]`, `null`, `"a\"b\\"`, `[1,2.5,"x",null,true]`, `{"a":{},"b":[],"c":{"d":[{"e":"{[,:]}"}]}}`, `[[],[[]],{"":""}]`,
	} {
		want, err := json.MarshalIndent(json.RawMessage(text), "", "  ")
		require.NoError(t, err)
		got, err := JSON(json.RawMessage(text))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
	_, err := JSON(func() {})
	require.Error(t, err)
}

func TestJSONProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := value(t, maxDepth)
		want, err := json.MarshalIndent(v, "", "  ")
		require.NoError(t, err)
		got, err := JSON(v)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}

func value(t *rapid.T, depth int) any {
	switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
	case kind == 0 || depth == 0:
		return rapid.String().Draw(t, "string")
	case kind == 1:
		return rapid.Float64Range(-1e9, 1e9).Draw(t, "number")
	case kind == 2:
		m := map[string]any{}
		for range rapid.IntRange(0, 3).Draw(t, "fields") {
			m[rapid.String().Draw(t, "name")] = value(t, depth-1)
		}
		return m
	default:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			list = append(list, value(t, depth-1))
		}
		return list
	}
}

// A node's value with thousands of brackets, or with many elements at a great depth, takes little more space than its
// compact form.
func TestDeep(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000),
		strings.Repeat("[", 900) + strings.Repeat("1,", 100_000) + "1" + strings.Repeat("]", 900),
	} {
		got, err := JSON(json.RawMessage(text))
		require.NoError(t, err)
		require.Less(t, len(got), len(text)+1000)
		var back bytes.Buffer
		require.NoError(t, json.Compact(&back, got))
		require.Equal(t, text, back.String())
	}
}
