package nemesis

import (
	"math/rand/v2"
	"slices"
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
)

// partition cuts links between nodes and heals them all. Its kind and its victims
// are drawn anew at each start.
func partition(o Options) trouble {
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
	return trouble{
		begin: func(now time.Duration, s System, rng *rand.Rand) (onset, error) {
			if len(kinds) == 0 { // a single node
				return onset{result: "nothing-to-cut", effect: history.Effect{Text: "nothing to cut"}}, nil
			}
			k := kinds[rng.IntN(len(kinds))]
			nodes := slices.Clone(o.Nodes)
			rng.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
			g := k.grudge(nodes)
			did := onset{value: string(k), result: []any{"isolated", g}, effect: history.Effect{Links: g.cuts(), Text: string(k)}}
			if len(did.effect.Links) > 0 {
				did.note = string(k)
			}
			return did, s.Impair(now, owner, g.links(), network.Impairment{Cut: true})
		},
		end: func(now time.Duration, s System) (any, error) {
			s.Mend(now, owner)
			return "network-healed", nil
		},
	}
}
