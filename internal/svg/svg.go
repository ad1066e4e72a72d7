// Package svg draws all pictures: it has an SVG writer, scales, and the palette, which the pages share. Pictures have a
// light ground, so that they can be read on a dark page, too. The same calls produce the same bytes.
//
// Widths of text are estimated, because only the reader's browser could measure text.
package svg

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A File is an SVG that is being written. Coordinates are in pixels from the upper left corner; colours are as in CSS.
type File struct{ b bytes.Buffer }

// Styles of text, as attributes.
const Bold = ` font-weight="600"`

// Small is the style of ticks and notes.
var Small = fmt.Sprintf(` font-size="11" fill="%s"`, Colour("ink-soft"))

// New begins a file. About describes the picture for readers who cannot see it.
func New(width, height float64, about string) *File {
	f := &File{}
	f.Printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img" `+
		`font-family="system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif" font-size="13" fill="%s">`+"\n", Px(width), Px(height), Colour("ink"))
	f.Printf("<title>%s</title>\n", Escape(about))
	f.Printf(`<rect width="%s" height="%s" fill="%s"/>`+"\n", Px(width), Px(height), Colour("paper"))
	return f
}

// Bytes ends the file and returns it.
func (f *File) Bytes() []byte { return append(f.b.Bytes(), "</svg>\n"...) }

// Printf writes elements. The caller must escape text in them.
func (f *File) Printf(format string, args ...any) { fmt.Fprintf(&f.b, format, args...) }

// Px formats a coordinate, rounded to a tenth of a pixel, which nobody can see. Rounding also hides that the last digit of a
// floating-point number may differ between processors.
func Px(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64) } // + 0 turns -0 into 0

// Line draws a thin line.
func (f *File) Line(x1, y1, x2, y2 float64, colour string) {
	f.Printf(`<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s"/>`+"\n", Px(x1), Px(y1), Px(x2), Px(y2), colour)
}

// Path draws the outline of a non-empty path, with further attributes.
func (f *File) Path(d, colour string, width float64, attributes string) {
	if d != "" {
		f.Printf(`<path d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linecap="round"%s/>`+"\n", d, colour, Px(width), attributes)
	}
}

// Text writes a text in a style, "" for the usual one, at a point of its baseline. The anchor (start, middle or end) says
// which part of the text is at the point.
func (f *File) Text(x, y float64, anchor, style, text string) {
	if text != "" {
		f.Printf(`<text x="%s" y="%s" text-anchor="%s"%s>%s</text>`+"\n", Px(x), Px(y), anchor, style, Escape(text))
	}
}

// Upright writes a text from bottom to top, with its middle at a point.
func (f *File) Upright(x, y float64, text string) {
	f.Printf(`<text transform="translate(%s %s) rotate(-90)" text-anchor="middle">%s</text>`+"\n", Px(x), Px(y), Escape(text))
}

// Width returns the approximate width of a text of a size, in pixels.
func Width(text string, size float64) float64 {
	return 0.55 * size * float64(utf8.RuneCountInString(text))
}

// Clip shortens a text to the given number of characters.
func Clip(text string, chars int) string {
	if utf8.RuneCountInString(text) <= chars {
		return text
	}
	return string([]rune(text)[:chars-1]) + "…"
}

// Escape returns a text for use in SVG. A character that XML cannot represent, or that would reorder the text around it, is
// replaced by U+FFFD.
func Escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0xfffe || r == 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar))))
}
