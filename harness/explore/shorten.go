package explore

import (
	"slices"

	"glomers/harness/choice"
)

// shorten leaves out actions of an execution that an invariant or a property has ended, as long as another execution of the rest ends in the same way
// (delta debugging: Zeller, Hildebrandt 2002). Few decisions other than 0 are easy to remember, but the ordinary ones between them may be many
// deliveries that the failure does not need: here these are put off until after the end.
func (p *plan) shorten(f *Failure) {
	shortest, ok := p.follow(f.Decisions[:min(p.chosenFirst(), len(f.Decisions))], nil, f.Decisions)
	if !ok {
		return
	}
	for size := len(shortest.deeds) / 2; size > 0; {
		shorter := false
		for from := len(shortest.deeds) - size; from >= 0; from -= size {
			if from+size > len(shortest.deeds) {
				continue
			}
			rest := slices.Concat(shortest.deeds[:from], shortest.deeds[from+size:])
			if try, ok := p.follow(shortest.decisions[:p.chosenFirst()], rest, nil); ok && len(try.deeds) < len(shortest.deeds) {
				shortest, shorter = try, true
			}
		}
		if !shorter {
			size /= 2
		}
	}
	f.Decisions, f.Reasons = shortest.decisions, shortest.reasons
}

// chosenFirst returns the number of decisions before the first action.
func (p *plan) chosenFirst() (n int) {
	for _, options := range p.beginnings() {
		if options > 1 {
			n++
		}
	}
	return n
}

// A followed is an execution with its actions.
type followed struct {
	decisions choice.List
	deeds     []deed
	reasons   []string
}

// A deed is an action, by its id and by what stays of it when a message has other contents because actions before were left out.
type deed struct {
	id       uint64
	kind     Kind
	from, to int // of a message; of other actions, to is the number of the node, the client or the cut
}

func (w *world) deed(o option) deed {
	d := deed{o.id, o.kind, -1, o.index}
	if o.kind == Deliver || o.kind == Lose || o.kind == Duplicate {
		d.from, d.to = w.bag[o.index].from, w.bag[o.index].to
	}
	return d
}

// find returns the option for a deed: the same action, or else one of the same kind between the same parties; -1 if there is neither.
func (w *world) find(options []option, d deed) int {
	if k := slices.IndexFunc(options, func(o option) bool { return o.id == d.id }); k >= 0 {
		return k
	}
	return slices.IndexFunc(options, func(o option) bool {
		other := w.deed(o)
		other.id = d.id
		return other == d
	})
}

// follow carries out these actions, as far as they are possible, or those of decisions. It reports whether that ends the execution.
func (p *plan) follow(first choice.List, deeds []deed, decisions choice.List) (done followed, ok bool) {
	prefix := slices.Clone(first)
	for len(prefix) < p.chosenFirst() {
		prefix = append(prefix, 0)
	}
	x := &execution{plan: p, prefix: prefix, choose: func(w *world, options []option, _ int) int {
		if decisions != nil {
			k := 0
			if at := len(prefix) + len(done.deeds); at < len(decisions) {
				k = decisions[at]
			}
			if k >= len(options) {
				return -1
			}
			done.deeds = append(done.deeds, w.deed(options[k]))
			return k
		}
		for len(deeds) > 0 {
			k := w.find(options, deeds[0])
			deeds = deeds[1:]
			if k >= 0 {
				done.deeds = append(done.deeds, w.deed(options[k]))
				return k
			}
		}
		return -1
	}}
	x.run(nil, p.Recovery)
	done.decisions, done.reasons = x.decisions, x.reasons
	return done, x.err == nil && x.world.broken != ""
}
