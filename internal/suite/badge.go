package suite

import "glomers/internal/svg"

// Sizes of a badge, in pixels.
const (
	badgeHeight = 20
	badgeFont   = 11
	badgeMargin = 6 // at both sides of each text
)

// Badge returns an SVG with the number of cases that passed. It is green if all judged cases passed, red if one failed,
// brown if one is broken, and grey if none was judged.
func (s Suite) Badge() []byte {
	const name = "glomers"
	tally := s.tally()
	left, right := svg.Width(name, badgeFont)+2*badgeMargin, svg.Width(tally, badgeFont)+2*badgeMargin
	f := svg.New(left+right, badgeHeight, name+": "+tally)
	f.Printf(`<rect width="%s" height="%d" fill="%s"/>`+"\n", svg.Px(left), badgeHeight, svg.Colour("ink-soft"))
	f.Printf(`<rect x="%s" width="%s" height="%d" fill="%s"/>`+"\n", svg.Px(left), svg.Px(right), badgeHeight, map[Status]string{
		Skipped: svg.Colour("open"), Passed: svg.Colour("good"), Broken: svg.Colour("doubt"), Failed: svg.Colour("bad"),
	}[s.Worst()])
	for _, part := range []struct {
		x, width float64
		text     string
	}{{badgeMargin, left - 2*badgeMargin, name}, {left + badgeMargin, right - 2*badgeMargin, tally}} {
		// The length is given, as fonts differ.
		f.Text(part.x, 14, "start", ` font-size="11" fill="`+svg.Colour("paper")+`" textLength="`+svg.Px(part.width)+`" lengthAdjust="spacingAndGlyphs"`, part.text)
	}
	return f.Bytes()
}
