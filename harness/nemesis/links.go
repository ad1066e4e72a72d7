package nemesis

import (
	"fmt"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/network"
)

// OnLinks returns the Trouble that impairs links. draw chooses the links and the impairment. The owner is the name of the fault.
func OnLinks(owner string, draw func(choices choice.Stream) ([]network.Link, network.Impairment, history.Effect)) Trouble {
	return Trouble{
		Begin: func(now time.Duration, s System, choices choice.Stream) (Onset, error) {
			links, im, effect := draw(choices)
			if len(links) == 0 {
				return Onset{Result: "no-links", Effect: history.Effect{Text: "no links"}}, nil
			}
			if im.Cut {
				effect.Links = make(map[string][]string)
				for _, l := range links {
					effect.Links[l.Dest] = append(effect.Links[l.Dest], l.Src)
				}
			}
			return Onset{effect.Text, len(links), effect.Text, effect}, s.Impair(now, owner, links, im)
		},
		End: func(now time.Duration, s System) (any, error) {
			s.Mend(now, owner)
			return "mended", nil
		},
	}
}

// AllLinks returns every link between two of the nodes, in both directions.
func AllLinks(nodes []string) []network.Link {
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

// loss loses a fraction of the messages on all links: 1 to 30 %, drawn at each start.
func loss(o Options) Trouble {
	return OnLinks("loss", func(choices choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
		percent := 1 + choices.IntN(30)
		return AllLinks(o.Nodes), network.Impairment{Loss: float64(percent) / 100}, percentage(percent)
	})
}

// duplicate delivers a fraction of the messages twice: 1 to 50 %.
func duplicate(o Options) Trouble {
	return OnLinks("duplicate", func(choices choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
		percent := 1 + choices.IntN(50)
		return AllLinks(o.Nodes), network.Impairment{Duplicate: float64(percent) / 100}, percentage(percent)
	})
}

// reorder delays a fraction of the messages, 1 to 30 %, by up to half a second.
func reorder(o Options) Trouble {
	return OnLinks("reorder", func(choices choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
		percent := 1 + choices.IntN(30)
		im := network.Impairment{Spike: float64(percent) / 100, SpikeMax: 500 * time.Millisecond}
		return AllLinks(o.Nodes), im, percentage(percent)
	})
}

// slow makes all links of one node, or the links between two nodes, ten times as slow, and adds 10 ms.
func slow(o Options) Trouble {
	return OnLinks("slow", func(choices choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
		if len(o.Nodes) < 2 {
			return nil, network.Impairment{}, history.Effect{}
		}
		im := network.Impairment{Slow: 10, Delay: 10 * time.Millisecond}
		victims := choices.Perm(len(o.Nodes))
		a, b := o.Nodes[victims[0]], o.Nodes[victims[1]]
		if choices.IntN(2) == 0 {
			return []network.Link{{Dest: a, Src: b}, {Dest: b, Src: a}}, im, history.Effect{Nodes: []string{a, b}, Text: a + " and " + b}
		}
		var links []network.Link
		for _, l := range AllLinks(o.Nodes) {
			if l.Dest == a || l.Src == a {
				links = append(links, l)
			}
		}
		return links, im, history.Effect{Nodes: []string{a}, Text: a}
	})
}
