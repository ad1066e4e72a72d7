package explore

import "glomers/internal/wording"

// Delays explores all executions with at most k delays, depth first. A delay puts the first ready action of the canonical order off until
// all others have had their turn (Emmi, Qadeer, Rakamarić 2011). There are two canonical orders: operations begin when
// no message is under way, or as soon as they can. Faults are no delays: they have bounds of their own.
func Delays(k int) Strategy { return &delays{k} }

type delays struct{ most int }

func (d *delays) String() string { return "at most " + wording.Plural(d.most, "delay") }

func (s *delays) search(x *explorer) {
	d := &depthFirst{explorer: x, pruner: s, delays: s.most, visited: make(map[uint64][]uint64)}
	d.run(func(w *world) { w.ordered = true })
}

// expand returns what can be reached with the delays that are left, unless more were left at an earlier visit.
func (*delays) expand(_ *world, f *frame, before []uint64, again bool, options []option, ready int) (visited []uint64) {
	if again && before[0] >= uint64(f.left) {
		return before
	}
	for k, o := range options {
		cost := k
		switch {
		case k >= ready:
			cost = 0 // a fault
		case o.kind == Pick:
			cost = min(k, 1) // an older state counts as a delay, however old it is
		}
		if cost <= f.left {
			f.todo = append(f.todo, branch{k: k, id: o.id, cost: cost})
		}
	}
	return []uint64{uint64(f.left)}
}

// asleep returns nothing. Sleep sets do not go together with bounds: what was explored may have needed more delays (Coons,
// Musuvathi, McKinley 2013).
func (*delays) asleep(*frame) []slept { return nil }
