package main

import (
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/internal/ratebench"
	"glomers/node"
)

// BenchmarkRate measures what transactions cost, and how long it takes from the acknowledgement of one that writes until
// another node knows it. Those that no other node knows before the end are not counted.
//
// The network has no latency, as in challenges 6b and 6c; a hop would be added to the staleness. A point is 20 s of transactions, or 5 s
// where there is much to simulate. With -benchtime Nx the seeds are 1 to N, and the figures always the same.
func BenchmarkRate(b *testing.B) {
	ratebench.Run(b, ratebench.Service[stamp]{
		Test: func(nodes, rate int) harness.Test {
			test := challenge6("read-committed")
			test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit = nodes, 2*nodes, float64(rate), 20*time.Second
			if nodes*rate >= 20_000 {
				test.TimeLimit = 5 * time.Second
			}
			return test
		},
		Serve: func(n *node.Node) ratebench.Replica[stamp] { return &watched{Driver: serve(n)} },
	})
}

// A watched node knows the time of its latest acknowledged write.
type watched struct {
	*node.Driver[message, *replica]
	written int64
}

// Wrote implements ratebench.Replica.
func (w *watched) Wrote(history.Op) ([]stamp, error) {
	r := w.Machine
	if r.own() == w.written {
		return nil, nil
	}
	w.written = r.own()
	return []stamp{{r.own(), r.origin}}, nil
}

// Sees implements ratebench.Replica.
func (w *watched) Sees(s stamp) bool { return w.Machine.have.includes(s) }
