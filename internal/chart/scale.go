package chart

import (
	"math"
	"strconv"
)

// An extent is where values lie; inverted infinities if there are none.
type extent struct{ low, high, lowPositive float64 }

func (e *extent) add(v float64) {
	e.low, e.high = min(e.low, v), max(e.high, v)
	if v > 0 {
		e.lowPositive = min(e.lowPositive, v)
	}
}

// A scale maps values to pixels. A linear one ends at ticks, a logarithmic one at 1, 2 or 5 of a decade.
type scale struct {
	log       bool
	low, high float64
	step      float64 // between the ticks of a linear scale
	from, to  float64 // pixels
	room      float64 // pixels that the label of a tick takes
}

// newScale returns the scale of an axis, wide enough for e, from one pixel to another, with labels that take so many.
func newScale(a Axis, e extent, from, to, room float64) scale {
	s := scale{log: a.Log, from: from, to: to, room: room}
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
	if a.Log {
		s.low, s.high = round125(low, false), round125(high, true)
		if s.low == s.high {
			s.high *= 10
		}
		return s
	}
	if low == high {
		high = low + 1
	}
	s.step = round125((high-low)/6, true)
	s.low, s.high = math.Floor(low/s.step)*s.step, math.Ceil(high/s.step-1e-9)*s.step
	return s
}

// has tells whether the scale has a place for v.
func (s scale) has(v float64) bool { return !math.IsNaN(v) && (!s.log || v > 0) }

// at returns the pixel of v.
func (s scale) at(v float64) float64 {
	part := (v - s.low) / (s.high - s.low)
	if s.log {
		part = math.Log(v/s.low) / math.Log(s.high/s.low)
	}
	return s.from + part*(s.to-s.from)
}

// ticks returns the values to be labelled, ascending. A logarithmic scale has 1, 2 and 5 of each decade, or where there is no room
// only its beginning.
func (s scale) ticks() []float64 {
	var ts []float64
	if !s.log {
		for i := 0; ; i++ {
			t := s.low + float64(i)*s.step
			if t > s.high+s.step/2 {
				return ts
			}
			ts = append(ts, t)
		}
	}
	digits := []float64{1, 2, 5}
	if math.Abs(s.at(2*s.low)-s.at(s.low)) < s.room {
		digits = digits[:1]
	}
	for k := int(math.Floor(math.Log10(s.low)) - 1); math.Pow10(k) <= s.high*1.001; k++ {
		for _, d := range digits {
			if t := d * math.Pow10(k); t >= s.low*0.999 && t <= s.high*1.001 {
				ts = append(ts, t)
			}
		}
	}
	return ts
}

// round125 returns the next of … 0.1, 0.2, 0.5, 1, 2, 5, 10 … from v, which is above 0, up or down; v if it is one.
func round125(v float64, up bool) float64 {
	k := int(math.Floor(math.Log10(v)))
	steps := []float64{1, 2, 5, 10}
	best := math.Pow10(k)
	for _, d := range steps {
		t := d * math.Pow10(k)
		if up && t >= v*(1-1e-9) {
			return t
		}
		if !up && t <= v*(1+1e-9) {
			best = t
		}
	}
	return best
}

// number writes a tick.
func number(v float64) string {
	text := strconv.FormatFloat(v, 'g', 6, 64) // without the noise of adding steps
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	if v >= 10_000 && v == math.Trunc(v) {
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
	}
	return text
}
