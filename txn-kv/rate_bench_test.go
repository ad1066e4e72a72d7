package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/sim"
	"glomers/node"
)

// BenchmarkRate measures, at any load and in clusters of any size, what transactions cost and how stale they are: the messages
// between servers per transaction, and the time from the acknowledgement of a transaction that writes until another node
// knows it. For that it looks into the nodes, as clients may not read often enough.
//
// The network has no latency, as in challenges 6b and 6c; a hop would be added to the staleness. A point is 20 s of transactions, or 5 s
// where there is much to simulate. With -benchtime Nx the seeds are 1 to N, and the figures always the same.
func BenchmarkRate(b *testing.B) {
	for _, nodes := range []int{2, 5, 25} {
		for _, rate := range []int{10, 100, 1000, 10_000} {
			test := challenge6("read-committed")
			test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit = nodes, 2*nodes, float64(rate), 20*time.Second
			if nodes*rate >= 20_000 {
				test.TimeLimit = 5 * time.Second
			}
			b.Run(fmt.Sprintf("nodes=%d/rate=%d", nodes, rate), func(b *testing.B) { measure(b, test) })
		}
	}
}

// measure runs test with one seed after the other and reports the cost and the staleness.
func measure(b *testing.B, test harness.Test) {
	messages, ops := 0, 0
	var delays []time.Duration
	for b.Loop() {
		test.Seed++
		w := new(watch)
		res, err := sim.Run(new(testing.T), w.on(test)) // a bubble needs one, which a benchmark does not have
		require.NoError(b, err)
		require.Equal(b, check.Valid, res.Valid, res.Reasons)
		messages += res.Net.Servers.Messages
		ops += res.Stats.Count
		delays = append(delays, w.delays...)
	}
	require.NotEmpty(b, delays)
	slices.Sort(delays)
	b.ReportMetric(float64(messages)/float64(ops), "msgs/op")
	b.ReportMetric(delays[len(delays)/2].Seconds()*1000, "staleness-ms")
	b.ReportMetric(delays[len(delays)-1].Seconds()*1000, "staleness-max-ms")
}

// A watch finds out when what one node has acknowledged becomes visible on the others. Only a message from another node
// can make it so. What does not become visible before the end is not counted.
type watch struct {
	servers []*server // of the nodes, in their order
	written []int64   // the time of each one's latest acknowledged write
	hidden  [][]ack   // what is acknowledged and not visible, by the node where it is not
	got     int       // the node that got the latest message of another one; -1 if it has been looked at
	at      time.Duration
	delays  []time.Duration
}

// An ack says when a write was acknowledged.
type ack struct {
	stamp
	at time.Duration
}

// on returns test with nodes that are watched.
func (w *watch) on(test harness.Test) harness.Test {
	w.written, w.hidden, w.got = make([]int64, test.NodeCount), make([][]ack, test.NodeCount), -1
	test.Program = harness.InProcess(func(n *node.Node) { w.servers = append(w.servers, serve(n)) })
	test.OnOp = func(op history.Op) {
		w.look()
		if op.Type == history.OK {
			w.acknowledged(w.index(test.NodeOf(op.Process)), time.Duration(op.Time))
		}
	}
	test.OnMessage = func(e network.Event) {
		w.look()
		if to := w.index(e.Dest); e.Kind == network.Received && to >= 0 && w.index(e.Src) >= 0 {
			w.got, w.at = to, e.Time
		}
	}
	return test
}

// index returns the number of a node; -1 if id is not one.
func (w *watch) index(id string) int {
	return slices.IndexFunc(w.servers, func(s *server) bool { return s.node.ID() == id })
}

// acknowledged takes note that node i has answered. What writes nothing cannot be seen.
func (w *watch) acknowledged(i int, now time.Duration) {
	r := w.servers[i].replica
	if r.own() == w.written[i] {
		return
	}
	w.written[i] = r.own()
	for j := range w.servers {
		a := ack{stamp{r.own(), r.origin}, now}
		switch {
		case j == i:
		case w.visible(a, j):
			w.delays = append(w.delays, 0)
		default:
			w.hidden[j] = append(w.hidden[j], a)
		}
	}
}

// look looks into the node that got the latest message, which it has handled by now.
func (w *watch) look() {
	if w.got < 0 {
		return
	}
	w.hidden[w.got] = slices.DeleteFunc(w.hidden[w.got], func(a ack) bool {
		visible := w.visible(a, w.got)
		if visible {
			w.delays = append(w.delays, w.at-a.at)
		}
		return visible
	})
	w.got = -1
}

// visible tells whether a transaction on node j would see a, or what has overwritten it.
func (w *watch) visible(a ack, j int) bool { return w.servers[j].replica.have.includes(a.stamp) }
