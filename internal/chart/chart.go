// Package chart draws charts as SVG, 800 pixels wide, for READMEs and for reports of runs.
package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"glomers/internal/svg"
)

// A Chart is a row of panels with a common legend.
type Chart struct {
	About  string // a description for readers who cannot see it
	Panels []Panel
}

// A Panel is one system of axes.
type Panel struct {
	Title  string
	X, Y   Axis
	Bands  []svg.Band // of X
	Series []Series
}

// An Axis describes one direction of a panel. Its range covers everything that is drawn.
type Axis struct {
	Label string  // with the unit
	Log   bool    // values that are not positive are left out
	Min   float64 // the range begins here or lower; 0 means at the data, or at 0 on a linear axis
	Max   float64 // the range ends here or higher; 0 means at the data
}

// A Series is a set of points that belong together. Series with the same Name, in any panel, share an entry in the legend,
// which looks like the first of them; a series without a name is not in the legend.
type Series struct {
	Name   string
	Colour string // as in CSS; see package svg
	Line   Line
	Marker Marker
	Points []Point
}

// A Point is a point in a panel. If the bounds of a spread differ, the spread is drawn as a bar.
type Point struct {
	X, Y   float64
	XRange [2]float64 // lowest and highest; zero if there is no spread
	YRange [2]float64
	Label  string // written at the lower left or, if it does not fit there, at the upper right
}

// A Line says how the points of a series are joined.
type Line int

// The lines.
const (
	NoLine Line = iota
	Solid
	Dashed
)

// A Marker is the mark of a point.
type Marker int

// The markers.
const (
	NoMarker Marker = iota
	Dot
	Ring
	Diamond
	Speck // for very many points: points on the same pixel are drawn once
)

// Grey is the colour of bounds, and of entries in the legend that explain a marker.
var Grey = svg.Colour("ink-soft")

// Sizes and distances, in pixels.
const (
	width      = 800
	plotHeight = 300
	left       = 74 // of a panel's plot from the panel's left edge: room for the label and the ticks of Y
	right      = 24 // half of the last tick of X
	top        = 34 // room for the title
	bottom     = 50 // room for the ticks and the label of X
	row        = 20 // of the legend
	swatch     = 26 // the picture in an entry of the legend
	gap        = 18 // between two entries
	radius     = 4  // of a marker
	size       = 13 // of text
)

// SVG returns the chart as a file.
func (c Chart) SVG() []byte {
	entries := c.legend()
	rows := 0
	if len(entries) > 0 {
		rows = entries[len(entries)-1].row + 1
	}
	f := svg.New(width, float64(top+plotHeight+bottom+rows*row+8), c.About)
	each := width / float64(len(c.Panels))
	for i, p := range c.Panels {
		p.draw(f, box{float64(i)*each + left, top, each - left - right, plotHeight})
	}
	for _, e := range entries {
		e.draw(f, top+plotHeight+bottom+float64(e.row)*row+8)
	}
	return f.Bytes()
}

// An entry is a series in the legend.
type entry struct {
	series Series
	row    int
	x      float64
}

// legend returns the entries, arranged in rows of the chart's width.
func (c Chart) legend() []entry {
	var entries []entry
	seen := map[string]bool{}
	x, at := float64(left), 0
	for _, p := range c.Panels {
		for _, s := range p.Series {
			if s.Name == "" || seen[s.Name] {
				continue
			}
			seen[s.Name] = true
			w := swatch + svg.Width(s.Name, size)
			if x+w > width-right && x > left {
				x, at = left, at+1
			}
			entries = append(entries, entry{s, at, x})
			x += w + gap
		}
	}
	return entries
}

func (e entry) draw(f *svg.File, y float64) {
	e.series.line(f, [][2]float64{{e.x, y}, {e.x + swatch - 6, y}})
	if e.series.Marker == Speck {
		e.series.Marker = Dot
	}
	e.series.marker(f, e.x+(swatch-6)/2, y)
	f.Text(e.x+swatch, y+4, "start", "", e.series.Name)
}

// A box is a place on the page.
type box struct{ x, y, w, h float64 }

// draw draws the panel with its plot in b.
func (p Panel) draw(f *svg.File, b box) {
	x := newScale(p.X, p.extent(func(q Point) (float64, [2]float64) { return q.X, q.XRange }), b.x, b.x+b.w, 44)
	y := newScale(p.Y, p.extent(func(q Point) (float64, [2]float64) { return q.Y, q.YRange }), b.y+b.h, b.y, 22)
	f.TicksX(x, b.y, b.y+b.h)
	f.TicksY(y, b.x, b.x+b.w)
	f.Line(b.x, b.y+b.h, b.x+b.w, b.y+b.h, Grey)
	f.Line(b.x, b.y, b.x, b.y+b.h, Grey)
	f.Bands(x, b.y, b.y+b.h, p.Bands)
	f.Text(b.x+b.w/2, b.y-20, "middle", svg.Bold, p.Title)
	f.Text(b.x+b.w/2, b.y+b.h+38, "middle", "", p.X.Label)
	f.Upright(b.x-left+14, b.y+b.h/2, p.Y.Label)
	for _, s := range p.Series {
		s.draw(f, x, y, b)
	}
}

