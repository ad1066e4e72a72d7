package rsm

import (
	"encoding/json"
	"slices"
	"time"
)

// A collector has what other nodes want of the leader: their batches and asks wait for the next window, and asks for the engine's round.
type collector[C any] struct {
	batches []Batch[C]
	asks    []asker
	rounds  map[uint64][]asker // that the engine was asked for, by id
	round   uint64             // the last id
}

// An asker is a node with its ask.
type asker struct {
	node string
	Ask
}

// take accepts what another node forwards.
func (c *collector[C]) take(from string, b *Batch[C], a *Ask) {
	if b != nil {
		c.batches = append(c.batches, *b)
	}
	if a != nil {
		c.asks = append(c.asks, asker{from, *a})
	}
}

// waiting reports whether there is something for the next window.
func (c *collector[C]) waiting() bool { return len(c.batches)+len(c.asks) > 0 }

// clear forgets everything, as there is a new leader. The nodes will ask that.
func (c *collector[C]) clear() {
	c.batches, c.asks = nil, nil
	clear(c.rounds)
}

// decide gives the engine the commands of a window as one entry, and asks it once for all reads of the window. Both travel in the same appends.
func (r *Replica[M, C, R]) decide(p *parcel[M, C], now time.Duration) {
	if b := r.own.batch(r.id, now); b != nil {
		r.all.batches = append(r.all.batches, *b)
	}
	if a := r.own.asks(now); a != nil {
		r.all.asks = append(r.all.asks, asker{r.id, *a})
	}
	if len(r.all.batches) > 0 {
		if data, err := json.Marshal(r.all.batches); err == nil {
			out, _ := r.engine.Propose(data, now) // refused while the leader hands over: all nodes send their commands again
			p.engine(out)
		}
		r.all.batches = nil
	}
	if len(r.all.asks) > 0 {
		r.all.round++
		out, err := r.engine.Read(r.all.round, now)
		p.engine(out)
		if err == nil {
			r.all.rounds[r.all.round] = r.all.asks
		}
		r.all.asks = nil
	}
}

// confirm answers the asks of the rounds that the engine has ended.
func (r *Replica[M, C, R]) confirm(p *parcel[M, C], now time.Duration) {
	for _, result := range r.engine.Reads() {
		askers := r.all.rounds[result.ID]
		delete(r.all.rounds, result.ID)
		for _, a := range askers {
			switch {
			case a.node == r.id && result.Failed:
				r.own.lost(a.Ask)
			case a.node == r.id:
				r.own.answered(Index{a.Ask, r.applied})
			case !result.Failed:
				m := p.to(a.node, true)
				m.Index = append(m.Index, Index{a.Ask, r.applied})
				r.notice(p, a.node, now)
			}
		}
	}
}

// notice tells a node that waits for it what is committed.
func (r *Replica[M, C, R]) notice(p *parcel[M, C], node string, now time.Duration) {
	if node != r.id && !slices.Contains(r.noticed, node) {
		r.noticed = append(r.noticed, node)
		p.engine(r.engine.Announce(node, now))
	}
}
