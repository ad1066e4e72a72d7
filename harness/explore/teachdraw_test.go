package explore

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/internal/svg"
)

// A move is an action of an execution, as it is drawn.
type move struct {
	kind    Kind
	node    int // where it happens
	from    int // of a message: the sender
	sent    int // of a message: the number of the move that has sent it
	label   string
	unusual bool // the decision was not the ordinary one
	arrives bool
}

// All moves of an execution, with the ids of the nodes.
type moves struct {
	nodes []string
	all   []move
}

// follow carries out the execution of the scope with these decisions.
func follow(t *testing.T, s Scope, d choice.List) moves {
	t.Helper()
	p, err := newPlan(s)
	require.NoError(t, err)
	defer p.crew.dismiss()
	m := moves{nodes: p.ids}
	skip := 0 // decisions before the first action
	for _, n := range p.beginnings() {
		if n > 1 {
			skip++
		}
	}
	sentBy := make(map[*message]int)
	o := p.execute(nil, d[:min(skip, len(d))], func(w *world, options []option, ready int) int {
		for _, msg := range w.bag {
			if _, ok := sentBy[msg]; !ok {
				sentBy[msg] = len(m.all) - 1
			}
		}
		if ready == 0 {
			return 0
		}
		k := 0
		if i := skip + len(m.all); i < len(d) {
			k = d[i]
		}
		o := options[k]
		mv := move{kind: o.kind, node: o.index, from: -1, unusual: k != 0}
		switch o.kind {
		case Deliver, Lose, Duplicate:
			msg := w.bag[o.index]
			mv.node, mv.from, mv.sent, mv.label = msg.to, msg.from, sentBy[msg], string(msg.body)
			mv.arrives = o.kind == Deliver
		case Begin:
			c := w.clients[o.index]
			mv.node, mv.label = c.node, fmt.Sprintf("%s %s", c.todo[0].F, c.todo[0].Value)
		case Fire:
			mv.label = "timer"
		}
		m.all = append(m.all, mv)
		return k
	})
	require.NoError(t, o.err)
	require.NotEmpty(t, o.reasons)
	return m
}

// drawMoves draws a space-time diagram: a line for each node, time from left to right.
func drawMoves(m moves, decisions string) []byte {
	const left, step, lane, top = 46.0, 92.0, 74.0, 64.0
	width := left + step*float64(len(m.all)) + 20
	f := svg.New(width, top+lane*float64(len(m.nodes))-10, "Space-time diagram of the execution with the decisions "+decisions)
	x := func(i int) float64 { return left + step*(float64(i)+0.4) }
	y := func(node int) float64 { return top + lane*float64(node) }
	f.Text(14, 18, "start", svg.Small, "Space-time diagram: decisions "+decisions+". ● a request of a client, ■ a timer, → a message; orange: not the ordinary option")
	for i, id := range m.nodes {
		f.Text(left-12, y(i)+4, "end", svg.Bold, id)
		f.Line(left, y(i), width-10, y(i), svg.Colour("open"))
	}
	for i, mv := range m.all {
		colour := svg.Hue(0)
		if mv.unusual {
			colour = svg.Hue(1)
		}
		f.Text(x(i), 38, "middle", svg.Small, fmt.Sprint(i))
		label := func(dy float64, text string) {
			f.Text(x(i), y(mv.node)+dy, "middle", fmt.Sprintf(` font-size="11" fill="%s"`, svg.Colour("ink")), text)
		}
		switch {
		case mv.from >= 0:
			x1, y1, x2, y2 := x(mv.sent), y(mv.from), x(i), y(mv.node)
			if !mv.arrives { // halfway
				x2, y2 = (x1+x2)/2, (y1+y2)/2
				f.Path(fmt.Sprintf("M%s %sl10 10m0 -10l-10 10", svg.Px(x2-5), svg.Px(y2-5)), svg.Colour("bad"), 2.2, "")
			}
			length := math.Hypot(x2-x1, y2-y1)
			ux, uy := (x2-x1)/length, (y2-y1)/length
			f.Path(fmt.Sprintf("M%s %sL%s %s", svg.Px(x1), svg.Px(y1), svg.Px(x2-9*ux), svg.Px(y2-9*uy)), colour, 2, "")
			if mv.arrives {
				f.Printf(`<path d="M%s %sL%s %sL%s %sZ" fill="%s"/>`+"\n", svg.Px(x2), svg.Px(y2),
					svg.Px(x2-10*ux-5*uy), svg.Px(y2-10*uy+5*ux), svg.Px(x2-10*ux+5*uy), svg.Px(y2-10*uy-5*ux), colour)
			}
		case mv.kind == Begin:
			f.Printf(`<circle cx="%s" cy="%s" r="5.5" fill="%s"/>`+"\n", svg.Px(x(i)), svg.Px(y(mv.node)), colour)
			label(-10, mv.label)
		default:
			f.Printf(`<rect x="%s" y="%s" width="10" height="10" fill="%s"/>`+"\n", svg.Px(x(i)-5), svg.Px(y(mv.node)-5), colour)
			label(-10, mv.label)
		}
	}
	return f.Bytes()
}

// drawTrials draws the executions up to the first failure, one dot for each seed, on a logarithmic scale.
func drawTrials(all []trial) []byte {
	const left, right, row, top = 190.0, 620.0, 34.0, 44.0
	highest := 10
	for _, r := range all {
		highest = max(highest, slices.Max(r.First))
	}
	bottom := top + row*float64(len(all))
	f := svg.New(right+150, bottom+34, "Executions to the first failure by strategy, one dot for each seed")
	x := func(n int) float64 {
		return left + (right-left)*math.Log10(float64(n))/math.Log10(float64(highest)*1.1)
	}
	f.Text(left, 18, "start", svg.Small, "executions to the first that fails: a dot for each seed, a line at the median; further left is better")
	for n := 1; n <= highest; n *= 10 {
		f.Line(x(n), top-8, x(n), bottom, svg.Colour("grid"))
		f.Text(x(n), bottom+16, "middle", svg.Small, fmt.Sprint(n))
	}
	for i, r := range all {
		y := top + row*(float64(i)+0.5)
		f.Text(left-14, y+4, "end", "", r.Strategy)
		found := slices.DeleteFunc(slices.Sorted(slices.Values(r.First)), func(n int) bool { return n == 0 })
		for _, n := range found {
			f.Printf(`<circle cx="%s" cy="%s" r="4.5" fill="%s" fill-opacity="0.45"/>`+"\n", svg.Px(x(n)), svg.Px(y), svg.Hue(0))
		}
		if len(found) == len(r.First) {
			m := x(median(found))
			f.Path(fmt.Sprintf("M%s %sV%s", svg.Px(m), svg.Px(y-11), svg.Px(y+11)), svg.Colour("ink"), 2, "")
		}
		if missed := len(r.First) - len(found); missed > 0 {
			text := fmt.Sprintf("%d of %d find nothing", missed, len(r.First))
			if len(r.First) == 1 {
				text = fmt.Sprintf("none of all %d fails", r.Executions)
			}
			f.Text(right+10, y+4, "start", svg.Small, text)
		}
	}
	return f.Bytes()
}

// median returns the median of sorted numbers: of two in the middle, the lower.
func median(sorted []int) int { return sorted[(len(sorted)-1)/2] }
