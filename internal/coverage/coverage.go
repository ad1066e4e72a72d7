// Package coverage says what the runs of a sweep have seen of the properties that nodes declare, and for how many runs a sweep has
// brought nothing new.
package coverage

import (
	"fmt"
	"slices"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/internal/control"
	"glomers/internal/wording"
)

// A Coverage is what a number of runs have seen. The zero value is that of no runs.
type Coverage struct {
	Runs       int
	Properties []Property // by kind and name, as in a harness.Result

	quiet  int             // runs since the last one that brought something new
	shapes map[string]bool // of failures
}

// A Property is a property in several runs.
type Property struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Seeds is in how many runs it happened: see harness.Property.Happened.
	Seeds    int      `json:"seeds"`
	First    uint64   `json:"first-seed,omitempty"` // of these
	Smallest *Extreme `json:"smallest,omitempty"`
	Largest  *Extreme `json:"largest,omitempty"`
}

// An Extreme is a value, and the first seed whose run had it.
type Extreme struct {
	Value float64 `json:"value"`
	Seed  uint64  `json:"seed"`
}

// Add adds a run, and reports whether it brought something new: a property that had not happened before, or a failure of another shape
// than those before. failure is "" if the run did not fail. New extremes do not count: there are always some.
func (c *Coverage) Add(seed uint64, properties harness.Properties, failure string) (news bool) {
	c.Runs++
	for _, p := range properties {
		news = c.see(seed, p) || news
	}
	if shape := check.Shape(failure); shape != "" && !c.shapes[shape] {
		if c.shapes == nil {
			c.shapes = make(map[string]bool)
		}
		c.shapes[shape] = true
		news = true
	}
	if c.quiet++; news {
		c.quiet = 0
	}
	return news
}

// Quiet returns the number of runs since the last one that brought something new.
func (c *Coverage) Quiet() int { return c.quiet }

// see adds what a run has seen of a property, and reports whether it happened for the first time.
func (c *Coverage) see(seed uint64, p harness.Property) bool {
	known := c.find(p.Kind, p.Name)
	if !p.Happened() {
		return false
	}
	if p.Largest != nil {
		known.Smallest = lower(known.Smallest, Extreme{p.Smallest.Value, seed}, 1)
		known.Largest = lower(known.Largest, Extreme{p.Largest.Value, seed}, -1)
	}
	if known.Seeds++; known.Seeds == 1 {
		known.First = seed
		return p.Kind != "unreachable" // which need not happen
	}
	return false
}

// lower returns the lower of two values, of which the first may be missing. A sign of -1 makes it the higher.
func lower(a *Extreme, b Extreme, sign float64) *Extreme {
	if a != nil && sign*a.Value <= sign*b.Value {
		return a
	}
	return &b
}

// find returns a property, which is added if need be.
func (c *Coverage) find(kind, name string) *Property {
	wanted := control.Property{Kind: control.Kind(kind), Name: name}
	i, found := slices.BinarySearchFunc(c.Properties, wanted, func(p Property, w control.Property) int {
		return control.Property{Kind: control.Kind(p.Kind), Name: p.Name}.Compare(w)
	})
	if !found {
		c.Properties = slices.Insert(c.Properties, i, Property{Kind: kind, Name: name})
	}
	return &c.Properties[i]
}

// Merge adds the runs of another sweep, of the same test or of another one, for what has never happened in any. Seeds of the two are not
// told apart.
func (c *Coverage) Merge(o Coverage) {
	c.Runs += o.Runs
	for _, p := range o.Properties {
		known := c.find(p.Kind, p.Name)
		if known.Seeds == 0 {
			known.First = p.First
		}
		known.Seeds += p.Seeds
		if p.Largest != nil {
			known.Smallest, known.Largest = lower(known.Smallest, *p.Smallest, 1), lower(known.Largest, *p.Largest, -1)
		}
	}
}

// Never says in a few words each what has not happened in any run.
func (c *Coverage) Never() []string {
	var never []string
	for _, p := range c.Properties {
		if p.Seeds == 0 {
			never = append(never, harness.Property{Kind: p.Kind, Name: p.Name}.Never())
		}
	}
	return never
}

// String says in a line how many of the properties happened, and which did not; "" if none was declared.
func (c *Coverage) String() string {
	if len(c.Properties) == 0 {
		return ""
	}
	never := c.Never()
	text := fmt.Sprintf("%d of %s seen in %s", len(c.Properties)-len(never), wording.Plural(len(c.Properties), "property"), wording.Plural(c.Runs, "run"))
	for _, n := range never {
		text += "; " + n
	}
	return text
}
