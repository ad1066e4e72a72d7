package why

import (
	"strings"
)

// A family has the totals that nodes tell each other of each node's adds: ".totals" of {"totals":{"n1":4,"n2":1}}.
type family struct {
	sign int   // +1 or -1 if these are of the adds that go up or down alone, 0 for all
	unit int64 // -1 if the totals of those that go down are told without their sign; 1 otherwise
}

// kinds are the kinds of families.
var kinds = [...]family{{sign: 0, unit: 1}, {sign: 1, unit: 1}, {sign: -1, unit: -1}, {sign: -1, unit: 1}}

// totals explain counters whose nodes tell each other the totals of each node's adds.
type totals struct {
	*tally
	families map[string]family
	owns     map[string]map[string]*ownTotal  // by node and name
	knows    map[string]map[string]*knowledge // by node and name
	known    map[*wrong]map[string]knowledge  // what the node of each wrong read knew
	leaps    map[string]*[leapKinds]leaps     // by node
}

// A knowledge is what a node knows of a total.
type knowledge struct {
	told, heard int64
	tells       bool
	latest      int64 // of the two
}

// newTotals finds the totals in messages, and follows what each node tells of its own.
func newTotals(t *tally) *totals {
	x := &totals{
		tally: t, families: make(map[string]family), owns: make(map[string]map[string]*ownTotal), knows: make(map[string]map[string]*knowledge),
		known: make(map[*wrong]map[string]knowledge), leaps: make(map[string]*[leapKinds]leaps),
	}
	x.learn()
	if len(x.families) > 0 {
		x.follow()
	}
	return x
}

// totalsIn gives the numbers that may be totals of nodes: the name of the family, the name in it, and the node. A number without the name
// of a node may be that of the sender.
func (r *Run) totalsIn(m *Sent, give func(family, name, node string, n int64)) {
	numbersIn(m.Body, func(name string, n int64) {
		last := strings.LastIndexByte(name, '.')
		for _, node := range r.Nodes {
			if isOf(name[last+1:], node) {
				give(name[:last], name, node, n)
				return
			}
		}
		give(name, name+"."+m.Src, m.Src, n)
	})
}

// isOf reports whether a name is a node's: "n1" and "n1@17" are n1's.
func isOf(name, node string) bool {
	rest, ok := strings.CutPrefix(name, node)
	if !ok || rest == "" {
		return ok
	}
	c := rest[0]
	return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// learn finds the families: in what nodes tell of themselves, there are the sums of the adds that have come to them. Of several kinds of sums,
// the one that is right most often counts.
func (x *totals) learn() {
	const (
		maxFamilies = 50
		enough      = 3 // different totals: fewer may be a coincidence
	)
	type place struct {
		family, node string
		kind         int
	}
	hits := make(map[string]*[len(kinds)]int)
	last := make(map[place]int64) // that was right
	sums := make(map[string]*running)
	for i := range x.Messages {
		m := &x.Messages[i]
		if !x.IsNode(m.Src) || !x.IsNode(m.Dest) {
			continue
		}
		now := sums[m.Src]
		if now == nil {
			now = &running{adds: x.byNode[m.Src]}
			sums[m.Src] = now
		}
		now.advance(m.At)
		x.totalsIn(m, func(family, _, node string, n int64) {
			if n == 0 || node != m.Src || hits[family] == nil && len(hits) == maxFamilies {
				return
			}
			if hits[family] == nil {
				hits[family] = new([len(kinds)]int)
			}
			for i, k := range kinds {
				if p := (place{family, node, i}); n == now.in(k) && last[p] != n {
					last[p] = n
					hits[family][i]++
				}
			}
		})
	}
	var signs [3]bool // by sign + 1: there is a family of that
	for name, right := range hits {
		best := 0
		for i := range right {
			if right[i] > right[best] {
				best = i
			}
		}
		if right[best] >= enough {
			x.families[name] = kinds[best]
			signs[kinds[best].sign+1] = true
		}
	}
	if signs[0] && signs[2] {
		return
	}
	for name, right := range hits { // what only goes up needs a counterpart; without, it is a total that was merged by the larger value
		if right[0] >= enough {
			x.families[name] = kinds[0]
		}
	}
}

// A sum is that of some adds, apart for those that go up and down.
type sum struct{ up, down int64 }

func (s *sum) add(delta int64) {
	if delta > 0 {
		s.up += delta
	} else {
		s.down += delta
	}
}

// in returns the sum as the totals of a family have it.
func (s sum) in(f family) int64 {
	switch {
	case f.sign > 0:
		return s.up * f.unit
	case f.sign < 0:
		return s.down * f.unit
	}
	return (s.up + s.down) * f.unit
}

// running is the sum of the adds that have come to a node.
type running struct {
	adds []*add // in the order of their coming
	at   int
	sum
}

// advance adds those that came until a time.
func (s *running) advance(until int64) {
	for ; s.at < len(s.adds) && s.adds[s.at].begin <= until; s.at++ {
		if a := s.adds[s.at]; a.counts() {
			s.add(a.delta)
		}
	}
}
