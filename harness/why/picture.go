package why

import (
	"cmp"
	"slices"
	"strings"

	"glomers/harness/record"
	"glomers/internal/terminal"
)

// A Picture is the space-time diagram of a cause, with time from top to bottom: a lane for each party of the story, a row for each step.
type Picture struct {
	Lanes []string // the clients first, then the nodes, then the services
	Rows  []Row
}

// A Row is a step in a picture. From and To are lanes, and -1 for none.
type Row struct {
	Step     Step
	Number   int // of the step in the story, from 1
	From, To int
	Cut      bool // a fault of the story is in force
}

// The limits of a picture. Rows and lanes beyond them are left out: the story has them in words.
const (
	maxRows  = 12
	maxLanes = 10
)

// Picture returns the space-time diagram of the cause. It has no rows if nothing went from one party to another.
func (c Cause) Picture() Picture {
	var p Picture
	p.Lanes = lanes(c.Story)
	lane := func(id string) int { return slices.Index(p.Lanes, id) }
	crossings := 0
	for i, s := range c.Story {
		row := Row{Step: s, Number: i + 1, From: lane(s.From), To: lane(s.To)}
		switch {
		case len(p.Rows) == maxRows:
			continue
		case s.Kind == Fault:
		case row.From < 0 || s.To != "" && row.To < 0:
			continue
		case row.To >= 0:
			crossings++
		}
		p.Rows = append(p.Rows, row)
	}
	for i := range p.Rows {
		for _, f := range p.Rows {
			at, f := p.Rows[i].Step.At, f.Step
			p.Rows[i].Cut = p.Rows[i].Cut || f.Kind == Fault && f.At <= at && (f.Until == 0 || at < f.Until)
		}
	}
	if crossings == 0 {
		return Picture{}
	}
	return p
}

// lanes returns the parties of a story.
func lanes(story []Step) []string {
	clients, found := make(map[string]bool), map[string]bool{"": true}
	var all []string
	for _, s := range story {
		for _, id := range []string{s.From, s.To} {
			if !found[id] {
				found[id] = true
				all = append(all, id)
			}
		}
		if s.Kind == Operation {
			clients[s.From] = true
		}
	}
	role := record.Meta{}.Roles() // a story does not say which of its parties are services
	rank := func(id string) int {
		switch {
		case clients[id]:
			return 0
		case role(id) == record.Node:
			return 1
		case role(id) == record.Client:
			return 0
		}
		return 2
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), compareIDs(a, b))
	})
	return all[:min(len(all), maxLanes)]
}

func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) // n2 before n10
}

const (
	timeWidth = 12 // of the column of times
	laneWidth = 9  // at most, so that a line has at most 80 columns for seven parties
	maxWidth  = 80
)

// Text returns the picture as lines of at most 80 columns. Arrows are messages and operations; one that ends in a cross before it reaches
// its party was lost. While a fault is in force, lanes are dotted. Names are escaped.
func (p Picture) Text() string {
	if len(p.Rows) == 0 {
		return ""
	}
	gap := min(laneWidth, (maxWidth-timeWidth-1)/len(p.Lanes))
	place := func(lane int) int { return timeWidth + lane*gap + gap/2 }
	var b strings.Builder
	head := blank(timeWidth + gap*len(p.Lanes))
	for i, id := range p.Lanes {
		name := []rune(terminal.Line(id))
		if len(name) >= gap {
			name = append(name[:gap-2:gap-2], '~')
		}
		copy(head[place(i)-len(name)/2:], name)
	}
	write(&b, head)
	for _, r := range p.Rows {
		line := blank(timeWidth + gap*len(p.Lanes))
		copy(line[2:], []rune(seconds(r.Step.At)))
		for i := range p.Lanes {
			line[place(i)] = '│'
			if r.Cut {
				line[place(i)] = '┊'
			}
		}
		r.draw(line, place)
		write(&b, line)
	}
	return b.String()
}

// draw draws a row over the lanes.
func (r Row) draw(line []rune, place func(int) int) {
	switch {
	case r.Step.Kind == Fault:
		for x := timeWidth; x < len(line); x++ {
			line[x] = '┄'
		}
		copy(line[timeWidth+1:], []rune(" fault "))
	case r.To < 0 || r.From == r.To:
		line[place(r.From)] = '●'
	default:
		from, to, step, tip := place(r.From), place(r.To), 1, '▶'
		if to < from {
			step, tip = -1, '◀'
		}
		if r.Step.Lost { // it ends before the lane of its receiver
			to, tip = to-2*step, '✗'
		}
		for x := from + step; x != to; x += step {
			line[x] = '─'
		}
		line[to-step] = tip
	}
}

func blank(n int) []rune { return []rune(strings.Repeat(" ", n)) }

func write(b *strings.Builder, line []rune) {
	b.WriteString(strings.TrimRight(string(line), " ") + "\n")
}
