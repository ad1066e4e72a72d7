package chart

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode"
)

// A file is an SVG that is being written. Coordinates are pixels from its upper left corner.
type file struct{ b bytes.Buffer }

func newFile(width, height int, about string) *file {
	f := &file{}
	fmt.Fprintf(&f.b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %d" role="img" `+
		`font-family="system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif" font-size="13" fill="#222222">`+"\n", width, height, height)
	fmt.Fprintf(&f.b, "<title>%s</title>\n", escape(about))
	fmt.Fprintf(&f.b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, height)
	return f
}

// bytes ends the file.
func (f *file) bytes() []byte { return append(f.b.Bytes(), "</svg>\n"...) }

// px writes a coordinate. A tenth of a pixel is fine enough, and hides that floating point may differ in
// the last digit from one processor to another.
func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func (f *file) line(x1, y1, x2, y2 float64, colour string) {
	fmt.Fprintf(&f.b, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"/>`+"\n", px(x1), px(y1), px(x2), px(y2), colour)
}

// path joins points.
func (f *file) path(points [][2]float64, colour string, l Line) {
	if l == NoLine || len(points) < 2 {
		return
	}
	words := make([]string, len(points))
	for i, p := range points {
		words[i] = px(p[0]) + "," + px(p[1])
	}
	dashes := ""
	if l == Dashed {
		dashes = ` stroke-dasharray="6 4"`
	}
	fmt.Fprintf(&f.b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.8"%s/>`+"\n", strings.Join(words, " "), colour, dashes)
}

func (f *file) marker(x, y float64, colour string, m Marker) {
	switch m {
	case Dot:
		fmt.Fprintf(&f.b, `<circle cx="%s" cy="%s" r="%d" fill="%s"/>`+"\n", px(x), px(y), radius, colour)
	case Ring:
		fmt.Fprintf(&f.b, `<circle cx="%s" cy="%s" r="%d" fill="#ffffff" stroke="%s" stroke-width="1.8"/>`+"\n", px(x), px(y), radius, colour)
	case Diamond:
		const r = radius + 1
		fmt.Fprintf(&f.b, `<path d="M%s %sl%d %dl%d %dl%d %dz" fill="%s"/>`+"\n", px(x), px(y-r), r, r, -r, r, -r, -r, colour)
	}
}

// text writes at a point of its baseline, which the anchor (start, middle or end) makes its beginning, middle or end.
func (f *file) text(x, y float64, anchor, weight, text string) {
	if text == "" {
		return
	}
	if weight != "" {
		weight = ` font-weight="` + weight + `"`
	}
	fmt.Fprintf(&f.b, `<text x="%s" y="%s" text-anchor="%s"%s>%s</text>`+"\n", px(x), px(y), anchor, weight, escape(text))
}

// upright writes from bottom to top, with the middle at a point.
func (f *file) upright(x, y float64, text string) {
	fmt.Fprintf(&f.b, `<text transform="translate(%s %s) rotate(-90)" text-anchor="middle">%s</text>`+"\n", px(x), px(y), escape(text))
}

// escape returns a text for use in SVG. What XML has no way to write, and what would reorder the text around it, becomes a
// replacement character.
func escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0xfffe || r == 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar))))
}
