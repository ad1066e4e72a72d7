package explore

import (
	"slices"
)

// mostToCut is how many nodes there may be for a cut that the scope does not allow: there are too many ways to cut more.
const mostToCut = 6

// beyond adds the options that the scope does not allow, but that a network could have: more faults, later ones, and timers.
func (w *world) beyond(all []option) []option {
	offer := func(added option) {
		same := func(o option) bool { return o.kind == added.kind && o.index == added.index && o.kept == added.kept }
		if !slices.ContainsFunc(all, same) {
			added.beyond = added.kind != End
			all = append(all, added)
		}
	}
	add := func(kind Kind, index int) { offer(option{kind: kind, index: index, id: actionID(kind, index)}) }
	if len(all) == 0 {
		add(End, 0) // whatever else happens is a decision that is not 0
	}
	for i, m := range w.members {
		if _, ok := m.due(); ok {
			add(Fire, i)
		}
	}
	for i, m := range w.bag {
		if !m.service {
			add(Lose, i)
			add(Duplicate, i)
		}
	}
	for i := range w.members {
		w.killings(i, offer)
	}
	if w.cut == 0 && w.Nodes <= mostToCut {
		for i := range w.cuts {
			add(Cut, i)
		}
	}
	return all
}
