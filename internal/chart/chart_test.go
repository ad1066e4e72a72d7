package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/svg"
)

func example() Chart {
	return Chart{About: "cost & latency", Panels: []Panel{
		{
			Title: "<quiet>", X: Axis{Label: "latency, ms", Log: true}, Y: Axis{Label: "msgs/op", Log: true},
			Series: []Series{
				{Name: "ours", Colour: svg.Hue(0), Line: Solid, Marker: Dot, Points: []Point{
					{X: 110, Y: 12, XRange: [2]float64{100, 120}, Label: "a label that does not fit at its left"},
					{X: 1700, Y: 0.31, YRange: [2]float64{0.3, 0.32}, Label: "1.7 s"},
					{X: 0, Y: 1}, // cannot be drawn
				}},
				{Name: "bound", Colour: Grey, Line: Dashed, Points: []Point{{X: 100, Y: 10}, {X: 1000, Y: 0.5}}},
			},
		},
		{
			Title: "rate", X: Axis{Label: "ops/s"}, Y: Axis{Label: "ms"},
			Series: []Series{
				{Name: "ours", Colour: svg.Hue(0), Marker: Ring, Points: []Point{{X: 3, Y: 7}}},
				{Colour: svg.Hue(1), Marker: Diamond, Points: []Point{{X: 5, Y: 9}}},
			},
		},
	}}
}

func requireXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, text)
	}
}

func TestSVG(t *testing.T) {
	svg := string(example().SVG())
	require.Equal(t, svg, string(example().SVG()))

	requireXML(t, svg)
	require.Contains(t, svg, "<title>cost &amp; latency</title>")
	require.Contains(t, svg, "&lt;quiet&gt;")
	require.Contains(t, svg, `fill="#ffffff"`)
	require.NotContains(t, svg, "NaN")
	require.NotContains(t, svg, "Inf")
	require.Equal(t, 1, strings.Count(svg, ">ours</text>"), "one entry of the legend for a name")
	require.Contains(t, svg, `text-anchor="end">1.7 s`)
	require.Contains(t, svg, `text-anchor="start">a label`)
	require.Contains(t, svg, "stroke-dasharray")
}

func TestAnEmptyChartIsAChart(t *testing.T) {
	svg := string(Chart{Panels: []Panel{{X: Axis{Log: true}}}}.SVG())
	require.NotContains(t, svg, "NaN")
	require.Contains(t, svg, "</svg>")
}

func TestLegendWraps(t *testing.T) {
	c := Chart{Panels: []Panel{{}}}
	for _, name := range []string{"one", "two", "three", "four"} {
		c.Panels[0].Series = append(c.Panels[0].Series, Series{Name: strings.Repeat(name+" ", 10)})
	}
	entries := c.legend()
	require.Len(t, entries, 4)
	require.Equal(t, []int{0, 0, 1, 2}, []int{entries[0].row, entries[1].row, entries[2].row, entries[3].row})
	require.Equal(t, entries[0].x, entries[2].x)
}

func TestScales(t *testing.T) {
	for name, c := range map[string]struct {
		axis      Axis
		low, high float64
		ticks     []float64
	}{
		"linear begins at 0":        {Axis{}, 3, 9, []float64{0, 2, 4, 6, 8, 10}},
		"linear below 0":            {Axis{}, -1, 1, []float64{-1, -0.5, 0, 0.5, 1}},
		"linear with bounds":        {Axis{Min: 0.5, Max: 1}, 0.7, 0.9, []float64{0.5, 0.6, 0.7, 0.8, 0.9, 1}},
		"one value 0":               {Axis{}, 0, 0, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		"a decade":                  {Axis{Log: true}, 1.5, 9, []float64{1, 2, 5, 10}},
		"one value, logarithmic":    {Axis{Log: true}, 5, 5, []float64{5, 10, 20, 50}},
		"many decades":              {Axis{Log: true}, 1, 9000, []float64{1, 10, 100, 1000, 10000}},
		"logarithmic with bounds":   {Axis{Log: true, Min: 10, Max: 100}, 20, 30, []float64{10, 20, 50, 100}},
		"nothing above 0":           {Axis{Log: true}, -1, 0, []float64{1, 2, 5, 10}},
		"data beyond the bounds":    {Axis{Log: true, Min: 10, Max: 100}, 20, 300, []float64{10, 20, 50, 100, 200, 500}},
		"less than one, not a tick": {Axis{Log: true}, 0.031, 0.09, []float64{0.02, 0.05, 0.1}},
	} {
		t.Run(name, func(t *testing.T) {
			e := extent{math.Inf(1), math.Inf(-1), math.Inf(1)}
			e.add(c.low)
			e.add(c.high)
			s := newScale(c.axis, e, 100, 400, 30)
			require.InDeltaSlice(t, c.ticks, s.Ticks(), 1e-9)
			require.InDelta(t, 100, s.At(c.ticks[0]), 1e-6)
			require.InDelta(t, 400, s.At(c.ticks[len(c.ticks)-1]), 1e-6)
		})
	}
}

func TestCycle(t *testing.T) {
	lines := make([]string, 20)
	for i := range lines {
		lines[i] = strings.Repeat("long ", 30)
	}
	c := Cycle{Title: "G<&>1c", Steps: []Step{
		{"T1, op 3", []string{`wrote "<script>" to key 7`}, "wr", "T1 wrote \x1b[31m1 to key 7, \u202ewhich T2 read"},
		{"T2, op 9", lines, "rw", strings.Repeat("a reason that is long ", 20)},
		{"T3, op 11", nil, "realtime", strings.Repeat("x", 500)},
	}}
	svg := string(c.SVG())
	requireXML(t, svg)
	require.Equal(t, svg, string(c.SVG()))
	require.Contains(t, svg, "G&lt;&amp;&gt;1c")
	require.NotContains(t, svg, "<script>")
	require.NotContains(t, svg, "\x1b")
	require.NotContains(t, svg, "\u202e")
	require.Contains(t, svg, "… and 9 more")
	require.Equal(t, 3, strings.Count(svg, "marker-end"), "an arrow from each step")
	require.Contains(t, svg, "H28V55H59", "the last arrow leads back to the first step")

	one := Cycle{Steps: []Step{{Name: "T1", Kind: "ww", Why: "it"}}}
	requireXML(t, string(one.SVG()))
}

func TestWrap(t *testing.T) {
	require.Nil(t, wrap("", 10))
	require.Equal(t, []string{"ab cd", "ef"}, wrap(" ab cd\nef ", 5))
	require.Equal(t, []string{"abcd…", "éé éé"}, wrap("abcdef éé éé", 5))
}
