package nemesis

import (
	"fmt"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
)

// disk makes the disk of a node slow or full.
func disk(o Options) Trouble {
	var hit string // the node; "" if there is none
	return Trouble{
		Begin: func(_ time.Duration, s System, choices choice.Stream) (Onset, error) {
			hit = o.Nodes[choices.IntN(len(o.Nodes))]
			state := []DiskState{DiskSlow, DiskFull}[choices.IntN(2)]
			text := fmt.Sprintf("%s %s", hit, state)
			return Onset{nil, text, text, history.Effect{Nodes: []string{hit}, Text: text}}, s.SetDisk(hit, state)
		},
		End: func(_ time.Duration, s System) (any, error) {
			if hit == "" {
				return nil, nil
			}
			node := hit
			hit = ""
			return node, s.SetDisk(node, DiskGood)
		},
	}
}

// maxBit is the number of bits among which bitrot chooses: more than a disk in memory has.
const maxBit = 1 << 40

// bitrot flips a bit on the disk of a node. A node that finds that does not come back, so only a minority of the nodes is ever hit, the same
// during the whole run: the others can still have everything that was promised.
func bitrot(o Options) Trouble {
	minority := o.Gate.Stream("bitrot nodes").Perm(len(o.Nodes))[:max(0, len(o.Nodes)-1)/2]
	return Trouble{
		Begin: func(_ time.Duration, s System, choices choice.Stream) (Onset, error) {
			if len(minority) == 0 {
				return Onset{Result: "too-few-nodes", Effect: history.Effect{Text: "too few nodes"}}, nil
			}
			node := o.Nodes[minority[choices.IntN(len(minority))]]
			at, ok := s.FlipBit(node, choices.Int64N(maxBit))
			if !ok {
				text := node + ", whose disk is empty"
				return Onset{Result: text, Effect: history.Effect{Text: text}}, nil
			}
			text := fmt.Sprintf("%s, byte %d", node, at)
			return Onset{nil, text, node, history.Effect{Nodes: []string{node}, Text: text}}, nil
		},
		End: func(time.Duration, System) (any, error) { return "bits-stay-flipped", nil },
	}
}
