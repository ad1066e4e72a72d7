package service

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Error texts quote values, but not whole logs.
func TestClip(t *testing.T) {
	require.Equal(t, `[1,"a b"]`, clip(json.RawMessage(`[1, "a b"]`)))
	for n := range 10 {
		got := clip(json.RawMessage(`"` + strings.Repeat("x", 90+n) + strings.Repeat("é", 1000) + `"`))
		require.LessOrEqual(t, len(got), 103)
		require.Greater(t, len(got), 95)
		require.True(t, utf8.ValidString(got))
		require.True(t, strings.HasSuffix(got, "…"))
	}
	require.LessOrEqual(t, len(clip(json.RawMessage(strings.Repeat("\x80", 1000)))), 103, "no text at all")
}
