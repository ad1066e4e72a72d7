package explore

import (
	"fmt"
	"slices"
)

// Exhaustive explores all executions, depth first. Of executions that differ only in the order of independent actions it carries
// out one, as far as sleep sets can tell (Godefroid 1996, chapter 5), and it goes on from a state once. Where a state is met
// again with fewer actions asleep, only those are explored that were asleep before.
func Exhaustive() Strategy { return &exhaustive{} }

type exhaustive struct{}

func (*exhaustive) String() string { return "every schedule" }

func (*exhaustive) begin(int, int) int { return 0 }

func (*exhaustive) search(x *explorer) {
	d := &depthFirst{explorer: x, visited: make(map[uint64][]uint64)}
	d.run(func(w *world) {}, d.visit, (*frame).sleeping)
}

// visit returns which options of a state are to be explored, given what is asleep there.
func (d *depthFirst) visit(w *world, f *frame, options []option, ready int) {
	key := w.key()
	before, again := d.visited[key]
	isAsleep := func(id uint64) bool { return slices.ContainsFunc(f.sleep, func(s slept) bool { return s.id == id }) }
	for k, o := range options {
		if !isAsleep(o.id) && (!again || slices.Contains(before, o.id)) {
			f.todo = append(f.todo, branch{k: k, id: o.id})
		}
	}
	if !again {
		d.report.States++
		now := make([]uint64, len(f.sleep))
		for i, s := range f.sleep {
			now[i] = s.id
		}
		d.visited[key] = now
		return
	}
	if len(before) > 0 {
		d.visited[key] = slices.DeleteFunc(before, func(id uint64) bool { return !isAsleep(id) })
	}
}

// depthFirst is a depth-first search. It has no snapshots of states: each execution begins at the beginning, and repeats the choices
// on the stack.
type depthFirst struct {
	*explorer
	visited map[uint64][]uint64 // by the key of the state, the ids of what was asleep at every visit
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

// sleeping returns what is asleep after the action that is being explored.
func (f *frame) sleeping() []slept {
	var after []slept
	for _, s := range f.sleep {
		if s.touched.independent(f.touched) {
			after = append(after, s)
		}
	}
	return after
}

// run searches. visit fills in what is to be explored from a new state.
func (d *depthFirst) run(setup func(*world), visit func(w *world, f *frame, options []option, ready int), sleeping func(*frame) []slept) {
	d.report.Ends = true
	for _, prefix := range d.prefixes() {
		for done := false; !done && !d.stop(); done = !d.backtrack() {
			if len(d.visited) >= d.Memory {
				d.report.Why = fmt.Sprintf("%d states are as many as fit into memory (Scope.Memory)", len(d.visited))
				return
			}
			depth := 0
			var last *world
			o := d.execute(func(w *world) { last = w; setup(w) }, prefix, func(w *world, options []option, ready int) int {
				depth++
				if depth <= len(d.stack) {
					c := d.stack[depth-1].todo[0]
					if c.k >= len(options) || options[c.k].id != c.id {
						w.fail(fmt.Errorf("explore: the nodes are not deterministic: at decision %d, the same choices led to other options than before", depth-1))
						return -1
					}
					return c.k
				}
				f := &frame{}
				if len(d.stack) > 0 {
					top := d.stack[len(d.stack)-1]
					top.touched = w.touched
					f.sleep, f.left = sleeping(top), top.left-top.todo[0].cost
				}
				visit(w, f, options, ready)
				if len(f.todo) == 0 {
					return -1
				}
				d.stack = append(d.stack, f)
				return f.todo[0].k
			})
			if last != nil && len(d.stack) > 0 {
				d.stack[len(d.stack)-1].touched = last.touched
			}
			d.count(o)
		}
	}
	switch {
	case d.report.Deep > 0:
		d.report.Why = fmt.Sprintf("%d executions went on after %d actions (Scope.Depth)", d.report.Deep, d.Depth)
	case d.Most > 0 && d.report.Executions >= d.Most:
		d.report.Why = fmt.Sprintf("there are more than %d executions (Scope.Most)", d.Most)
	default:
		d.report.Exhausted = true
	}
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
func (p *plan) prefixes() []Decisions {
	all := []Decisions{nil}
	for _, n := range p.beginnings() {
		if n == 1 {
			continue
		}
		var longer []Decisions
		for _, d := range all {
			for k := range n {
				longer = append(longer, append(slices.Clone(d), k))
			}
		}
		all = longer
	}
	return all
}
