package explore

import (
	"fmt"
	"slices"

	"glomers/harness/choice"
)

// Exhaustive explores all executions, depth first. Of executions that differ only in the order of independent actions it carries
// out one, as far as sleep sets can tell (Godefroid 1996, chapter 5), and it goes on from a state once. Where a state is met
// again with fewer actions asleep, only those are explored that were asleep before.
func Exhaustive() Strategy { return &exhaustive{} }

type exhaustive struct{}

func (*exhaustive) String() string { return "every schedule" }

func (e *exhaustive) search(x *explorer) {
	d := &depthFirst{explorer: x, pruner: e, visited: make(map[uint64][]uint64)}
	if len(x.Alike) > 0 {
		d.pruner = unslept{}
	}
	d.run(func(*world) {})
}

// expand returns what is to be explored from a state, given what is asleep there, and what was at earlier visits.
func (*exhaustive) expand(_ *world, f *frame, before []uint64, again bool, options []option, _ int) (visited []uint64) {
	isAsleep := func(id uint64) bool { return slices.ContainsFunc(f.sleep, func(s slept) bool { return s.id == id }) }
	for k, o := range options {
		if !isAsleep(o.id) && (!again || slices.Contains(before, o.id)) {
			f.todo = append(f.todo, branch{k: k, id: o.id})
		}
	}
	if again {
		return slices.DeleteFunc(before, func(id uint64) bool { return !isAsleep(id) })
	}
	for _, s := range f.sleep {
		visited = append(visited, s.id)
	}
	return visited
}

func (*exhaustive) asleep(f *frame) (after []slept) {
	for _, s := range f.sleep {
		if s.touched.independent(f.touched) {
			after = append(after, s)
		}
	}
	return after
}

// depthFirst is a depth-first search. It has no snapshots of states: each execution begins at the beginning, and repeats the choices
// on the stack.
type depthFirst struct {
	*explorer
	pruner
	delays  int                 // to begin with
	visited map[uint64][]uint64 // by the key of the state
	stack   []*frame
}

// A frame is a state on the way to the current one.
type frame struct {
	todo    []branch // todo[0] is being explored
	sleep   []slept  // what need not be explored from here
	touched footprint
	left    int // delays
}

// A branch is an option to explore.
type branch struct {
	k    int // its number
	id   uint64
	cost int // delays
}

// A slept is an action that was explored from an earlier state, after which only independent actions were carried out.
type slept struct {
	id      uint64
	touched footprint
}

// A pruner decides what a depth-first search leaves out.
type pruner interface {
	// expand fills in f.todo: what is to be explored from a state. before is what it has returned at the last visit of this state, if
	// there was one.
	expand(w *world, f *frame, before []uint64, again bool, options []option, ready int) (visited []uint64)
	// asleep returns what need not be explored after the action that is being explored from f.
	asleep(f *frame) []slept
}

// run searches. setup is called with each world.
func (d *depthFirst) run(setup func(*world)) {
	d.report.Ends = true
	finished := true
	for _, prefix := range d.prefixes() {
		more := true
		for ; more && !d.stop(); more = d.backtrack() {
			if len(d.visited) >= d.Memory {
				d.report.Why = fmt.Sprintf("%d states are as many as fit into memory (Scope.Memory)", len(d.visited))
				return
			}
			depth := 0
			var last *world
			o := d.execute(func(w *world) { last = w; setup(w) }, prefix, func(w *world, options []option, ready int) int {
				switch {
				case depth < len(d.stack) && ready == 0: // the end of the explored part, but not of the choices
					return 0
				case depth < len(d.stack):
					depth++
					return d.again(w, options, depth-1)
				}
				depth = len(d.stack) + 1
				return d.next(w, options, ready)
			})
			if len(d.stack) > 0 {
				d.stack[len(d.stack)-1].touched = last.touched
			}
			d.count(o)
		}
		finished = finished && !more
	}
	switch {
	case d.report.Deep > 0:
		d.report.Why = fmt.Sprintf("%d executions went on after %d actions (Scope.Depth)", d.report.Deep, d.Depth)
	case !finished:
		d.report.Why = fmt.Sprintf("there are more than %d executions (Scope.Most)", d.Most)
	default:
		d.report.Exhausted = true
	}
}

// again returns the choice that the stack has at a depth.
func (d *depthFirst) again(w *world, options []option, depth int) int {
	c := d.stack[depth].todo[0]
	if c.k >= len(options) || options[c.k].id != c.id {
		w.fail(fmt.Errorf("explore: the nodes are not deterministic: at decision %d, the same choices led to other options than before", depth))
		return -1
	}
	return c.k
}

// next returns the first choice of a state that is not on the stack, and pushes it; -1 if there is nothing to explore.
func (d *depthFirst) next(w *world, options []option, ready int) int {
	f := &frame{left: d.delays}
	key := mix(w.key(), uint64(w.elapsed))
	if w.idled {
		f = d.stack[len(d.stack)-1].instead(options)
	} else {
		if len(d.stack) > 0 {
			top := d.stack[len(d.stack)-1]
			top.touched = w.touched
			f.sleep, f.left = d.asleep(top), top.left-top.todo[0].cost
		}
		before, again := d.visited[key]
		if !again {
			d.report.States++
		}
		d.visited[key] = d.expand(w, f, before, again, options, ready)
	}
	if ready == 0 {
		end := mix(key, 1)
		if _, again := d.visited[end]; again {
			return -1
		}
		d.visited[end] = nil
		return 0
	}
	if len(f.todo) == 0 {
		return -1
	}
	d.stack = append(d.stack, f)
	return f.todo[0].k
}

// instead returns a frame that explores what f has left, from the same state: the action that f has explored has changed nothing. So it is
// not necessary to begin at the beginning.
func (f *frame) instead(options []option) *frame {
	g := &frame{sleep: f.sleep, left: f.left}
	for _, c := range f.todo[1:] {
		if k := slices.IndexFunc(options, func(o option) bool { return o.id == c.id }); k >= 0 {
			g.todo = append(g.todo, branch{k: k, id: c.id, cost: c.cost})
		}
	}
	f.todo = f.todo[:1]
	return g
}

// backtrack goes on to the next branch of the latest state that has one. It reports whether there is any.
func (d *depthFirst) backtrack() bool {
	for len(d.stack) > 0 {
		f := d.stack[len(d.stack)-1]
		f.sleep = append(f.sleep, slept{f.todo[0].id, f.touched})
		if f.todo = f.todo[1:]; len(f.todo) > 0 {
			return true
		}
		d.stack = d.stack[:len(d.stack)-1]
	}
	return false
}

// prefixes returns all ways to decide what is decided before anything happens.
func (p *plan) prefixes() []choice.List {
	all := []choice.List{nil}
	for _, n := range p.beginnings() {
		if n == 1 {
			continue
		}
		var longer []choice.List
		for _, d := range all {
			for k := range n {
				longer = append(longer, append(slices.Clone(d), k))
			}
		}
		all = longer
	}
	return all
}
