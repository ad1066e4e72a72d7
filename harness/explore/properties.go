package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"glomers/internal/control"
)

// A Property is what nodes have declared by node.Sometimes, Always and the like, and in how many executions it came.
type Property struct {
	Kind, Name string
	Executions int     // in which it held, was reached or was measured
	Low, High  float64 // of Extremes
}

// properties collects what the nodes of all executions declare and see.
type properties struct {
	mu  sync.Mutex // nodes may have several goroutines
	all map[control.Property]*Property
	now map[control.Property]bool // in this execution
}

func newProperties() *properties {
	return &properties{all: make(map[control.Property]*Property), now: make(map[control.Property]bool)}
}

// watch watches a new node.
func (p *properties) watch(m *member) {
	declared := control.Properties(m.node)
	if len(declared) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range declared {
		if p.all[d] == nil {
			p.all[d] = &Property{Kind: string(d.Kind), Name: d.Name}
		}
	}
	of := m.node
	control.Listen(of, func(o control.Observation) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !m.up || m.node != of {
			return // it was killed
		}
		if o.Violates() && m.world.broken == "" {
			m.world.broken = fmt.Sprintf("%s: %v", m.id, o)
		}
		p.see(o)
		if m.world.listen != nil {
			m.world.listen(m.index, o)
		}
	})
}

func (p *properties) see(o control.Observation) {
	all := p.all[o.Property]
	if o.Kind == control.Extremes {
		if all.Executions == 0 && !p.now[o.Property] {
			all.Low, all.High = o.Value, o.Value
		}
		all.Low, all.High = min(all.Low, o.Value), max(all.High, o.Value)
	} else if !o.Holds {
		return
	}
	if !p.now[o.Property] {
		p.now[o.Property] = true
		all.Executions++
	}
}

// next begins another execution.
func (p *properties) next() { clear(p.now) }

// list returns the properties, sorted.
func (p *properties) list() []Property {
	var list []Property
	for _, q := range p.all {
		list = append(list, *q)
	}
	slices.SortFunc(list, func(a, b Property) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
	})
	return list
}

// Never returns the properties that should have come at least once, and did not.
func (r Report) Never() (names []string) {
	for _, p := range r.Properties {
		if (p.Kind == string(control.Sometimes) || p.Kind == string(control.Reachable)) && p.Executions == 0 {
			names = append(names, fmt.Sprintf("%s %q", p.Kind, p.Name))
		}
	}
	return names
}
