package network

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// BenchmarkNetwork measures the cost of sending and delivering a message while a constant number of others is under way.
func BenchmarkNetwork(b *testing.B) {
	for _, inFlight := range []int{0, 1_000, 100_000} {
		for _, dist := range []Dist{Constant, Exponential} {
			b.Run(fmt.Sprintf("%s/inflight=%d", dist, inFlight), func(b *testing.B) {
				benchmark(b, dist, inFlight)
			})
		}
	}
}

func benchmark(b *testing.B, dist Dist, inFlight int) {
	const k = 25
	ids := make([]string, k)
	n := New(Config{Latency: time.Second, Dist: dist})
	for i := range ids {
		ids[i] = fmt.Sprintf("n%d", i)
		n.Add(ids[i], Node)
	}
	body := json.RawMessage(`{"type":"gossip","values":[1,2,3]}`)
	now, i := time.Duration(0), 0
	sendOne := func() {
		if _, err := n.Send(now, ids[i%k], ids[(i*7+1)%k], body); err != nil {
			b.Fatal(err)
		}
		i++
		now++
	}
	for range inFlight {
		sendOne()
	}
	b.ReportAllocs()
	for b.Loop() {
		sendOne()
		if due, _ := n.NextDue(); due > now {
			now = due
		}
		if _, _, ok := n.Deliver(now); !ok {
			b.Fatal("nothing delivered")
		}
	}
}
