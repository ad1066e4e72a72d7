package main

import (
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/internal/ratebench"
	"glomers/node"
)

// BenchmarkRate measures what the counter costs, the messages to seq-kv included, and how long it takes from the
// acknowledgement of an add on one node until a read on another would count it.
//
// The network has no latency, as in challenge 4; a hop would be added to the staleness. A point is 20 s of operations. With
// -benchtime Nx the seeds are 1 to N, and the figures always the same.
func BenchmarkRate(b *testing.B) {
	ratebench.Run(b, ratebench.Service[total]{
		Test: func(nodes, rate int) harness.Test {
			return harness.Test{Workload: "g-counter", NodeCount: nodes, Rate: float64(rate), TimeLimit: 20 * time.Second}
		},
		Serve:   func(n *node.Node) ratebench.Replica[total] { return &watched{Driver: serve(n, settings{})} },
		Settles: true,
	})
}

// A watched node knows what it had added at its latest acknowledgement.
type watched struct {
	*node.Driver[gossip, *replica]
	counted int64
}

// A total is that of a writer.
type total struct {
	writer string
	sum    int64
}

// Wrote implements ratebench.Replica.
func (w *watched) Wrote(history.Op) ([]total, error) {
	r := w.Machine
	if r.own() == w.counted {
		return nil, nil
	}
	w.counted = r.own()
	return []total{{r.writer, r.own()}}, nil
}

// Sees implements ratebench.Replica.
func (w *watched) Sees(t total) bool { return w.Machine.totals[t.writer] >= t.sum }
