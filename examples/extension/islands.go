package main

import (
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
)

// islands cuts all links between nodes. A fault decides what goes wrong; when it begins and ends is up to the harness. What it leaves to
// chance it draws from the random numbers that it is given, so that a seed repeats it.
func islands() nemesis.Kind {
	const name = "islands"
	return nemesis.Kind{
		Name: name, About: "every node is alone: all links between nodes are cut", State: "no node heard another", Links: true,
		Make: func(o nemesis.Options) nemesis.Trouble {
			return nemesis.OnLinks(name, func(choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
				return nemesis.AllLinks(o.Nodes), network.Impairment{Cut: true}, history.Effect{Text: "all nodes"}
			})
		},
	}
}
