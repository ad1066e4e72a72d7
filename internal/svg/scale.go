package svg

import (
	"math"
	"strconv"
	"strings"
)

// A Scale maps values to pixels.
type Scale struct {
	Log       bool
	Low, High float64 // values; positive if Log
	From, To  float64 // pixels
	Step      float64 // between the ticks of a linear scale
	Room      float64 // pixels needed by the label of a tick
}

// Linear returns the linear scale from low to high, with about n ticks.
func Linear(low, high, from, to float64, n int) Scale {
	return Scale{Low: low, High: high, From: from, To: to, Step: RoundStep((high-low)/float64(n), true)}
}

// Fit returns a scale that covers low to high and ends at ticks: a linear scale at multiples of its step, a logarithmic
// scale at 1, 2 or 5 of a decade. High must not be below low; on a logarithmic scale, low must be positive.
func Fit(log bool, low, high, from, to, room float64) Scale {
	s := Scale{Log: log, From: from, To: to, Room: room}
	if log {
		s.Low, s.High = RoundStep(low, false), RoundStep(high, true)
		if s.Low == s.High {
			s.High *= 10
		}
		return s
	}
	if low == high {
		high = low + 1
	}
	s.Step = RoundStep((high-low)/6, true)
	s.Low, s.High = math.Floor(low/s.Step)*s.Step, math.Ceil(high/s.Step-1e-9)*s.Step
	return s
}

// Has reports whether v has a place on the scale.
func (s Scale) Has(v float64) bool { return !math.IsNaN(v) && (!s.Log || v > 0) }

// At returns the pixel of v.
func (s Scale) At(v float64) float64 {
	part := (v - s.Low) / (s.High - s.Low)
	if s.Log {
		part = math.Log(v/s.Low) / math.Log(s.High/s.Low)
	}
	return s.From + part*(s.To-s.From)
}

// Ticks returns the values to be labelled, ascending. A logarithmic scale has ticks at 1, 2 and 5 of each decade, or only at
// its beginning if there is no room for all.
func (s Scale) Ticks() []float64 {
	var ts []float64
	if !s.Log {
		for i := math.Ceil(s.Low/s.Step - 1e-9); i*s.Step <= s.High+s.Step*1e-9; i++ {
			ts = append(ts, i*s.Step+0) // + 0 turns -0 into 0
		}
		return ts
	}
	digits := []float64{1, 2, 5}
	if math.Abs(s.At(2*s.Low)-s.At(s.Low)) < s.Room {
		digits = digits[:1]
	}
	for k := int(math.Floor(math.Log10(s.Low)) - 1); math.Pow10(k) <= s.High*1.001; k++ {
		for _, d := range digits {
			if t := d * math.Pow10(k); t >= s.Low*0.999 && t <= s.High*1.001 {
				ts = append(ts, t)
			}
		}
	}
	return ts
}

// TicksX draws the ticks of a horizontal scale as lines from top to bottom, with the values below.
func (f *File) TicksX(s Scale, top, bottom float64) {
	for _, t := range s.Ticks() {
		f.Line(s.At(t), top, s.At(t), bottom, Colour("grid"))
		f.Text(s.At(t), bottom+16, "middle", Small, Number(t))
	}
}

// TicksY draws the ticks of a vertical scale as lines from left to right, with the values to the left.
func (f *File) TicksY(s Scale, left, right float64) {
	for _, t := range s.Ticks() {
		f.Line(left, s.At(t), right, s.At(t), Colour("grid"))
		f.Text(left-6, s.At(t)+4, "end", Small, Number(t))
	}
}

// RoundStep rounds v, which is positive, up or down to one of … 0.1, 0.2, 0.5, 1, 2, 5, 10 …; such a value stays as it is.
func RoundStep(v float64, up bool) float64 {
	k := int(math.Floor(math.Log10(v)))
	best := math.Pow10(k)
	for _, d := range []float64{1, 2, 5, 10} {
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

// Number returns the label of a tick.
func Number(v float64) string {
	text := strconv.FormatFloat(v, 'g', 10, 64) // hides rounding errors from adding steps
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if v < 10_000 || fraction != "" {
		return text
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}

// A Band is a section of a horizontal scale, for example the time of a fault.
type Band struct {
	From, To float64
	Text     string
}

// Bands shades the bands from top to bottom and writes their names above, as far as there is room.
func (f *File) Bands(x Scale, top, bottom float64, bands []Band) {
	var shade strings.Builder // one path, so that overlapping bands do not get darker
	free := math.Inf(-1)
	for _, b := range bands {
		from, to := math.Max(b.From, x.Low), math.Min(b.To, x.High)
		if from >= to {
			continue
		}
		left, right := x.At(from), x.At(to)
		shade.WriteString("M" + Px(left) + " " + Px(top) + "H" + Px(right) + "V" + Px(bottom) + "H" + Px(left) + "Z")
		if left > free && right >= left+1 { // names must not overlap, and a name must have a visible band
			text := Clip(b.Text, 60)
			f.Text(left+2, top-6, "start", Small, text)
			free = left + Width(text, 12)
		}
	}
	if shade.Len() > 0 {
		f.Printf(`<path d="%s" fill="%s" fill-opacity=".09"/>`+"\n", shade.String(), Colour("fault"))
	}
}
