package main

import (
	"fmt"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/internal/ratebench"
	"glomers/node"
)

// BenchmarkRate measures what the log costs, and how long it takes from the acknowledgement of a send on one node until a
// poll on another would return the message.
//
// The network has no latency, as in challenges 5b and 5c. The hops of a round would be added to the staleness, and to the cost what clients
// send while one is under way. A point is 20 s of operations, or 5 s where there is much to simulate. With -benchtime Nx the seeds are 1
// to N, and the figures always the same.
func BenchmarkRate(b *testing.B) {
	ratebench.RunEach(b, func(nodes int) []ratebench.Mode[sent] {
		modes := []ratebench.Mode[sent]{{Name: "copies=2", Service: service(timings(false, false))}}
		if nodes == 2 { // with more, there is hardly a difference: see closing.go
			modes = append(modes, ratebench.Mode[sent]{Name: "copies=1", Service: service(timings(false, true))})
		}
		return modes
	})
}

// service returns the log with these settings.
func service(o settings) ratebench.Service[sent] {
	return ratebench.Service[sent]{
		Test: func(nodes, rate int) harness.Test {
			test := challenge5b(false)
			test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit = nodes, 2*nodes, float64(rate), 20*time.Second
			if nodes*rate >= 20_000 {
				test.TimeLimit = 5 * time.Second
			}
			return test
		},
		Serve:   func(n *node.Node) ratebench.Replica[sent] { return watched{serve(n, o, nil)} },
		Settles: true,
	}
}

// A watched node is one that a benchmark looks into.
type watched struct{ server }

// A sent is a message that has been acknowledged.
type sent struct {
	key    string
	offset int64
}

// Wrote implements ratebench.Replica.
func (watched) Wrote(op history.Op) ([]sent, error) {
	if op.F != "send" {
		return nil, nil
	}
	var m sent
	_, err := fmt.Sscanf(string(op.Value), `[["send",%q,[%d,`, &m.key, &m.offset)
	return []sent{m}, err
}

// Sees implements ratebench.Replica.
func (w watched) Sees(m sent) bool {
	entries := w.Machine.log.poll(m.key, m.offset, 1)
	return len(entries) > 0 && entries[0].offset == m.offset
}
