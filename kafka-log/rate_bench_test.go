package main

import (
	"errors"
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

// BenchmarkRate measures, at any load and in clusters of any size, what the log costs and how stale it is: the messages
// between servers per operation of a client, and the time from the acknowledgement of a send on one node until a poll
// on another would return it. For that it looks into the nodes, as clients may not poll often enough.
//
// The network has no latency, as in challenges 5b and 5c. The hops of a round would be added to the staleness, and to the cost what clients
// send while one is under way. A point is 20 s of operations, or 5 s where there is much to simulate. With -benchtime Nx the seeds are 1
// to N, and the figures always the same.
func BenchmarkRate(b *testing.B) {
	for _, nodes := range []int{2, 5, 25} {
		for _, rate := range []int{10, 100, 1000, 10_000} {
			test := challenge5b(false)
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
		require.NoError(b, errors.Join(err, w.err))
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
	hidden  [][]sent  // what is acknowledged and not visible, by the node where it is not
	got     int       // the node that got the latest message of another one; -1 if it has been looked at
	at      time.Duration
	delays  []time.Duration
	err     error // what has not been understood
}

// A sent is a message that has been acknowledged.
type sent struct {
	key    string
	offset int64
	acked  time.Duration
}

// on returns test with nodes that are watched.
func (w *watch) on(test harness.Test) harness.Test {
	w.hidden, w.got = make([][]sent, test.NodeCount), -1
	test.Program = harness.InProcess(func(n *node.Node) { w.servers = append(w.servers, serve(n, false)) })
	test.OnOp = func(op history.Op) {
		w.look()
		if op.Type == history.OK && op.F == "send" {
			m := sent{acked: time.Duration(op.Time)}
			_, err := fmt.Sscanf(string(op.Value), `[["send",%q,[%d,`, &m.key, &m.offset)
			w.err = errors.Join(w.err, err)
			w.acknowledged(w.index(test.NodeOf(op.Process)), m)
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

// acknowledged takes note that node i has answered a send.
func (w *watch) acknowledged(i int, m sent) {
	for j := range w.servers {
		switch {
		case j == i:
		case w.visible(m, j):
			w.delays = append(w.delays, 0)
		default:
			w.hidden[j] = append(w.hidden[j], m)
		}
	}
}

// look looks into the node that got the latest message, which it has handled by now.
func (w *watch) look() {
	if w.got < 0 {
		return
	}
	w.hidden[w.got] = slices.DeleteFunc(w.hidden[w.got], func(m sent) bool {
		visible := w.visible(m, w.got)
		if visible {
			w.delays = append(w.delays, w.at-m.acked)
		}
		return visible
	})
	w.got = -1
}

// visible tells whether a poll on node j would return m.
func (w *watch) visible(m sent, j int) bool {
	entries := w.servers[j].replica.log.poll(m.key, m.offset, 1)
	return len(entries) > 0 && entries[0].offset == m.offset
}
