package nemesis

import (
	"maps"
	"slices"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
)

// OnNode returns the Trouble that hits one random node at a time: it calls begin for the node, and later end.
func OnNode(o Options, begin, end func(s System, node string) error) Trouble {
	var hit string // the node that is hit; "" if there is none
	return Trouble{
		Begin: func(_ time.Duration, s System, choices choice.Stream) (Onset, error) {
			hit = o.Nodes[choices.IntN(len(o.Nodes))]
			return Onset{nil, hit, hit, history.Effect{Nodes: []string{hit}, Text: hit}}, begin(s, hit)
		},
		End: func(_ time.Duration, s System) (any, error) {
			if hit == "" {
				return nil, nil
			}
			node := hit
			hit = ""
			return node, end(s, node)
		},
	}
}

// pause makes a node stand still.
func pause(o Options) Trouble { return OnNode(o, System.Pause, System.Resume) }

// kill ends a node and starts it again.
func kill(o Options) Trouble { return OnNode(o, System.Kill, System.Restart) }

// maxSkew is how far a wall clock may be off, either way.
const maxSkew = time.Second

// skew sets the wall clock of every node wrong, each by a different amount.
func skew(o Options) Trouble {
	set := func(s System, ahead func() time.Duration) (map[string]string, error) {
		set := make(map[string]string, len(o.Nodes))
		for _, node := range o.Nodes {
			d := ahead()
			if err := s.Skew(node, d); err != nil {
				return nil, err
			}
			set[node] = d.String()
		}
		return set, nil
	}
	return Trouble{
		Begin: func(_ time.Duration, s System, choices choice.Stream) (Onset, error) {
			ahead, err := set(s, func() time.Duration {
				return time.Duration(choices.Int64N(2*int64(maxSkew)+1)) - maxSkew
			})
			effect := history.Effect{Nodes: slices.Sorted(maps.Keys(ahead))}
			clocks := make([]string, len(effect.Nodes))
			for i, node := range effect.Nodes {
				clocks[i] = node + " " + ahead[node]
			}
			effect.Text = strings.Join(clocks, ", ")
			return Onset{nil, ahead, "all clocks", effect}, err
		},
		End: func(_ time.Duration, s System) (any, error) {
			_, err := set(s, func() time.Duration { return 0 })
			return "clocks-set", err
		},
	}
}
