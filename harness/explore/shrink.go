package explore

import (
	"slices"

	"glomers/harness/choice"
)

// shrink removes decisions from a failure, as long as the execution still fails, and notes its steps.
func (p *plan) shrink(f *Failure) {
	fails := func(d choice.List) (outcome, bool) {
		o := p.execute(nil, d, canonical)
		return o, o.err == nil && len(o.reasons) > 0
	}
	for _, k := range f.Decisions {
		if k != 0 {
			f.Shrunk++
		}
	}
	for again := true; again; {
		again = false
		for i := len(f.Decisions) - 1; i >= 0; i-- {
			if i >= len(f.Decisions) || f.Decisions[i] == 0 {
				continue
			}
			for _, k := range []int{0, f.Decisions[i] - 1} {
				try := slices.Clone(f.Decisions)
				try[i] = k
				if k == f.Decisions[i] {
					continue
				}
				if o, ok := fails(try); ok {
					f.Decisions, f.Reasons, again = try.Trim(), o.reasons, true
					break
				}
			}
		}
	}
	if p.Short {
		p.shorten(f)
	}
	e, _ := p.replay(f.Decisions) // it has just been carried out
	f.Steps = e.Steps
}
