package terminal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/internal/terminal"
)

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"plain, ünïcode, 漢字, 👩\u200d🚀, a\tb\nc":          "plain, ünïcode, 漢字, 👩\u200d🚀, a\tb\nc",
		"\x1b[2J\x1b]0;title\a":                          `\x1b[2J\x1b]0;title\x07`,
		"valid\rinvalid\b\v\f\x00\x7f":                   `valid\rinvalid\x08\x0b\x0c\x00\x7f`,
		"\u009b31m\u0085\u0080\u009f":                    `\u009b31m\u0085\u0080\u009f`,
		"\x9b31m, half \xe2\x82":                         `\x9b31m, half \xe2\x82`,
		"\u202edilav\u202c \u2066x\u2069":                `\u202edilav\u202c \u2066x\u2069`,
		"\u200e\u200f\u061c\u2028\u2029\ufeff\U000e0041": `\u200e\u200f\u061c\u2028\u2029\ufeff\U000e0041`,
		"\xed\xa0\x80, \ufffd":                           `\xed\xa0\x80, ` + "\ufffd",
		`\x1b stays`:                                     `\x1b stays`,
	} {
		require.Equal(t, want, terminal.Escape(text))
		require.Equal(t, strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(want), terminal.Line(text))
	}
}

// The output does not depend on how a text is divided into writes.
func TestWriter(t *testing.T) {
	const text = "é漢👩 \xe2\x82\u009b\x1b[m\n\xf0\x9f"
	for size := 1; size <= len(text); size++ {
		var b bytes.Buffer
		w := terminal.NewWriter(&b, false)
		for rest := text; rest != ""; {
			n, err := w.Write([]byte(rest[:min(size, len(rest))]))
			require.NoError(t, err)
			require.Equal(t, min(size, len(rest)), n)
			rest = rest[n:]
		}
		require.NoError(t, w.Flush())
		require.NoError(t, w.Flush())
		require.Equal(t, terminal.Escape(text), b.String())
	}
	_, err := terminal.NewWriter(failing{}, false).Write([]byte("x"))
	require.ErrorIs(t, err, iotest.ErrTimeout)
}

// A Text has our colours, and nobody else's.
func TestText(t *testing.T) {
	const control = "\x1b[31mred\u009b"
	for _, coloured := range []bool{false, true} {
		var b bytes.Buffer
		w := terminal.NewWriter(&b, coloured)
		_, err := io.WriteString(w, "\xe2") // the first byte of a character that does not go on
		require.NoError(t, err)
		text := terminal.NewText(w)
		fmt.Fprintf(text, "%s\n", control)
		text.Add(terminal.Bold, control+"\nx\n")
		text.Add(terminal.Plain, "plain")
		require.NoError(t, text.Print(w))
		escaped := terminal.Escape(control)
		want := `\xe2` + escaped + "\n" + escaped + "\nx\nplain"
		if coloured {
			want = `\xe2` + escaped + "\n\x1b[1m" + escaped + "\x1b[0m\n\x1b[1mx\x1b[0m\nplain"
		}
		require.Equal(t, want, b.String())
	}
	var b bytes.Buffer
	text := terminal.NewText(&b)
	text.Add(terminal.Alarm, control)
	require.NoError(t, text.Print(&b))
	require.Equal(t, terminal.Escape(control), b.String())
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, iotest.ErrTimeout }

func TestJSON(t *testing.T) {
	for _, s := range []string{"plain ü", "\u009b31m\x7f\u202e\u2028\U000e0041\x1b\n", "👩\u200d🚀"} {
		b, err := json.MarshalIndent(map[string]string{s: s}, "", "\t")
		require.NoError(t, err)
		escaped := terminal.JSON(b)
		var back map[string]string
		require.NoError(t, json.Unmarshal(escaped, &back))
		require.Equal(t, map[string]string{s: s}, back)
		require.Equal(t, string(escaped), terminal.Escape(string(escaped)))
	}
	require.Equal(t, `"\ufffd\ufffd"`, string(terminal.JSON([]byte("\"\x9b\xe2\""))))
}

func TestHandler(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(terminal.Handler(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})))
	const bad = "\x1b[2J\u202e\n"
	log.With("w"+bad, bad).WithGroup("g"+bad).Info(bad, "n", 7, "s", bad, "e", errors.New(bad), slog.Group("in", "x", bad))
	require.Equal(t, 1, strings.Count(b.String(), "\n"))
	require.Equal(t, 1, strings.Count(b.String(), `x1b[2J`), b.String())
	require.Equal(t, 9, strings.Count(b.String(), `u001b[2J`), b.String())
	require.Contains(t, b.String(), ".n=7 ")
	require.Equal(t, b.String(), terminal.Escape(b.String()))
	require.NotContains(t, b.String(), "\u202e")
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b[31m\u009b\x9b\u202e\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		escaped, line := terminal.Escape(text), terminal.Line(text)
		require.True(t, utf8.ValidString(escaped))
		require.Equal(t, escaped, terminal.Escape(escaped), "what is escaped is safe")
		require.Equal(t, line, terminal.Line(line))
		require.NotContains(t, line, "\n")
		for _, r := range escaped {
			require.False(t, r < ' ' && r != '\n' && r != '\t' || 0x7f <= r && r < 0xa0, "%q", r)
		}
	})
}
