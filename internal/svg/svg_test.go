package svg

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"a<b>&\"'":      "a&lt;b&gt;&amp;&#34;&#39;",
		"\x1b[31m\x00":  "\uFFFD[31m\uFFFD",
		"\u202eright":   "\uFFFDright",
		"\xff\ufffe, é": "\uFFFD\uFFFD, é",
	} {
		require.Equal(t, want, Escape(text))
	}
	require.Equal(t, "abc", Clip("abc", 3))
	require.Equal(t, "éé…", Clip("éééé", 3))
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.1 + 0.2: "0.3", 1000: "1000", 10000: "10,000", 1000000: "1,000,000", -0.5: "-0.5", 0.02: "0.02", 12345.6785: "12345.6785",
	} {
		require.Equal(t, want, Number(v))
	}
	for v, want := range map[float64]string{0: "0", -0.01: "0", 12: "12", 12.34: "12.3", 0.05: "0.1"} {
		require.Equal(t, want, Px(v))
	}
}

func TestLinear(t *testing.T) {
	ticks := func(low, high float64, n int) []float64 { return Linear(low, high, 0, 100, n).Ticks() }
	require.Equal(t, []float64{0, 5, 10, 15, 20}, ticks(0, 20, 5))
	require.Equal(t, []float64{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}, ticks(0, 1, 5))
	require.Equal(t, []float64{7.2, 7.4, 7.6000000000000005}, ticks(7.11, 7.7, 4))
	require.InDelta(t, 25, Linear(10, 50, 0, 100, 4).At(20), 1e-9)
	for least, want := range map[float64]float64{1: 1, 1.1: 2, 0.03: 0.05, 6: 10, 300: 500} {
		require.InDelta(t, want, RoundStep(least, true), 1e-12)
	}
}

func TestBands(t *testing.T) {
	f := New(100, 100, "")
	f.Bands(Linear(0, 10, 0, 100, 5), 10, 90, []Band{{-5, 1, "early"}, {1.5, 2, "no room"}, {8, 20, "late"}, {11, 12, "beyond"}})
	text := string(f.Bytes())
	require.Contains(t, text, "M0 10H10V90H0ZM15 10H20V90H15ZM80 10H100V90H80Z")
	require.Contains(t, text, ">early<")
	require.Contains(t, text, ">late<")
	require.NotContains(t, text, "no room")
	require.NotContains(t, text, "beyond")
	require.Equal(t, 1, strings.Count(text, "fill-opacity"), "faults at the same time are not darker")
}
