package explore

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// checkClocks checks Scope.Clocks.
func (p *plan) checkClocks() error {
	switch {
	case p.Clocks == nil:
		return nil
	case len(p.Clocks) != p.Nodes:
		return fmt.Errorf("explore: Clocks has %d rates: want one for each of the %d nodes", len(p.Clocks), p.Nodes)
	case p.Program == nil:
		return errors.New("explore: Clocks are for a Program: what a process does is remembered for each clock that it was given")
	case len(p.Alike) > 0:
		return errors.New("explore: Clocks and Alike do not go together: nodes have rates of their own")
	}
	for i, rate := range p.Clocks {
		if !(rate > 0) || math.IsInf(rate, 1) {
			return fmt.Errorf("explore: Clocks[%d] is %v: want a rate, which is more than 0", i, rate)
		}
	}
	return nil
}

// rates returns the rates in words.
func (p *plan) rates() string {
	return "clocks with the rates " + strings.Trim(fmt.Sprint(p.Clocks), "[]")
}

// passed returns how far the node's clock has gone on together with those of all others.
func (m *member) passed() time.Duration {
	if m.world.Clocks == nil {
		return m.world.elapsed
	}
	return time.Duration(float64(m.world.elapsed) * m.world.Clocks[m.index])
}

// when returns how much time has passed when the node's clock shows at.
func (m *member) when(at time.Duration) time.Duration {
	own := at - m.base
	if m.world.Clocks == nil {
		return own
	}
	rate := m.world.Clocks[m.index]
	elapsed := time.Duration(math.Ceil(float64(own) / rate))
	for time.Duration(float64(elapsed)*rate) < own { // it was rounded
		elapsed++
	}
	return elapsed
}

// setClock lets the node's clock go on to at, unless it shows that already: alone, or all clocks together.
func (m *member) setClock(at time.Duration) {
	if m.world.Clocks == nil {
		m.base = max(m.base, at-m.world.elapsed)
	} else {
		m.world.elapsed = max(m.world.elapsed, m.when(at))
	}
}

// give notes an input of the node, which comes at a time of its clock.
func (m *member) give(id uint64) {
	m.given = mix(m.given, id)
	if m.world.Clocks != nil {
		m.given = mix(m.given, uint64(m.now()))
	}
}
