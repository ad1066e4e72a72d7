package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"glomers/harness/history"
)

// A series is a named set of things in a plot.
type series struct {
	name, colour string
	x, y         []float64 // s, and what the plot is of
}

// A plot is a picture of series over the time of the run.
type plot struct {
	title, unit string
	isLogarithm bool
	isDots      bool // or else lines
	series      []series
}

// operations returns the names of what clients did, in order, and a series for each outcome of each that there was.
func (r *record) operations(add func(s *series, at int)) []series {
	index := make(map[string]*series)
	for i, op := range r.ops {
		if op.Process == history.Nemesis || op.Type == history.Invoke || r.pairs[i] < 0 {
			continue
		}
		name := op.F + " " + string(op.Type)
		s := index[name]
		if s == nil {
			s = &series{name: name}
			index[name] = s
		}
		add(s, i)
	}
	var all []series
	next := 0
	for _, name := range slices.Sorted(maps.Keys(index)) {
		s := index[name]
		switch {
		case strings.HasSuffix(name, " fail"):
			s.colour = failColour
		case strings.HasSuffix(name, " info"):
			s.colour = infoColour
		default:
			s.colour = colour(next)
			next++
		}
		all = append(all, *s)
	}
	return all
}

// drawLatency draws how long each operation took.
func (r *record) drawLatency(w io.Writer) error {
	all := r.operations(func(s *series, at int) {
		began := r.ops[r.pairs[at]].Time
		s.x = append(s.x, seconds(began))
		s.y = append(s.y, max(1e-3, seconds(r.ops[at].Time-began)*1e3))
	})
	return r.draw(w, plot{title: "latency of operations", unit: "ms", isLogarithm: true, isDots: true, series: all})
}

// drawRate draws how many operations ended in each second.
func (r *record) drawRate(w io.Writer) error {
	width := roundStep(math.Max(r.end.Seconds(), 0.1) / 100)
	n := int(r.end.Seconds()/width) + 1
	all := r.operations(func(s *series, at int) {
		if s.x == nil {
			s.x, s.y = make([]float64, n), make([]float64, n)
			for i := range s.x {
				s.x[i] = math.Min((float64(i)+0.5)*width, r.end.Seconds())
			}
		}
		s.y[max(0, min(n-1, int(seconds(r.ops[at].Time)/width)))] += 1 / width
	})
	return r.draw(w, plot{title: fmt.Sprintf("rate of operations, in steps of %s s", number(width)), unit: "per second", series: all})
}

// draw draws a plot with its axes, legend and the times of faults.
func (r *record) draw(w io.Writer, p plot) error {
	const left, top, right, bottom = 76, 66, 884, 280
	pic := &picture{width: 900, height: 322}
	x := scale{from: 0, to: math.Max(r.end.Seconds(), 1e-3), begin: left, end: right}
	y := p.vertical(bottom, top)

	pic.text(left, 20, "start", "title", p.title)
	r.drawFaults(pic, x, top, bottom)
	for _, v := range x.ticks(10) {
		pic.line(x.at(v), top, x.at(v), bottom, "grid")
		pic.text(x.at(v), bottom+16, "middle", "small", number(v))
	}
	for _, v := range y.ticks(5) {
		pic.line(left, y.at(v), right, y.at(v), "grid")
		pic.text(left-6, y.at(v)+4, "end", "small", number(v))
	}
	pic.line(left, bottom, right, bottom, "axis")
	pic.line(left, top, left, bottom, "axis")
	pic.text((left+right)/2, bottom+34, "middle", "small", "time, s")
	pic.text(8, top-6, "start", "small", p.unit)

	at := float64(left)
	for _, s := range p.series {
		pic.path(s.trace(x, y, p.isDots), fmt.Sprintf("stroke=%q stroke-width=%q", s.colour, map[bool]string{true: "3", false: "1.5"}[p.isDots]))
		pic.path(fmt.Sprintf("M%s 36h0", px(at+10)), fmt.Sprintf("stroke=%q stroke-width=\"9\"", s.colour))
		pic.text(at+20, 40, "start", "small", s.name)
		at += 34 + 6.5*float64(len([]rune(s.name)))
	}
	if len(p.series) == 0 {
		pic.text((left+right)/2, (top+bottom)/2, "middle", "small", "no operation was completed")
	}
	return pic.write(w, p.title)
}

// vertical returns a scale for all values.
func (p plot) vertical(begin, end float64) scale {
	low, high := math.Inf(1), 0.0
	for _, s := range p.series {
		for _, v := range s.y {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if high == 0 {
		low, high = 1, 10
	}
	y := scale{from: 0, to: high * 1.05, begin: begin, end: end, isLogarithm: p.isLogarithm}
	if p.isLogarithm {
		y.from = math.Pow(10, math.Floor(math.Log10(low)))
		y.to = math.Pow(10, math.Ceil(math.Log10(high*1.01)))
	}
	return y
}

// trace returns the path of a series. Dots that fall on the same pixel are drawn once.
func (s series) trace(x, y scale, isDots bool) string {
	var d strings.Builder
	seen := make(map[[2]int]bool)
	for i := range s.x {
		px, py := x.at(s.x[i]), y.at(s.y[i])
		cell := [2]int{int(math.Round(px)), int(math.Round(py))}
		switch {
		case isDots && !seen[cell]:
			seen[cell] = true
			fmt.Fprintf(&d, "M%d %dh0", cell[0], cell[1])
		case !isDots && i == 0:
			fmt.Fprintf(&d, "M%.1f %.1f", px, py)
		case !isDots:
			fmt.Fprintf(&d, "L%.1f %.1f", px, py)
		}
	}
	return d.String()
}

// drawFaults shades the times of faults.
func (r *record) drawFaults(pic *picture, x scale, top, bottom float64) {
	var shade strings.Builder // one path, so that faults at the same time are not darker
	free := 0.0
	for _, f := range r.faults {
		begin, end := math.Max(seconds(f.Begin), x.from), math.Min(seconds(f.End), x.to)
		if begin >= end {
			continue
		}
		left, right := px(x.at(begin)), px(x.at(end))
		fmt.Fprintf(&shade, "M%s %sH%sV%sH%sZ", left, px(top), right, px(bottom), left)
		if at := x.at(begin); at > free && x.at(end) >= at+1 { // labels must not run into each other, nor stand for nothing
			pic.text(at+2, top-6, "start", "small", f.Text)
			free = at + 6.5*float64(len(f.Text))
		}
	}
	if shade.Len() > 0 {
		pic.path(shade.String(), `class="fault"`)
	}
}
