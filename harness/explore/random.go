package explore

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"glomers/harness/choice"
)

// A Strategy chooses the executions to carry out.
type Strategy interface {
	// String describes the strategy in words, as a part of a bound.
	String() string
	search(x *explorer)
}

// A sampler draws executions. Its parts are the same for all strategies at random: the places of faults.
type sampler struct {
	rng     *rand.Rand
	longest int           // the most actions of an execution so far; 0 before the first
	faults  []placedFault // of the current execution, by step
}

// A placedFault is a fault that happens as soon as possible after a number of actions.
type placedFault struct {
	kind Kind
	step int
}

// firstGuess is the number of actions that the first execution is taken to have.
const firstGuess = 30

func newSampler(seed uint64) sampler {
	return sampler{rng: rand.New(rand.NewPCG(seed, 0))}
}

// anywhere draws a place in an execution: a number of actions before it. A place that is drawn beyond the end of an execution
// would be none, so the length is that of the executions so far.
func (s *sampler) anywhere() int { return s.rng.IntN(cmp.Or(s.longest, firstGuess)) }

// place draws the places of the faults.
func (s *sampler) place(p *plan, leftOut func(Kind) bool) {
	s.faults = s.faults[:0]
	for _, f := range []struct {
		kind Kind
		n    int
	}{{Lose, p.Losses}, {Duplicate, p.Duplicates}, {Kill, p.Kills}, {Cut, p.Cuts}} {
		for range f.n {
			if !leftOut(f.kind) {
				s.faults = append(s.faults, placedFault{f.kind, s.anywhere()})
			}
		}
	}
}

// fault returns the number of the fault that is due, or -1.
func (s *sampler) fault(w *world, options []option, ready int) int {
	for i, f := range s.faults {
		if f.step > w.steps {
			continue
		}
		var of []int
		for k := ready; k < len(options); k++ {
			if options[k].kind == f.kind {
				of = append(of, k)
			}
		}
		if len(of) > 0 {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
			return of[s.rng.IntN(len(of))]
		}
	}
	return -1
}

// draw carries out executions. start is called before each; pick chooses one of the ready options.
func (s *sampler) draw(x *explorer, start func(), pick func(w *world, ready []option) int) {
	if x.Most == 0 {
		x.Most = defaultMost
	}
	for !x.stop() {
		start()
		var prefix choice.List
		for _, n := range x.beginnings() {
			if n > 1 {
				prefix = append(prefix, s.rng.IntN(n))
			}
		}
		o := x.execute(nil, prefix, func(w *world, options []option, ready int) int {
			switch {
			case ready == 0:
				return 0
			case options[0].kind == Pick:
				return s.rng.IntN(ready)
			}
			if k := s.fault(w, options, ready); k >= 0 {
				return k
			}
			return pick(w, options[:ready])
		})
		s.longest = max(s.longest, o.depth)
		x.count(o)
	}
	x.report.Why = "the executions were drawn"
}

func none(Kind) bool { return false }

// Random draws each action: each ready one has the same probability. Each fault has its place: after a number of actions that is
// uniform over the length of an execution.
func Random(seed uint64) Strategy { return &random{newSampler(seed)} }

type random struct{ sampler }

func (*random) String() string { return "drawn at random" }

func (r *random) search(x *explorer) {
	r.draw(x, func() { r.place(x.plan, none) }, func(_ *world, ready []option) int { return r.rng.IntN(len(ready)) })
}

// Swarm is Random, but each execution leaves out some of the operations and some kinds of faults (Groce et al. 2012).
func Swarm(seed uint64) Strategy { return &swarm{newSampler(seed)} }

type swarm struct{ sampler }

func (*swarm) String() string { return "a swarm" }

func (r *swarm) search(x *explorer) {
	r.draw(x, func() {
		out := r.rng.Uint64()
		r.place(x.plan, func(k Kind) bool { return out>>k&1 == 1 })
	}, func(_ *world, ready []option) int { return r.rng.IntN(len(ready)) })
}

// PCT draws a priority for each link, each operation and the timers of each node, and always carries out the ready action with the highest one;
// at d-1 places, which are drawn, the highest becomes the lowest (probabilistic concurrency testing: Burckhardt, Kothari,
// Musuvathi, Nagarakatte 2010, section 3). A bug of depth d needs d actions in a certain order.
func PCT(seed uint64, d int) Strategy { return &pct{newSampler(seed), d} }

type pct struct {
	sampler
	depth int
}

func (s *pct) String() string { return fmt.Sprintf("PCT of depth %d", s.depth) }

func (s *pct) search(x *explorer) {
	var priorities map[uint64]float64
	changes := map[int]bool{}
	lowest := 0.0
	start := func() {
		s.place(x.plan, none)
		priorities, lowest = make(map[uint64]float64), 0
		clear(changes)
		for range s.depth - 1 {
			changes[s.anywhere()] = true
		}
	}
	s.draw(x, start, func(w *world, ready []option) int {
		for {
			best, at := -1.0, 0
			for k, o := range ready {
				t := w.thread(o)
				p, ok := priorities[t]
				if !ok {
					p = 1 + s.rng.Float64()
					priorities[t] = p
				}
				if p > best {
					best, at = p, k
				}
			}
			if !changes[w.steps] {
				return at
			}
			delete(changes, w.steps)
			lowest++
			priorities[w.thread(ready[at])] = 1 / (1 + lowest) // below all that were drawn, and below earlier ones
		}
	})
}

// thread returns the sequence of actions that an action belongs to. An operation is one of its own: with one priority for a client, it
// would take a change to let a message arrive between two of its operations. Ozkan et al. 2018 have chains of events in place of threads.
func (w *world) thread(o option) uint64 {
	switch o.kind {
	case Deliver:
		m := w.bag[o.index]
		return actionID(Deliver, m.from, m.to)
	case Begin:
		return o.id
	}
	return actionID(o.kind, o.index)
}

// POS draws a priority for each action, and carries out the ready action with the highest one. Then the priorities of all that it races
// with, the actions of the same receiver, are drawn anew (partial order sampling: Yuan, Yang, Gu 2018, section 3).
func POS(seed uint64) Strategy { return &pos{newSampler(seed)} }

type pos struct{ sampler }

func (*pos) String() string { return "partial-order sampling" }

func (s *pos) search(x *explorer) {
	var priorities map[uint64]float64
	start := func() {
		s.place(x.plan, none)
		priorities = make(map[uint64]float64)
	}
	s.draw(x, start, func(w *world, ready []option) int {
		best, at := -1.0, 0
		for k, o := range ready {
			p, ok := priorities[o.id]
			if !ok {
				p = s.rng.Float64()
				priorities[o.id] = p
			}
			if p > best {
				best, at = p, k
			}
		}
		for k, o := range ready {
			if k == at || w.receives(o) == w.receives(ready[at]) {
				delete(priorities, o.id)
			}
		}
		return at
	})
}

// receives returns the node or service that an action happens at.
func (w *world) receives(o option) int {
	switch o.kind {
	case Deliver:
		return w.bag[o.index].to
	case Begin:
		return w.clients[o.index].node
	}
	return o.index
}
