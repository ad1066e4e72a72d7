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

// BenchmarkRate measures, at any load and in clusters of any size, what the counter costs and how stale it is: the messages
// between servers, those to seq-kv included, per operation of a client, and the time from the acknowledgement of an
// add on one node until a read on another would count it. For that it looks into the nodes, as clients may not
// read often enough.
//
// The network has no latency, as in challenge 4; a hop would be added to the staleness. A point is 20 s of operations. With
// -benchtime Nx the seeds are 1 to N, and the figures always the same.
func BenchmarkRate(b *testing.B) {
	for _, nodes := range []int{2, 5, 25} {
		for _, rate := range []int{10, 100, 1000, 10_000} {
			test := harness.Test{Workload: "g-counter", NodeCount: nodes, Rate: float64(rate), TimeLimit: 20 * time.Second}
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
		require.Empty(b, slices.Concat(w.hidden...), "everything is visible in the end")
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
// can make it so.
type watch struct {
	servers []*server // of the nodes, in their order
	counted []int64   // what each was known to have added
	hidden  [][]total // what is acknowledged and not visible, by the node where it is not
	got     int       // the node that got the latest message of another one; -1 if it has been looked at
	at      time.Duration
	delays  []time.Duration
}

// A total is that of a writer when a node acknowledged an add.
type total struct {
	writer string
	sum    int64
	acked  time.Duration
}

// on returns test with nodes that are watched.
func (w *watch) on(test harness.Test) harness.Test {
	w.counted, w.hidden, w.got = make([]int64, test.NodeCount), make([][]total, test.NodeCount), -1
	test.Program = harness.InProcess(func(n *node.Node) { w.servers = append(w.servers, serve(n, false)) })
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

// acknowledged takes note that node i has answered. What changes nothing cannot be seen.
func (w *watch) acknowledged(i int, now time.Duration) {
	r := w.servers[i].replica
	if r.own() == w.counted[i] {
		return
	}
	w.counted[i] = r.own()
	for j := range w.servers {
		t := total{r.writer, r.own(), now}
		switch {
		case j == i:
		case w.visible(t, j):
			w.delays = append(w.delays, 0)
		default:
			w.hidden[j] = append(w.hidden[j], t)
		}
	}
}

// look looks into the node that got the latest message, which it has handled by now.
func (w *watch) look() {
	if w.got < 0 {
		return
	}
	w.hidden[w.got] = slices.DeleteFunc(w.hidden[w.got], func(t total) bool {
		visible := w.visible(t, w.got)
		if visible {
			w.delays = append(w.delays, w.at-t.acked)
		}
		return visible
	})
	w.got = -1
}

// visible tells whether a read on node j would count t.
func (w *watch) visible(t total, j int) bool { return w.servers[j].replica.totals[t.writer] >= t.sum }
