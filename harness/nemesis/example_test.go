package nemesis_test

import (
	"fmt"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
)

// A fault of one's own: one node, drawn from the seed, hears nothing. For a harness.Test, it is an element of the Faults.
func ExampleKind() {
	kind := nemesis.Kind{
		Name: "deaf", About: "a node hears nothing", State: "a node was deaf", Links: true,
		Make: func(o nemesis.Options) nemesis.Trouble {
			return nemesis.OnLinks("deaf", func(choices choice.Stream) (links []network.Link, cut network.Impairment, effect history.Effect) {
				deaf := o.Nodes[choices.IntN(len(o.Nodes))]
				for _, l := range nemesis.AllLinks(o.Nodes) {
					if l.Dest == deaf {
						links = append(links, l)
					}
				}
				return links, network.Impairment{Cut: true}, history.Effect{Text: deaf}
			})
		},
	}
	fmt.Println(kind.Validate())
	fmt.Println(kind.Describe(map[string]int{"n1": 2}, time.Second.String()))
	// Output:
	// <nil>
	// deaf: n1 twice; a node was deaf for 1s
}
