package bound

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// An arrival is a value that comes to a node.
type arrival struct {
	at   float64
	node int
}

// arrivals generates operations as the harness does: the gaps are uniform between 0 and twice their mean. A share of the
// operations are values.
func arrivals(b Broadcast, count int, rng *rand.Rand) (all []arrival) {
	for at := 0.0; len(all) < count; {
		at += rng.Float64() * 2 / b.Ops
		if rng.Float64() < b.Values/b.Ops {
			all = append(all, arrival{at, rng.IntN(int(b.Nodes))})
		}
	}
	return all
}

// inBlocks returns the messages per second that the proof of leastBlocks counts.
func inBlocks(b Broadcast, window, part float64, all []arrival) float64 {
	messages, end := 0, 0.0
	for i := 0; i < len(all); {
		begin, sources := all[i].at, make(map[int]bool)
		for ; i < len(all) && all[i].at <= begin+part; i++ {
			sources[all[i].node] = true
		}
		messages += int(b.Nodes) + len(sources) - 2
		end = begin + part + window
		for i < len(all) && all[i].at < end {
			i++
		}
	}
	return float64(messages) / end
}

// received returns the messages per second that the proof of leastReceived counts.
func received(b Broadcast, window float64, all []arrival) float64 {
	messages := 0
	for node := range int(b.Nodes) {
		end := 0.0
		for _, a := range all {
			if a.node != node && a.at >= end {
				messages++
				end = a.at + window
			}
		}
	}
	return float64(messages) / all[len(all)-1].at
}

// The formulas are means for values that come at random. The harness's values come more evenly, but need no fewer messages,
// apart from chance among 30,000 values.
func TestEvenGapsNeedNoLess(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, c := range []struct{ nodes, ops, share, latency, hop float64 }{
		{25, 100, 0.5, 0.331, 0.1},
		{25, 100, 0.5, 0.58, 0.1},
		{5, 100, 0.5, 0.33, 0.1},
		{2, 10, 0.766, 0.1, 0},
		{2, 1000, 0.49, 0.055, 0},
		{5, 10, 0.4, 0.7, 0},
		{25, 1000, 0.4, 0.7, 0},
	} {
		b := Broadcast{Nodes: c.nodes, Ops: c.ops, Values: c.ops * c.share, Hop: c.hop}
		window, all := b.window(c.latency), arrivals(b, 30_000, rng)
		require.Greater(t, received(b, window, all), 0.99*b.leastReceived(c.latency)*b.Ops, c)
		best := 0.0
		for part := 0.0; part < 10*b.Nodes/b.Values; part = part*1.2 + 0.1/b.Values {
			best = max(best, inBlocks(b, window, part, all))
		}
		require.Greater(t, best, 0.99*b.leastBlocks(c.latency)*b.Ops, c)
	}
}
