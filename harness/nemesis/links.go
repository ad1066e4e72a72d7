package nemesis

import (
	"fmt"
	"math/rand/v2"
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
)

// impairment is the trouble that makes links worse. draw chooses which, and how.
func impairment(owner string, draw func(rng *rand.Rand) ([]network.Link, network.Impairment, history.Effect)) trouble {
	return trouble{
		begin: func(now time.Duration, s System, rng *rand.Rand) (onset, error) {
			links, im, effect := draw(rng)
			if len(links) == 0 {
				return onset{result: "no-links", effect: history.Effect{Text: "no links"}}, nil
			}
			return onset{effect.Text, len(links), effect.Text, effect}, s.Impair(now, owner, links, im)
		},
		end: func(now time.Duration, s System) (any, error) {
			s.Mend(now, owner)
			return "mended", nil
		},
	}
}

// allLinks returns every link between two of the nodes, in both directions.
func allLinks(nodes []string) []network.Link {
	var links []network.Link
	for _, dest := range nodes {
		for _, src := range nodes {
			if src != dest {
				links = append(links, network.Link{Dest: dest, Src: src})
			}
		}
	}
	return links
}

func percentage(p int) history.Effect { return history.Effect{Text: fmt.Sprintf("%d %%", p)} }

// loss loses a share of the messages on all links: 1 to 30 %, drawn at each start.
func loss(o Options) trouble {
	return impairment("loss", func(rng *rand.Rand) ([]network.Link, network.Impairment, history.Effect) {
		percent := 1 + rng.IntN(30)
		return allLinks(o.Nodes), network.Impairment{Loss: float64(percent) / 100}, percentage(percent)
	})
}

// duplicate delivers a share of the messages twice: 1 to 50 %.
func duplicate(o Options) trouble {
	return impairment("duplicate", func(rng *rand.Rand) ([]network.Link, network.Impairment, history.Effect) {
		percent := 1 + rng.IntN(50)
		return allLinks(o.Nodes), network.Impairment{Duplicate: float64(percent) / 100}, percentage(percent)
	})
}

// reorder delays a share of the messages, 1 to 30 %, by up to half a second.
func reorder(o Options) trouble {
	return impairment("reorder", func(rng *rand.Rand) ([]network.Link, network.Impairment, history.Effect) {
		percent := 1 + rng.IntN(30)
		im := network.Impairment{Spike: float64(percent) / 100, SpikeMax: 500 * time.Millisecond}
		return allLinks(o.Nodes), im, percentage(percent)
	})
}

// slow makes a node, or the link between two, ten times as slow, and by 10 ms at least.
func slow(o Options) trouble {
	return impairment("slow", func(rng *rand.Rand) ([]network.Link, network.Impairment, history.Effect) {
		if len(o.Nodes) < 2 {
			return nil, network.Impairment{}, history.Effect{}
		}
		im := network.Impairment{Slow: 10, Delay: 10 * time.Millisecond}
		victims := rng.Perm(len(o.Nodes))
		a, b := o.Nodes[victims[0]], o.Nodes[victims[1]]
		if rng.IntN(2) == 0 {
			return []network.Link{{Dest: a, Src: b}, {Dest: b, Src: a}}, im, history.Effect{Nodes: []string{a, b}, Text: a + " and " + b}
		}
		var links []network.Link
		for _, l := range allLinks(o.Nodes) {
			if l.Dest == a || l.Src == a {
				links = append(links, l)
			}
		}
		return links, im, history.Effect{Nodes: []string{a}, Text: a}
	})
}
