package why

import (
	"fmt"
	"strings"

	"glomers/internal/svg"
)

// The measures of a picture as SVG, in pixels.
const (
	rowHeight  = 28
	drawnTimes = 108 // the width of the columns of numbers and times
	drawnLanes = 96  // the width of a lane, if there is room
	drawnWidth = 760 // at most, for the lanes
	slant      = 9   // how far an arrow falls, as time goes from top to bottom
)

// SVG returns the picture, nil if it has no rows. Its signs are those of Text, with the numbers of the steps before their times. Nothing
// in it is told by colour alone.
func (p Picture) SVG() []byte {
	if len(p.Rows) == 0 {
		return nil
	}
	gap := min(drawnLanes, drawnWidth/float64(len(p.Lanes)))
	d := drawing{
		File:  svg.New(drawnTimes+gap*float64(len(p.Lanes)), rowHeight*float64(len(p.Rows)+1)+8, p.About()),
		place: func(lane int) float64 { return drawnTimes + gap*(float64(lane)+0.5) },
		chars: int(gap / 7.5), // of a name
	}
	for i, id := range p.Lanes {
		d.Text(d.place(i), 20, "middle", svg.Bold, svg.Clip(id, d.chars))
	}
	for i, r := range p.Rows {
		d.row(r, rowHeight*float64(i+1), len(p.Lanes))
	}
	return d.Bytes()
}

// About describes the picture in words: for readers who cannot see it.
func (p Picture) About() string {
	var steps []string
	for _, r := range p.Rows {
		s := r.Step
		text := fmt.Sprintf("%d. at %s: ", r.Number, seconds(s.At))
		switch {
		case s.Kind == Fault:
			text += "a fault begins"
		case r.To < 0 || r.From == r.To:
			text += s.From
		case s.Lost:
			text += fmt.Sprintf("lost, from %s to %s", s.From, s.To)
		default:
			text += fmt.Sprintf("%s to %s", s.From, s.To)
		}
		steps = append(steps, text)
	}
	return "Space-time diagram. " + strings.Join(steps, "; ")
}

// A drawing is a picture that is being drawn.
type drawing struct {
	*svg.File
	place func(lane int) float64
	chars int
}

// row draws a step below y.
func (d drawing) row(r Row, y float64, lanes int) {
	middle := y + rowHeight/2
	d.Text(24, middle+4, "end", svg.Bold, fmt.Sprintf("%d.", r.Number))
	d.Text(drawnTimes-14, middle+4, "end", svg.Small, seconds(r.Step.At))
	dashes := ""
	if r.Cut {
		dashes = ` stroke-dasharray="2 5"`
	}
	for i := range lanes {
		x := svg.Px(d.place(i))
		d.Path("M"+x+" "+svg.Px(y)+"V"+svg.Px(y+rowHeight), svg.Colour("open"), 1.2, dashes)
	}
	switch {
	case r.Step.Kind == Fault:
		d.fault(r.Step, middle, lanes)
	case r.To < 0 || r.From == r.To:
		d.Printf(`<circle cx="%s" cy="%s" r="5" fill="%s"/>`+"\n", svg.Px(d.place(r.From)), svg.Px(middle), svg.Colour("ink"))
	default:
		d.arrow(d.place(r.From), d.place(r.To), middle, r.Step)
	}
}

// fault draws a line through all lanes, and says what it is as far as there is room.
func (d drawing) fault(s Step, y float64, lanes int) {
	left, right := d.place(0)-20, d.place(lanes-1)+20
	d.Path("M"+svg.Px(left)+" "+svg.Px(y+8)+"H"+svg.Px(right), svg.Colour("fault"), 1.5, ` stroke-dasharray="7 4"`)
	text := svg.Clip(s.Text, max(8, int((right-left)/6.1)))
	d.Printf(`<rect x="%s" y="%s" width="%s" height="15" fill="%s"/>`+"\n", svg.Px(left), svg.Px(y-10), svg.Px(svg.Width(text, 11)+6), svg.Colour("paper"))
	d.Text(left+2, y+2, "start", fmt.Sprintf(` font-size="11" fill="%s"`, svg.Colour("fault")), text)
}

// arrow draws what goes from one lane to another. What is lost ends in a cross on the way.
func (d drawing) arrow(from, to, y float64, s Step) {
	step := 1.0
	if to < from {
		step = -1
	}
	top, bottom := y-slant/2.0, y+slant/2.0
	line := func(x, y float64, colour, more string) {
		d.Path("M"+svg.Px(from)+" "+svg.Px(top)+"L"+svg.Px(x)+" "+svg.Px(y), colour, 2, more)
	}
	if s.Lost {
		x, y := from+(to-from)*0.62, top+(bottom-top)*0.62
		line(x-8*step, y, svg.Colour("bad"), "")
		d.Path(fmt.Sprintf("M%s %sl8 8m0 -8l-8 8", svg.Px(x-4), svg.Px(y-4)), svg.Colour("bad"), 2.2, "")
		return
	}
	colour := svg.Hue(0)
	if s.Kind == Operation {
		colour = svg.Hue(2)
	}
	line(to-9*step, bottom, colour, "")
	d.Printf(`<path d="M%s %sl%s -5v10Z" fill="%s"/>`+"\n", svg.Px(to-1*step), svg.Px(bottom), svg.Px(-10*step), colour)
}
