package explore_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"glomers/baselines"
	"glomers/harness/explore"
	"glomers/internal/cputime"
	"glomers/node"
)

// BenchmarkExecutions measures whole executions, with their judgment, of three nodes and about 30 actions.
func BenchmarkExecutions(b *testing.B) {
	var given []explore.Op
	for v := range 6 {
		given = append(given, explore.Op{Client: v % 3, F: "broadcast", Value: v})
	}
	r, worked := explored(b, explore.Scope{Program: baselines.Flooding, Workload: "broadcast", Given: given, Most: b.N})
	report(b, r.Executions, worked)
	b.ReportMetric(float64(r.Actions)/float64(r.Executions), "actions/op")
}

// BenchmarkDeliveries measures the delivery of a message that makes a node send another one, without the beginnings and the ends of executions.
func BenchmarkDeliveries(b *testing.B) {
	const hops = 10_000
	r, worked := explored(b, explore.Scope{
		Program: passOn(hops), Workload: "echo", Given: []explore.Op{{F: "echo", Value: "go"}},
		Depth: 2 * hops, Most: (b.N + hops - 1) / hops,
	})
	report(b, r.Actions, worked)
}

// report reports operations for each second, and for each second of a processor, which says more on a machine that is busy.
func report(b *testing.B, operations int, worked time.Duration) {
	b.ReportMetric(float64(operations)/b.Elapsed().Seconds(), "ops/s")
	b.ReportMetric(float64(operations)/worked.Seconds(), "ops/cpu-s")
}

// explored carries out executions that are drawn at random, and returns the time that processors have worked.
func explored(b *testing.B, s explore.Scope) (explore.Report, time.Duration) {
	b.Helper()
	s.Strategy = explore.Random(1)
	before := cputime.Process()
	b.ResetTimer()
	r, err := explore.Run(context.Background(), s)
	b.StopTimer()
	worked := cputime.Process() - before
	if err != nil || r.Failure != nil || r.Deep > 0 {
		b.Fatal(err, r)
	}
	return r, worked
}

// passOn returns a node that, at a request, sends a message which the nodes pass on to each other so many times.
func passOn(hops int) func(n *node.Node) {
	type (
		echo struct {
			Echo json.RawMessage `json:"echo"`
		}
		token struct {
			Left int `json:"left"`
		}
	)
	return func(n *node.Node) {
		pass := func(left int) {
			if left > 0 {
				_ = node.Notify(n, n.NodeIDs()[(n.Index()+1)%len(n.NodeIDs())], "token", token{left - 1}) // fails only if the node ends
			}
		}
		begun := false
		node.Receive(n, "token", func(_ context.Context, t token) { pass(t.Left) })
		node.HandleRPC(n, "echo", func(_ context.Context, e echo) (echo, error) {
			if !begun { // once: the last operations are no requests to begin anew
				begun = true
				if n.Index() == 0 {
					pass(hops)
				}
			}
			return e, nil
		})
	}
}
