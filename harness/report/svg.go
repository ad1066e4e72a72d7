package report

import (
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Colours that stay apart for the colour-blind, on white: after Okabe and Ito.
var palette = [...]string{"#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#8c6d31", "#4d4d4d"}

const (
	failColour = "#d62728"
	infoColour = "#e69f00"
)

// colour returns a colour for the i-th thing of a kind; they repeat.
func colour(i int) string { return palette[i%len(palette)] }

// A picture is an SVG in the making. Lengths are in pixels, y grows downwards.
type picture struct {
	width, height float64
	b             strings.Builder
}

// px returns a length as short as it can be without being seen.
func px(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func (p *picture) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&p.b, "<line x1=%q y1=%q x2=%q y2=%q class=%q/>\n", px(x1), px(y1), px(x2), px(y2), class)
}

// path draws a path with further attributes, which must be ours.
func (p *picture) path(d, attributes string) {
	fmt.Fprintf(&p.b, "<path d=%q %s/>\n", d, attributes)
}

// text writes any text. The anchor is start, middle or end.
func (p *picture) text(x, y float64, anchor, class, s string) {
	fmt.Fprintf(&p.b, "<text x=%q y=%q text-anchor=%q class=%q>%s</text>\n", px(x), px(y), anchor, class, plain(s, 60))
}

// plain returns a text for use in SVG, cut if it is long. What XML has no way to write becomes a replacement character.
func plain(s string, limit int) string {
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	if len(runes) > limit {
		runes = append(runes[:limit:limit], '…')
	}
	for i, r := range runes {
		if r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff {
			runes[i] = '\uFFFD'
		}
	}
	return html.EscapeString(string(runes))
}

const pictureStyle = `text{font:12px system-ui,sans-serif;fill:#333}
.title{font-weight:600;font-size:14px}.small{font-size:11px;fill:#555}
.grid{stroke:#e3e3e3}.axis{stroke:#888}.life{stroke:#bbb}path{fill:none;stroke-linecap:round}
path.fault{fill:#d62728;fill-opacity:.09}path.cross{stroke:#d62728;stroke-width:1.6}`

// write writes the picture, with a white ground: a README may be dark, but does not say so to its pictures.
func (p *picture) write(w io.Writer, title string) error {
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" role="img" aria-label=%[3]q>
<style>%[4]s</style>
<rect width="100%%" height="100%%" fill="#fff"/>
%[5]s</svg>
`, px(p.width), px(p.height), plain(title, 200), pictureStyle, p.b.String())
	return err
}

// A scale maps values to pixels.
type scale struct {
	from, to    float64 // values; above 0 if logarithmic
	begin, end  float64 // pixels
	isLogarithm bool
}

func (s scale) at(v float64) float64 {
	part := (v - s.from) / (s.to - s.from)
	if s.isLogarithm {
		part = math.Log(v/s.from) / math.Log(s.to/s.from)
	}
	return s.begin + part*(s.end-s.begin)
}

// ticks returns round values in the scale: about n, or the powers of ten.
func (s scale) ticks(n int) []float64 {
	var all []float64
	if s.isLogarithm {
		for v := math.Pow(10, math.Ceil(math.Log10(s.from)-1e-9)); v <= s.to*(1+1e-9); v *= 10 {
			all = append(all, v)
		}
		return all
	}
	step := roundStep((s.to - s.from) / float64(n))
	for i := math.Ceil(s.from/step - 1e-9); i*step <= s.to+step*1e-9; i++ {
		all = append(all, i*step+0) // there is no -0
	}
	return all
}

// roundStep returns the least of 1, 2 and 5, times a power of ten, that is not below least.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, f := range []float64{1, 2, 5} {
		if f*power >= least {
			return f * power
		}
	}
	return 10 * power
}

// number returns a value as an axis shows it.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }
