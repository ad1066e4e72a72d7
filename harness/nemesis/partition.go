package nemesis

import (
	"slices"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/network"
)

// partition cuts links between nodes, and later heals all of them. Each start draws a new kind and new victims.
func partition(o Options) Trouble {
	const owner = "partition"
	var kinds []kind // to draw from
	if o.Faithful {
		kinds = referenceKinds
	} else {
		for _, k := range slices.Concat(referenceKinds, ownKinds) {
			if len(k.grudge(o.Nodes).links()) > 0 {
				kinds = append(kinds, k)
			}
		}
	}
	return Trouble{
		Begin: func(now time.Duration, s System, choices choice.Stream) (Onset, error) {
			if len(kinds) == 0 { // a single node
				return Onset{Result: "nothing-to-cut", Effect: history.Effect{Text: "nothing to cut"}}, nil
			}
			k := kinds[choices.IntN(len(kinds))]
			nodes := slices.Clone(o.Nodes)
			choices.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
			g := k.grudge(nodes)
			did := Onset{Value: string(k), Result: []any{"isolated", g}, Effect: history.Effect{Links: g.cuts(), Text: string(k)}}
			if len(did.Effect.Links) > 0 {
				did.Note = string(k)
			}
			return did, s.Impair(now, owner, g.links(), network.Impairment{Cut: true})
		},
		End: func(now time.Duration, s System) (any, error) {
			s.Mend(now, owner)
			return "network-healed", nil
		},
	}
}
