package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"time"

	"glomers/harness/history"
	"glomers/internal/chart"
	"glomers/internal/svg"
)

// operations returns a series for each kind of operation and each outcome that occurred, sorted by name.
func (r *contents) operations(add func(s *chart.Series, at int)) []chart.Series {
	index := make(map[string]*chart.Series)
	for i, op := range r.ops {
		if op.Process == history.Nemesis || op.Type == history.Invoke || r.pairs[i] < 0 {
			continue
		}
		name := op.F + " " + string(op.Type)
		s := index[name]
		if s == nil {
			s = &chart.Series{Name: svg.Clip(name, 60)}
			switch op.Type {
			case history.Fail:
				s.Colour = svg.Colour("fail")
			case history.Info:
				s.Colour = svg.Colour("info")
			}
			index[name] = s
		}
		add(s, i)
	}
	var all []chart.Series
	next := 0
	for _, name := range slices.Sorted(maps.Keys(index)) {
		s := index[name]
		if s.Colour == "" {
			s.Colour = svg.Hue(next)
			next++
		}
		all = append(all, *s)
	}
	return all
}

// drawLatency draws the latency of each operation.
func (r *contents) drawLatency(w io.Writer) error {
	all := r.operations(func(s *chart.Series, at int) {
		began := r.ops[r.pairs[at]].Time
		s.Marker = chart.Speck
		s.Points = append(s.Points, chart.Point{X: seconds(began), Y: max(1e-3, seconds(r.ops[at].Time-began)*1e3)})
	})
	return r.draw(w, "latency of operations", chart.Axis{Label: "ms", Log: true}, all)
}

// drawRate draws the number of operations that ended in each second.
func (r *contents) drawRate(w io.Writer) error {
	width := svg.RoundStep(math.Max(r.end.Seconds(), 0.1)/100, true)
	n := int(r.end.Seconds()/width) + 1
	all := r.operations(func(s *chart.Series, at int) {
		if s.Points == nil {
			s.Line = chart.Solid
			s.Points = make([]chart.Point, n)
			for i := range s.Points {
				s.Points[i].X = math.Min((float64(i)+0.5)*width, r.end.Seconds())
			}
		}
		s.Points[max(0, min(n-1, int(seconds(r.ops[at].Time)/width)))].Y += 1 / width
	})
	return r.draw(w, fmt.Sprintf("rate of operations, in steps of %s s", svg.Number(width)), chart.Axis{Label: "per second"}, all)
}

// draw draws series over the time of the run, and the times of faults.
func (r *contents) draw(w io.Writer, title string, y chart.Axis, all []chart.Series) error {
	if len(all) == 0 {
		title += ": none was completed"
	}
	c := chart.Chart{About: title, Panels: []chart.Panel{{
		Title: title, X: chart.Axis{Label: "time, s", Max: r.end.Seconds()}, Y: y, Bands: r.bands(), Series: all,
	}}}
	_, err := w.Write(c.SVG())
	return err
}

// bands returns the times of faults.
func (r *contents) bands() []svg.Band {
	var all []svg.Band
	for _, f := range r.faults {
		all = append(all, svg.Band{From: seconds(f.Begin), To: seconds(f.End), Text: f.Text})
	}
	return all
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }
