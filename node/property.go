package node

import (
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"glomers/internal/control"
)

// A Claim is a condition that a node checks. A nil Claim checks nothing, so a Machine can have one that only a node gives it.
type Claim struct{ property }

// A Point is a place in the code of a node. A nil Point is no place.
type Point struct{ property }

// A Quantity is a number whose smallest and largest value are of interest. A nil Quantity has none.
type Quantity struct{ property }

// A property is what all of them have in common.
type property struct {
	n *Node
	control.Property
}

// Always declares a condition of n that must hold whenever it is checked: an invariant. One check at which it does not hold makes a run
// invalid.
//
// The name says what holds. It must be different from those of the node's other properties, or Always panics, as do the functions that
// declare other properties. Call them before Run, in the function that registers the handlers.
func Always(n *Node, name string) *Claim { return &Claim{n.declare(control.Always, name)} }

// Sometimes declares a condition of n that should hold at least once in a set of runs: a rare situation that the runs are meant to come
// to. Runs in which it never does show less than they seem to.
func Sometimes(n *Node, name string) *Claim { return &Claim{n.declare(control.Sometimes, name)} }

// Reachable declares a place in the code of n that should be reached at least once in a set of runs.
func Reachable(n *Node, name string) *Point { return &Point{n.declare(control.Reachable, name)} }

// Unreachable declares a place in the code of n that must never be reached: a run that comes there is invalid.
func Unreachable(n *Node, name string) *Point { return &Point{n.declare(control.Unreachable, name)} }

// Extremes declares a number of n whose smallest and largest value in a run are reported.
func Extremes(n *Node, name string) *Quantity { return &Quantity{n.declare(control.Extremes, name)} }

// Check tells the harness, if there is one, whether the condition holds. The details are for the reader of a violation, or of the first
// time that a Sometimes held. Any goroutine may call Check.
func (c *Claim) Check(holds bool, details ...slog.Attr) {
	if c != nil && c.n.watch.on {
		c.observe(holds, 0, details)
	}
}

// Watched reports whether anybody listens: a condition that is dear to evaluate need not be evaluated otherwise.
func (c *Claim) Watched() bool { return c != nil && c.n.watch.on }

// Reach tells the harness, if there is one, that the place is reached. Any goroutine may call Reach.
func (p *Point) Reach(details ...slog.Attr) {
	if p != nil && p.n.watch.on {
		p.observe(true, 0, details)
	}
}

// See tells the harness, if there is one, the present value. A value that is not finite is ignored. Any goroutine may call See.
func (q *Quantity) See(value float64) {
	if q != nil && q.n.watch.on {
		q.observe(false, value, nil)
	}
}

// observe passes an observation on. It copies the details, so that those of a call take no memory while nobody listens.
func (p *property) observe(holds bool, value float64, details []slog.Attr) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	o := control.Observation{Property: p.Property, Holds: holds, Value: value, Details: slices.Clone(details)}
	if listen := p.n.watch.listen; listen != nil {
		listen(o)
	} else {
		p.n.watch.news.add(p.n, o)
	}
}

// A watch has the properties of a node, and whoever listens to them.
type watch struct {
	declared []control.Property
	running  atomic.Bool // nothing can be declared any more

	on     bool                      // somebody listens; fixed once the node runs
	listen func(control.Observation) // nil: the news goes to the harness of this process
	news   news
}

// declare adds a property.
func (n *Node) declare(kind control.Kind, name string) property {
	w := &n.watch
	switch {
	case w.running.Load():
		panic(fmt.Sprintf("node: the property %q is declared while the node runs: declare it where the handlers are registered", name))
	case name == "" || len(name) > control.MaxName || strings.ToValidUTF8(name, "") != name:
		panic(fmt.Sprintf("node: a property is called %q: want 1 to %d bytes of text", name, control.MaxName))
	case slices.ContainsFunc(w.declared, func(p control.Property) bool { return p.Name == name }):
		panic(fmt.Sprintf("node: two properties are called %q", name))
	case len(w.declared) == control.MaxProperties:
		panic(fmt.Sprintf("node: more than %d properties", control.MaxProperties))
	}
	p := control.Property{Kind: kind, Name: name}
	w.declared = append(w.declared, p)
	return property{n, p}
}

func init() {
	control.Listen = func(n any, f func(control.Observation)) {
		w := &n.(*Node).watch
		w.listen, w.on = f, true
	}
	control.Properties = func(n any) []control.Property { return slices.Clone(n.(*Node).watch.declared) }
}
