package nemesis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// A partition cuts links between nodes and heals them all. Its kind and its victims
// are drawn anew at each start.
type partition struct {
	nodes    []string
	interval time.Duration
	rng      *rand.Rand
	kinds    []kind // to draw from
	started  bool   // the next step stops
	inForce  string
}

func newPartition(o Options, rng *rand.Rand) Fault {
	p := &partition{nodes: slices.Clone(o.Nodes), interval: o.Interval, rng: rng}
	for _, k := range []kind{one, minorityThird, majority, majoritiesRing} {
		if o.Faithful || len(k.grudge(p.nodes).links()) > 0 {
			p.kinds = append(p.kinds, k)
		}
	}
	return p
}

func (p *partition) Name() string        { return "partition" }
func (p *partition) Next() time.Duration { return stagger(p.interval, p.rng) }
func (p *partition) InForce() string     { return p.inForce }

func (p *partition) Step(now time.Duration, s System) (Op, error) {
	if p.started {
		return p.Heal(now, s)
	}
	p.started = true
	op := Op{F: "start-partition"}
	if len(p.kinds) == 0 { // a single node
		op.Result = "nothing-to-cut"
		return op, nil
	}
	k := p.kinds[p.rng.IntN(len(p.kinds))]
	p.rng.Shuffle(len(p.nodes), func(i, j int) { p.nodes[i], p.nodes[j] = p.nodes[j], p.nodes[i] })
	g := k.grudge(p.nodes)
	op.Value, op.Result = string(k), []any{"isolated", g}
	links := g.links()
	if err := s.Cut(now, links); err != nil {
		return op, fmt.Errorf("nemesis: partition: %w", err)
	}
	if len(links) > 0 {
		p.inForce = "partition: " + string(k)
	}
	return op, nil
}

func (p *partition) Heal(now time.Duration, s System) (Op, error) {
	p.started = false
	p.inForce = ""
	s.Heal(now)
	return Op{F: "stop-partition", Result: "network-healed"}, nil
}
