package chart

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"glomers/internal/svg"
)

// A Cycle is a contradiction: a list of steps of which each must come before the next, and the last before the first.
type Cycle struct {
	Title string
	Steps []Step // at least one
}

// A Step is a step of a cycle, with the reason why it must come before the next.
type Step struct {
	Name  string   // bold
	Lines []string // its actions, one per line
	Kind  string   // the kind of reason, in a word
	Why   string   // the reason, in a sentence; wrapped
}

// Lengths of a cycle's drawing, in pixels.
const (
	cycleWidth  = 760
	boxLeft     = 60
	boxWidth    = 420
	lineHeight  = 17
	returnLine  = 28 // the horizontal place of the arrow back to the first step
	arrowX      = boxLeft + 24
	reasonX     = arrowX + 18
	reasonChars = 92 // characters in a line of a reason; about 6.5 px each
	stepLines   = 12 // lines shown of a step
	lineChars   = 60 // characters shown of a line
)

// SVG draws the steps below each other, with arrows and their reasons between them, and an arrow from the last step back to
// the first. The texts may contain any characters.
func (c Cycle) SVG() []byte {
	height := 44
	for _, s := range c.Steps {
		height += s.height() + s.gap()
	}
	f := svg.New(cycleWidth, float64(height), c.Title)
	f.Printf(`<defs><marker id="head" markerWidth="9" markerHeight="9" refX="8" refY="4.5" orient="auto"><path d="M0 0L9 4.5L0 9z" fill="%s"/></marker></defs>`+"\n",
		svg.Colour("bad"))
	f.Text(boxLeft, 24, "start", svg.Bold, c.Title)
	y := 38
	first := y + lineHeight
	for i, s := range c.Steps {
		s.draw(f, y)
		below := y + s.height()
		if i < len(c.Steps)-1 {
			arrow(f, fmt.Sprintf("M%d %dV%d", arrowX, below, below+s.gap()-1))
		} else {
			arrow(f, fmt.Sprintf("M%d %dV%dH%dV%dH%d", arrowX, below, below+s.gap()-8, returnLine, first, boxLeft-1))
		}
		f.Text(reasonX, float64(below+lineHeight), "start", svg.Bold, s.Kind)
		for k, line := range wrap(s.Why, reasonChars) {
			f.Text(reasonX, float64(below+(k+2)*lineHeight), "start", "", line)
		}
		y = below + s.gap()
	}
	return f.Bytes()
}

func (s Step) draw(f *svg.File, y int) {
	f.Printf(`<rect x="%d" y="%d" width="%d" height="%d" rx="6" fill="%s" stroke="%s"/>`+"\n", boxLeft, y, boxWidth, s.height(), svg.Colour("ground"), svg.Hue(0))
	f.Text(boxLeft+12, float64(y+lineHeight+2), "start", svg.Bold, s.Name)
	for i, line := range s.shown() {
		f.Text(boxLeft+12, float64(y+(i+2)*lineHeight+2), "start", "", line)
	}
}

func arrow(f *svg.File, path string) {
	f.Path(path, svg.Colour("bad"), 1.8, ` marker-end="url(#head)"`)
}

// shown returns the lines that fit into the box.
func (s Step) shown() []string {
	lines := s.Lines
	if len(lines) > stepLines {
		lines = append(lines[:stepLines-1:stepLines-1], fmt.Sprintf("… and %d more", len(lines)-stepLines+1))
	}
	cut := make([]string, len(lines))
	for i, line := range lines {
		cut[i] = svg.Clip(line, lineChars)
	}
	return cut
}

// height returns the height of the box.
func (s Step) height() int { return (len(s.shown())+1)*lineHeight + 12 }

// gap returns the height of the space below the box.
func (s Step) gap() int { return (len(wrap(s.Why, reasonChars))+1)*lineHeight + 20 }

// wrap divides a text at spaces into lines of at most the given number of characters, and cuts longer words.
func wrap(text string, chars int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		word = svg.Clip(word, chars)
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= chars:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
