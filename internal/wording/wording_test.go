package wording

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEnumerations(t *testing.T) {
	for n, want := range [][2]string{{"", ""}, {"a", "a"}, {"a or b", "a and b"}, {"a, b or c", "a, b and c"}} {
		words := []string{"a", "b", "c"}[:n]
		require.Equal(t, want, [2]string{Or(words), And(words)})
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ns", 17: "17 ns", 1500: "1.5 µs", 12_345_678: "12.3 ms", 9_870_000_000: "9.87 s",
		999_400_000: "999 ms", 999_600_000: "1 s", 999_999: "1 ms", 1_234_567_000_000: "1235 s",
	} {
		require.Equal(t, want, Duration(d))
	}
}

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.000123456: "0.000123", 2.126: "2.13", 12.34: "12.3", 999.4: "999", 999.6: "1000", 1250: "1250", -1250.4: "-1250", 1.25e12: "1250000000000"} {
		require.Equal(t, want, Number(x, 3))
	}
	require.Equal(t, "1250", Number(1250.2, 4))
	require.Equal(t, "125.3", Number(125.26, 4))
}

func TestBytes(t *testing.T) {
	for n, want := range map[float64]string{0: "0 bytes", 0.25: "0.25 bytes", 999: "999 bytes", 999.6: "1 kB", 65432: "65.4 kB", 999_600: "1 MB", 12_345_678: "12.3 MB", 1.5e9: "1.5 GB", 1.5e12: "1500 GB"} {
		require.Equal(t, want, Bytes(n))
	}
}

func TestLimit(t *testing.T) {
	for n, want := range map[int64]string{64 << 20: "64 MiB", 1 << 30: "1024 MiB", 3 << 10: "3 KiB", 2_000_000: "2 MB", 100: "100 bytes"} {
		require.Equal(t, want, Limit(n))
	}
}

func TestHanging(t *testing.T) {
	require.Equal(t, "why\n    more\n    yet more", Hanging("why\nmore\nyet more"))
}

func TestPlural(t *testing.T) {
	require.Equal(t, "1 reply", Plural(1, "reply"))
	require.Equal(t, "0 replies", Plural(0, "reply"))
	require.Equal(t, "2 events", Plural(2, "event"))
	require.Equal(t, "2 delays", Plural(2, "delay"))
}

func TestClip(t *testing.T) {
	require.Equal(t, "äb", Clip("äb", 3))
	require.Equal(t, "äb…", Clip("äbcd", 3))
	require.Equal(t, "ä…", Clip(json.RawMessage("ääb"), 3), "no half character")
	require.Equal(t, "…", Clip("ä", 1))
	require.Equal(t, "\x80…", Clip("\x80\x80\x80\x80\x80\x80", 5), "what is not UTF-8 loses no more than a character takes")

	require.Equal(t, "abc", ClipCounted([]byte("abc"), 3))
	require.Equal(t, "ab… (3 bytes)", ClipCounted("abc", 2))
}

func TestWrap(t *testing.T) {
	require.Equal(t, "", Wrap(" ", 5, ""))
	require.Equal(t, "ab cd\n  efg\n  hijklmno\n  p", Wrap("ab cd efg hijklmno p", 5, "  "))
	require.Equal(t, "ää öö\nü", Wrap("ää öö ü", 5, ""))
}