func (s Series) draw(f *svg.File, x, y svg.Scale, b box) {
	points := slices.DeleteFunc(slices.Clone(s.Points), func(p Point) bool { return !x.Has(p.X) || !y.Has(p.Y) })
	line := make([][2]float64, len(points))
	for i, p := range points {
		line[i] = [2]float64{x.At(p.X), y.At(p.Y)}
	}
	s.line(f, line)
	if s.Marker == Speck {
		s.specks(f, line)
		return
	}
	for i, p := range points {
		px, py := line[i][0], line[i][1]
		if r := p.XRange; r[0] != r[1] && x.Has(r[0]) {
			f.Line(x.At(r[0]), py, x.At(r[1]), py, s.Colour)
		}
		if r := p.YRange; r[0] != r[1] && y.Has(r[0]) {
			f.Line(px, y.At(r[0]), px, y.At(r[1]), s.Colour)
		}
		s.marker(f, px, py)
		if px-radius-svg.Width(p.Label, size) >= b.x {
			f.Text(px-radius-2, py+radius+9, "end", "", p.Label)
		} else {
			f.Text(px+radius+2, py-radius-2, "start", "", p.Label)
		}
	}
}

// line draws the line that joins the points.
func (s Series) line(f *svg.File, points [][2]float64) {
	if s.Line == NoLine || len(points) < 2 {
		return
	}
	dashes := ""
	if s.Line == Dashed {
		dashes = ` stroke-dasharray="6 4"`
	}
	var d strings.Builder
	for i, p := range points {
		d.WriteString("ML"[min(i, 1):min(i, 1)+1] + svg.Px(p[0]) + " " + svg.Px(p[1]))
	}
	f.Path(d.String(), s.Colour, 1.8, dashes)
}

// specks draws a speck on each pixel that contains a point.
func (s Series) specks(f *svg.File, points [][2]float64) {
	var d strings.Builder
	seen := make(map[[2]int]bool)
	for _, p := range points {
		pixel := [2]int{int(math.Round(p[0])), int(math.Round(p[1]))}
		if !seen[pixel] {
			seen[pixel] = true
			fmt.Fprintf(&d, "M%d %dh0", pixel[0], pixel[1])
		}
	}
	f.Path(d.String(), s.Colour, 3, "")
}

func (s Series) marker(f *svg.File, x, y float64) {
	switch s.Marker {
	case Dot:
		f.Printf(`<circle cx="%s" cy="%s" r="%d" fill="%s"/>`+"\n", svg.Px(x), svg.Px(y), radius, s.Colour)
	case Ring:
		f.Printf(`<circle cx="%s" cy="%s" r="%d" fill="%s" stroke="%s" stroke-width="1.8"/>`+"\n", svg.Px(x), svg.Px(y), radius, svg.Colour("paper"), s.Colour)
	case Diamond:
		const r = radius + 1
		f.Printf(`<path d="M%s %sl%d %dl%d %dl%d %dz" fill="%s"/>`+"\n", svg.Px(x), svg.Px(y-r), r, r, -r, r, -r, -r, s.Colour)
	}
}

// An extent is a range of values; inverted infinities if it is empty.
type extent struct{ low, high, lowPositive float64 }

func (e *extent) add(v float64) {
	e.low, e.high = min(e.low, v), max(e.high, v)
	if v > 0 {
		e.lowPositive = min(e.lowPositive, v)
	}
}

// newScale returns a scale for an axis that covers e, between two pixels; room is the space for a label.
func newScale(a Axis, e extent, from, to, room float64) svg.Scale {
	low, high := e.low, e.high
	if a.Log {
		low = e.lowPositive
	}
	if a.Min != 0 || !a.Log {
		low = min(low, a.Min)
	}
	if a.Max != 0 {
		high = max(high, a.Max)
	}
	if math.IsInf(low, 0) || math.IsInf(high, 0) || high < low || a.Log && high <= 0 { // nothing to draw
		low, high = 1, 10
	}
	return svg.Fit(a.Log, low, high, from, to, room)
}

// extent returns the lowest and the highest value to be drawn, of one coordinate with its spread. It also returns the lowest
// positive value, which a logarithmic axis needs.
func (p Panel) extent(of func(Point) (float64, [2]float64)) extent {
	e := extent{math.Inf(1), math.Inf(-1), math.Inf(1)}
	for _, s := range p.Series {
		for _, q := range s.Points {
			v, spread := of(q)
			e.add(v)
			if spread[0] != spread[1] {
				e.add(spread[0])
				e.add(spread[1])
			}
		}
	}
	return e
}
