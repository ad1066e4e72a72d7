package harness

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glomers/harness/check"
	"glomers/internal/control"
)

// Properties are those that the nodes of a run declared (see package node), with what was seen of them: the kinds in the order of
// docs/properties.md, and those of a kind by their names. As a check.Result, they are Invalid if one was violated.
type Properties []Property

// A Property is what was seen of a property in a run, at all nodes.
type Property struct {
	Kind string `json:"kind"` // always, sometimes, reachable, unreachable or extremes
	Name string `json:"name"`

	// Held counts the checks at which the condition held, or how often the place was reached, Failed the checks at which the condition did
	// not hold. Of nodes that are processes, they are lower bounds of less than a factor of two: see docs/properties.md.
	Held   int       `json:"held,omitempty"`
	Failed int       `json:"failed,omitempty"`
	Nodes  []string  `json:"nodes,omitempty"` // where it held, or was reached
	First  *Sighting `json:"first,omitempty"` // when it held, or was reached, for the first time

	Violations []Sighting `json:"violations,omitempty"` // of always and unreachable: the first ones

	Smallest *Extreme `json:"smallest,omitempty"` // of extremes
	Largest  *Extreme `json:"largest,omitempty"`
}

// A Sighting is an observation of a property.
type Sighting struct {
	Node    string          `json:"node"`
	Time    time.Duration   `json:"time-ns"`
	Details json.RawMessage `json:"details,omitempty"` // an object
}

// An Extreme is a value of a quantity.
type Extreme struct {
	Value float64       `json:"value"`
	Node  string        `json:"node"`
	Time  time.Duration `json:"time-ns"`
}

// maxViolations is how many violations of a property a Result has. The others are counted.
const maxViolations = 3

// Happened reports whether what was declared has been seen: a sometimes held, a place was reached, a quantity had a value, an always was
// checked. It is true of unreachable.
func (p Property) Happened() bool {
	switch control.Kind(p.Kind) {
	case control.Always:
		return p.Held+p.Failed > 0
	case control.Extremes:
		return p.Largest != nil
	case control.Unreachable:
		return true
	}
	return p.Held > 0
}

// Never says in a few words what did not happen.
func (p Property) Never() string {
	switch control.Kind(p.Kind) {
	case control.Always:
		return fmt.Sprintf("never checked: %s %q", p.Kind, p.Name)
	case control.Sometimes:
		return fmt.Sprintf("never true: %s %q", p.Kind, p.Name)
	case control.Reachable:
		return fmt.Sprintf("never reached: %s %q", p.Kind, p.Name)
	}
	return fmt.Sprintf("never seen: %s %q", p.Kind, p.Name)
}

// Verdict implements check.Result.
func (ps Properties) Verdict() check.Verdict {
	if len(ps.Anomalies()) > 0 {
		return check.Invalid
	}
	return check.Valid
}

// Reasons implements check.Result.
func (ps Properties) Reasons() []string {
	var reasons []string
	for _, p := range ps {
		if len(p.Violations) == 0 {
			continue
		}
		times, verb := p.Failed, "did not hold"
		if p.Kind == string(control.Unreachable) {
			times, verb = p.Held, "was reached"
		}
		v := p.Violations[0]
		// Its shape, by which failures are told apart, is the same for all nodes, times and details.
		text := fmt.Sprintf("%s %q %s at %s after %.3f s (%d in all)", p.Kind, p.Name, verb, v.Node, v.Time.Seconds(), times)
		if len(v.Details) > 0 {
			text += "\n" + string(v.Details)
		}
		reasons = append(reasons, text)
	}
	return reasons
}

// Anomalies implements check.Anomalous: the properties that were violated.
func (ps Properties) Anomalies() []string {
	var names []string
	for _, p := range ps {
		if len(p.Violations) > 0 {
			names = append(names, p.Kind+" "+p.Name)
		}
	}
	slices.Sort(names)
	return names
}

// see adds an observation that has occurred that many times.
func (p *Property) see(s Sighting, holds bool, times int) {
	count := &p.Failed
	if holds {
		count = &p.Held
		if p.First == nil || before(s, *p.First) {
			p.First = &s
		}
		if i, found := slices.BinarySearch(p.Nodes, s.Node); !found {
			p.Nodes = slices.Insert(p.Nodes, i, s.Node)
		}
	}
	*count += times
	if (control.Observation{Property: p.declared(), Holds: holds}).Violates() {
		// Sorted, as nodes in this process may act at the same instant, in any order.
		i, _ := slices.BinarySearchFunc(p.Violations, s, compareSightings)
		for i < len(p.Violations) && compareSightings(p.Violations[i], s) == 0 {
			i++
		}
		if i < maxViolations {
			p.Violations = slices.Insert(p.Violations, i, s)
			p.Violations = p.Violations[:min(len(p.Violations), maxViolations)]
		}
	}
}

// keeps reports whether the details of an observation can matter: for most, they need not be written out.
func (p *Property) keeps(at time.Duration, o control.Observation) bool {
	first := o.Holds && (p.First == nil || at <= p.First.Time)
	return first || o.Violates() && (len(p.Violations) < maxViolations || at <= p.Violations[maxViolations-1].Time)
}

// measure adds a value.
func (p *Property) measure(e Extreme) {
	earlier := func(than Extreme) bool {
		return cmp.Or(cmp.Compare(e.Time, than.Time), cmp.Compare(e.Node, than.Node)) < 0
	}
	if p.Smallest == nil || e.Value < p.Smallest.Value || e.Value == p.Smallest.Value && earlier(*p.Smallest) {
		p.Smallest = &e
	}
	if p.Largest == nil || e.Value > p.Largest.Value || e.Value == p.Largest.Value && earlier(*p.Largest) {
		p.Largest = &e
	}
}

func before(a, b Sighting) bool { return compareSightings(a, b) < 0 }

func compareSightings(a, b Sighting) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Node, b.Node))
}
