package program

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: needs a shell of Unix; see TestQuoteForWindows")
	}
	for word, want := range map[string]string{"a/b-c.d": "a/b-c.d", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'"} {
		require.Equal(t, want, Quote(word))
	}
}

func TestQuoteForWindows(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		`C:\bin\echo.exe`:   `C:\bin\echo.exe`,
		"":                  `""`,
		`C:\my nodes\x.exe`: `"C:\my nodes\x.exe"`,
		`C:\my nodes\`:      `"C:\my nodes\\"`,
		`say "hi"`:          `"say \"hi\""`,
		`a\"b`:              `"a\\\"b"`,
		"it's":              `"it's"`,
		"a&b":               `"a&b"`,
	} {
		require.Equal(t, want, quoteForWindows(word), word)
	}
}
