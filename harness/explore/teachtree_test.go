package explore

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/svg"
)

// A vertex is a state in the tree of schedules, with the sequence of actions that led to it.
type vertex struct {
	path     string
	label    string // the latest action
	children []*vertex
	fate     fate
	row      float64
	depth    int
}

// A fate is what a search did with a branch of the tree.
type fate int

const (
	unreached fate = iota // it is below one of the next two
	dormant               // it was asleep
	known                 // its state had been met, so it was left
	explored
)

// A tree is that of all schedules, with the fates of its branches in a pruned search.
type tree struct {
	root     *vertex
	byPath   map[string]*vertex
	all      Report
	pruned   Report
	vertices int
}

// A grower notes the branches of a search.
type grower struct {
	pruner
	d    *depthFirst
	note func(path string, w *world, f *frame, options []option, again bool)
}

func (g *grower) expand(w *world, f *frame, before []uint64, again bool, options []option, ready int) []uint64 {
	visited := g.pruner.expand(w, f, before, again, options, ready)
	var path strings.Builder
	for _, f := range g.d.stack {
		fmt.Fprintf(&path, "/%x", f.todo[0].id)
	}
	g.note(path.String(), w, f, options, again)
	return visited
}

// grow searches the scope twice: with nothing left out, and as Exhaustive does.
func grow(t *testing.T, s Scope) *tree {
	t.Helper()
	g := &tree{byPath: make(map[string]*vertex)}
	at := func(path, label string) *vertex {
		v := g.byPath[path]
		if v == nil {
			v = &vertex{path: path, label: label, depth: strings.Count(path, "/")}
			g.byPath[path] = v
		}
		return v
	}
	g.root = at("", "")
	search := func(by pruner, note func(path string, w *world, f *frame, options []option, again bool)) Report {
		p, err := newPlan(s)
		require.NoError(t, err)
		defer p.crew.dismiss()
		x := &explorer{plan: p, ctx: context.Background(), report: Report{began: time.Now()}}
		d := &depthFirst{explorer: x, visited: make(map[uint64][]uint64)}
		d.pruner = &grower{by, d, note}
		d.run(func(*world) {})
		require.NoError(t, x.report.Err)
		require.True(t, x.report.Exhausted, x.report.Why)
		return x.report
	}
	g.all = search(&everything{}, func(path string, w *world, _ *frame, options []option, _ bool) {
		from := at(path, "")
		for _, o := range options {
			from.children = append(from.children, at(fmt.Sprintf("%s/%x", path, o.id), short(w, o)))
		}
	})
	g.pruned = search(&exhaustive{}, func(path string, _ *world, f *frame, options []option, again bool) {
		v := g.byPath[path]
		require.NotNil(t, v, "both searches meet the same options")
		v.fate = explored
		if again && len(f.todo) == 0 {
			v.fate = known
			return
		}
		for _, o := range options {
			for _, s := range f.sleep {
				if s.id == o.id {
					g.byPath[fmt.Sprintf("%s/%x", path, o.id)].fate = dormant
				}
			}
		}
	})
	g.vertices = len(g.byPath)
	return g
}

// short returns an action in a few characters.
func short(w *world, o option) string {
	switch o.kind {
	case Deliver:
		return fmt.Sprintf("%s→%s", w.bag[o.index].src, w.bag[o.index].dest)
	case Begin:
		return "add at " + w.ids[w.clients[o.index].node]
	case Fire:
		return "timer " + w.ids[o.index]
	}
	return o.kind.String()
}

// cut returns the number of vertices with each fate.
func (g *tree) cut() map[fate]int {
	cut := make(map[fate]int)
	for _, v := range g.byPath {
		cut[v.fate]++
	}
	return cut
}

// words returns sentences about the tree.
func (g *tree) words() string {
	cut := g.cut()
	return fmt.Sprintf("Without pruning, the scope has %d schedules. The search carries out %d of them to the end. Sleep sets cut %d branches, and the memory of states cuts %d. Of the %d vertices of the tree, %d are below these branches and are never seen.",
		g.all.Executions+g.all.Pruned, g.pruned.Executions, cut[dormant], cut[known], g.vertices, cut[unreached])
}

const (
	treeRow    = 15
	treeColumn = 112
)

// draw draws the tree from left to right. What the search explored is dark.
func (g *tree) draw() []byte {
	rows, deepest := 0.0, 0
	var place func(v *vertex)
	place = func(v *vertex) {
		deepest = max(deepest, v.depth)
		if len(v.children) == 0 {
			v.row = rows
			rows++
			return
		}
		for _, c := range v.children {
			place(c)
		}
		v.row = (v.children[0].row + v.children[len(v.children)-1].row) / 2
	}
	place(g.root)
	const top = 50
	f := svg.New(20+treeColumn*float64(deepest)+70, top+treeRow*rows+14, g.words())
	f.Text(14, 18, "start", svg.Small, "From left to right, one action after the other. Dark: explored. ◆: judged. Grey: never seen.")
	f.Text(14, 34, "start", svg.Small, "✕: asleep. The schedules behind it differ from earlier ones only in the order of independent actions.")
	x := func(v *vertex) float64 { return 14 + treeColumn*float64(v.depth) }
	y := func(v *vertex) float64 { return top + treeRow*(v.row+0.5) }
	var draw func(v *vertex)
	draw = func(v *vertex) {
		for _, c := range v.children {
			colour, width, text := svg.Colour("lane"), 1.0, fmt.Sprintf(` font-size="10" fill="%s"`, svg.Colour("lane"))
			if c.fate != unreached {
				text = fmt.Sprintf(` font-size="10" fill="%s"`, svg.Colour("ink"))
			}
			switch c.fate {
			case explored, known:
				colour, width = svg.Colour("ink"), 1.6
			case dormant:
				colour, width = svg.Hue(1), 1.2
			}
			f.Path(fmt.Sprintf("M%s %sC%s %s %s %s %s %s", svg.Px(x(v)), svg.Px(y(v)), svg.Px(x(v)+30), svg.Px(y(v)), svg.Px(x(v)+20), svg.Px(y(c)), svg.Px(x(v)+44), svg.Px(y(c))), colour, width, "")
			f.Text(x(c)-64, y(c)+3.5, "start", text, c.label)
			f.Path(fmt.Sprintf("M%s %sH%s", svg.Px(x(c)-14), svg.Px(y(c)), svg.Px(x(c))), colour, width, "")
			switch {
			case c.fate == dormant:
				f.Path(fmt.Sprintf("M%s %sl8 8m0 -8l-8 8", svg.Px(x(c)), svg.Px(y(c)-4)), svg.Hue(1), 2, "")
			case c.fate == explored && len(c.children) == 0:
				f.Printf(`<path d="M%s %sl5 -5l5 5l-5 5Z" fill="%s"/>`+"\n", svg.Px(x(c)), svg.Px(y(c)), svg.Colour("good"))
			}
			draw(c)
		}
	}
	draw(g.root)
	return f.Bytes()
}
