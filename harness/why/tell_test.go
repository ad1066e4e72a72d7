package why

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/internal/terminal"
)

func TestTell(t *testing.T) {
	t.Parallel()
	require.Empty(t, Telling{}.Text(nil))
	long := lostValue
	long.So = strings.Repeat("nobody sent it again ", 6) + "\x1b[2J"
	causes := []Cause{long, lostValue, lostValue, lostValue, lostValue}
	telling := Telling{
		Look:   func(n int, _ Cause) string { return "report.html#why" + string(rune('0'+n)) + "\x1b[2J" },
		Others: "glomers why --all store/latest",
	}
	text := telling.Text(causes)
	require.True(t, strings.HasPrefix(text, "  why: value 17 is missing from n2\n"))
	require.Contains(t, text, "\n     1.672 s  n1 sends 17 to n2, which never gets it\n")
	require.Contains(t, text, "\n        sent it again", "the second line stands below the first")
	require.Contains(t, text, "\n    look at report.html#why3\\x1b[2J\n")
	require.Contains(t, text, "\n  and 2 more causes: glomers why --all store/latest\n")
	require.Equal(t, Told, strings.Count(text, "why: "))
	require.NotContains(t, text, "\x1b")
	telling.All = true
	text = telling.Text(causes)
	require.Equal(t, len(causes), strings.Count(text, "why: "))
	require.NotContains(t, text, "more cause")
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	for ns, want := range map[int64]string{999_600_000: "1 s", 999_400_000: "999 ms", 999_999: "1 ms", 1_500_000_000: "1.5 s", 999: "999 ns", 0: "0 ns"} {
		require.Equal(t, want, ms(ns))
	}
}

// On a terminal with colours, a story has the same words in the same places.
func TestTellWithColours(t *testing.T) {
	t.Parallel()
	hostile := lostValue
	hostile.Headline = strings.Repeat("a long headline ", 8) + "\x1b[2J"
	hostile.Others = "\x1b[31mred"
	text := terminal.NewText(terminal.NewWriter(io.Discard, true))
	Telling{}.To(text, []Cause{hostile})
	require.Contains(t, text.String(), "\x1b[1;31m  why: \x1b[0m\x1b[1;31ma long headline")
	require.Contains(t, text.String(), "\x1b[2m     1.672 s  \x1b[0mn1 sends 17")
	require.Contains(t, text.String(), "\x1b[1m    So: \x1b[0mnothing")
	plain := regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(text.String(), "")
	require.Equal(t, Telling{}.Text([]Cause{hostile}), plain)
	require.NotContains(t, plain, "\x1b")
	for line := range strings.Lines(plain) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), maxWidth+1)
	}
}
