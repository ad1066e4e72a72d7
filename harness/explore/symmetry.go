package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"time"
)

// mostAlike bounds the number of nodes that are alike: all their orders are tried for each state.
const mostAlike = 7

// checkAlike returns an error if the nodes of Alike cannot be exchanged.
func (p *plan) checkAlike() error {
	if len(p.Alike) == 0 {
		return nil
	}
	if _, ok := p.Strategy.(*exhaustive); !ok || !p.Shown {
		return errors.New("explore: Alike is for scopes that are Shown, and explored by Exhaustive: others do not compare states by what they are")
	}
	sorted := slices.Sorted(slices.Values(p.Alike))
	switch {
	case len(sorted) > mostAlike:
		return fmt.Errorf("explore: Alike has %d nodes: want at most %d", len(sorted), mostAlike)
	case sorted[0] < 0 || sorted[len(sorted)-1] >= p.Nodes || len(slices.Compact(slices.Clone(sorted))) < len(sorted):
		return fmt.Errorf("explore: Alike is %v: want different numbers from 0 to %d", p.Alike, p.Nodes-1)
	}
	w, err := p.newWorkload(p.Seed)
	if err != nil {
		return err
	}
	for i, todo := range p.operations(w) {
		if len(todo) > 0 && slices.Contains(p.Alike, i%p.Nodes) {
			return fmt.Errorf("explore: client %d has operations for node %d, so this is not like the others of Alike", i, i%p.Nodes)
		}
	}
	return nil
}

// orders returns all ways to exchange the nodes that are alike: element i is the number that node i takes.
func (p *plan) orders() (all [][]int) {
	order := make([]int, p.Nodes)
	for i := range order {
		order[i] = i
	}
	var place func(at int)
	place = func(at int) {
		if at == len(p.Alike) {
			all = append(all, slices.Clone(order))
			return
		}
		for i := at; i < len(p.Alike); i++ {
			a, b := p.Alike[at], p.Alike[i]
			order[a], order[b] = order[b], order[a]
			place(at + 1)
			order[a], order[b] = order[b], order[a]
		}
	}
	place(0)
	return all
}

// keyOfAlike is key for states that are the same if nodes which are alike change places: the least hash over all orders of them.
func (w *world) keyOfAlike() uint64 {
	rest := w.keyOfRest()
	for _, s := range w.services {
		if s.given != 0 {
			w.fail(fmt.Errorf("explore: the scope has nodes that are Alike, but %s was asked, and its state is not shown", s.Name()))
		}
	}
	states := make([]any, len(w.members))
	for i, m := range w.members {
		if m.disk.used {
			w.fail(fmt.Errorf("explore: the scope has nodes that are Alike, but %s has a store, in whose file nodes cannot change places", m.id))
		}
		states[i] = decoded(m.shows())
	}
	least := ^uint64(0)
	for _, order := range w.plan.order {
		r := renaming{w.ids, order}
		h := mix(rest, r.cut(w.cut))
		sum := uint64(0)
		for i, m := range w.members {
			own := mix(r.hash(states[i]), uint64(m.spent())<<1|boolBit(m.up))
			for _, at := range m.dueIn() {
				own = mix(own, uint64(at))
			}
			sum += mix(own, uint64(order[i]))
		}
		h = mix(h, sum)
		h = mix(h, w.keyOfBag(func(m *message) uint64 {
			if m.decoded == nil {
				m.decoded = decoded(m.line)
			}
			return r.hash(m.decoded)
		}))
		least = min(least, h)
	}
	return least
}

func decoded(text json.RawMessage) (v any) {
	_ = json.Unmarshal(text, &v) // a state or a message that is not JSON has been refused
	return v
}

// A renaming gives nodes other numbers.
type renaming struct {
	ids   []string
	order []int
}

// cut returns the hash of a partition.
func (r renaming) cut(cut uint64) uint64 {
	if cut == 0 {
		return 0
	}
	renamed := uint64(0)
	for i, to := range r.order {
		renamed |= cut >> i & 1 << to
	}
	if renamed>>(len(r.order)-1)&1 == 1 { // the last node is in the second group: see newPlan
		renamed = ^renamed & (1<<len(r.order) - 1)
	}
	return renamed
}

// hash returns a hash of a JSON value in which the ids of nodes are exchanged. An array of different ids in their order is a set of
// nodes: it has the order in which the nodes come then.
func (r renaming) hash(v any) uint64 {
	switch v := v.(type) {
	case map[string]any:
		sum := uint64(1)
		for key, value := range v {
			sum += mix(r.hash(key), r.hash(value))
		}
		return mix(2, sum)
	case []any:
		if r.isSet(v) {
			sum := uint64(3)
			for _, id := range v {
				sum += r.hash(id)
			}
			return mix(4, sum)
		}
		h := uint64(5)
		for _, element := range v {
			h = mix(h, r.hash(element))
		}
		return h
	case string:
		if i := slices.Index(r.ids, v); i >= 0 {
			return mix(6, uint64(r.order[i]))
		}
		return maphash.String(hashSeed, v)
	}
	return maphash.Comparable(hashSeed, v) // a number, true, false or null
}

func (r renaming) isSet(v []any) bool {
	last := -1
	for _, element := range v {
		id, _ := element.(string)
		i := slices.Index(r.ids, id)
		if i <= last {
			return false
		}
		last = i
	}
	return true
}

// dueIn returns when the node's timers fire, from now on, without the nanoseconds by which nodes avoid each other (node.Every).
func (m *member) dueIn() (all []time.Duration) {
	if m.up {
		for _, at := range m.stepper.Timers() {
			all = append(all, (at - m.now()).Truncate(time.Microsecond))
		}
	}
	return all
}

// unslept is Exhaustive without sleep sets, for states that are compared up to an exchange of nodes: an action that is asleep would be another
// one after it.
type unslept struct{}

func (unslept) expand(_ *world, f *frame, _ []uint64, again bool, options []option, _ int) []uint64 {
	for k, o := range options {
		if !again {
			f.todo = append(f.todo, branch{k: k, id: o.id})
		}
	}
	return nil
}

func (unslept) asleep(*frame) []slept { return nil }
