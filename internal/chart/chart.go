// Package chart draws charts as SVG, for READMEs: 800 pixels wide, on a white ground of their own so that they
// can be read in dark mode too. The same chart gives the same bytes.
//
// It needs no measuring of text, which only the reader's browser could do: widths are estimated, and nothing depends on them but
// where a legend is wrapped.
package chart

import (
	"math"
	"slices"
	"unicode/utf8"
)

// A Chart is some panels side by side, with one legend for all.
type Chart struct {
	About  string // what it shows, for those who do not see it
	Panels []Panel
}

// A Panel is one system of axes.
type Panel struct {
	Title  string
	X, Y   Axis
	Series []Series
}

// An Axis is what a direction of a panel stands for. Its range holds all that is to be drawn.
type Axis struct {
	Label string  // with the unit
	Log   bool    // what is not above 0 has no place on it, and is left out
	Min   float64 // at least from here; 0 means from the data, or on a linear axis from 0
	Max   float64 // at least to here; 0 means to the data
}

// A Series is points that belong together. Those of one Name, in any panel, share an entry of the legend, which
// looks as the first of them does; without a name there is none.
type Series struct {
	Name   string
	Colour string // as in CSS; see Colour
	Line   Line
	Marker Marker
	Points []Point
}

// A Point is a place in a panel. Where the bounds of a spread differ, they are drawn as a bar.
type Point struct {
	X, Y   float64
	XRange [2]float64 // lowest and highest; zero if there is no spread
	YRange [2]float64
	Label  string // written to the lower left, or if it does not fit there to the upper right
}

// A Line is how the points of a series are joined.
type Line int

// The lines.
const (
	NoLine Line = iota
	Solid
	Dashed
)

// A Marker is what marks a point.
type Marker int

// The markers.
const (
	NoMarker Marker = iota
	Dot
	Ring
	Diamond
)

// Grey is for bounds and for entries of the legend that explain a marker.
const Grey = "#666666"

// Colour returns the colour i, from 0, of a palette that colour-blind people can tell apart
// (Okabe and Ito 2008); after eight it begins anew.
func Colour(i int) string {
	palette := []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b8a800"}
	return palette[i%len(palette)]
}

// The measures, in pixels.
const (
	width       = 800
	plotHeight  = 300
	left        = 74 // of a panel's plot from the panel's left edge: room for the label and the ticks of Y
	right       = 24 // half of the last tick of X
	top         = 34 // room for the title
	bottom      = 50 // room for the ticks and the label of X
	row         = 20 // of the legend
	swatch      = 26 // the picture in an entry of the legend
	gap         = 18 // between two entries
	radius      = 4  // of a marker
	letterWidth = 7  // a little more than the mean
)

// SVG returns the chart as a file.
func (c Chart) SVG() []byte {
	entries := c.legend()
	rows := 0
	if len(entries) > 0 {
		rows = entries[len(entries)-1].row + 1
	}
	f := newFile(width, top+plotHeight+bottom+rows*row+8, c.About)
	each := width / float64(len(c.Panels))
	for i, p := range c.Panels {
		p.draw(f, box{float64(i)*each + left, top, each - left - right, plotHeight})
	}
	for _, e := range entries {
		e.draw(f, top+plotHeight+bottom+float64(e.row)*row+8)
	}
	return f.bytes()
}

// An entry is a series in the legend.
type entry struct {
	series Series
	row    int
	x      float64
}

// legend returns the entries, wrapped to the width.
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
			w := float64(swatch + utf8.RuneCountInString(s.Name)*letterWidth)
			if x+w > width-right && x > left {
				x, at = left, at+1
			}
			entries = append(entries, entry{s, at, x})
			x += w + gap
		}
	}
	return entries
}

func (e entry) draw(f *file, y float64) {
	f.path([][2]float64{{e.x, y}, {e.x + swatch - 6, y}}, e.series.Colour, e.series.Line)
	f.marker(e.x+(swatch-6)/2, y, e.series.Colour, e.series.Marker)
	f.text(e.x+swatch, y+4, "start", "", e.series.Name)
}

// A box is a place on the page.
type box struct{ x, y, w, h float64 }

// draw draws the panel with its plot in b.
func (p Panel) draw(f *file, b box) {
	x := newScale(p.X, p.extent(func(q Point) (float64, [2]float64) { return q.X, q.XRange }), b.x, b.x+b.w, 44)
	y := newScale(p.Y, p.extent(func(q Point) (float64, [2]float64) { return q.Y, q.YRange }), b.y+b.h, b.y, 22)
	for _, t := range x.ticks() {
		f.line(x.at(t), b.y, x.at(t), b.y+b.h, "#e4e4e4")
		f.text(x.at(t), b.y+b.h+17, "middle", "", number(t))
	}
	for _, t := range y.ticks() {
		f.line(b.x, y.at(t), b.x+b.w, y.at(t), "#e4e4e4")
		f.text(b.x-6, y.at(t)+4, "end", "", number(t))
	}
	f.line(b.x, b.y+b.h, b.x+b.w, b.y+b.h, "#333333")
	f.line(b.x, b.y, b.x, b.y+b.h, "#333333")
	f.text(b.x+b.w/2, b.y-12, "middle", "bold", p.Title)
	f.text(b.x+b.w/2, b.y+b.h+38, "middle", "", p.X.Label)
	f.upright(b.x-left+14, b.y+b.h/2, p.Y.Label)
	for _, s := range p.Series {
		s.draw(f, x, y, b)
	}
}

func (s Series) draw(f *file, x, y scale, b box) {
	points := slices.DeleteFunc(slices.Clone(s.Points), func(p Point) bool { return !x.has(p.X) || !y.has(p.Y) })
	line := make([][2]float64, len(points))
	for i, p := range points {
		line[i] = [2]float64{x.at(p.X), y.at(p.Y)}
	}
	f.path(line, s.Colour, s.Line)
	for i, p := range points {
		px, py := line[i][0], line[i][1]
		if r := p.XRange; r[0] != r[1] && x.has(r[0]) {
			f.line(x.at(r[0]), py, x.at(r[1]), py, s.Colour)
		}
		if r := p.YRange; r[0] != r[1] && y.has(r[0]) {
			f.line(px, y.at(r[0]), px, y.at(r[1]), s.Colour)
		}
		f.marker(px, py, s.Colour, s.Marker)
		if px-radius-float64(utf8.RuneCountInString(p.Label)*letterWidth) >= b.x {
			f.text(px-radius-2, py+radius+9, "end", "", p.Label)
		} else {
			f.text(px+radius+2, py-radius-2, "start", "", p.Label)
		}
	}
}

// extent returns the lowest and the highest value that is to be drawn, of a coordinate with its spread. Of the values above 0 it
// returns the lowest, too, which is what a logarithmic axis needs.
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
