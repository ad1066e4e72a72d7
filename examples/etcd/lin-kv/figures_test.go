package main

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"glomers/examples/etcd"
	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

var figuresFlag = flag.Bool("figures", false, "measure both engines, for the README")

// TestFigures prints what both engines cost in simulation, where a message takes 5 ms: medians of three seeds. BenchmarkSpeed measures processes.
func TestFigures(t *testing.T) {
	if !*figuresFlag {
		t.Skip("only with -figures: it measures, and decides nothing")
	}
	s := rsm.Settings{Options: rsm.Options{Window: rsm.DefaultWindow}}
	engines := []struct {
		name string
		pure harness.Program
	}{
		{"raft", harness.InProcess(func(n *node.Node) { registers.Serve(n, s, rsm.Raft(s)) })},
		{"etcd", harness.InProcess(func(n *node.Node) { registers.Serve(n, s, etcd.Start(s)) })},
	}
	simulated := map[string][]harness.Result{}
	for seed := range uint64(3) {
		for _, e := range engines {
			test := harness.Test{Workload: "lin-kv", Seed: seed + 1, NodeCount: 5, Concurrency: 20, Rate: 100, TimeLimit: 20 * time.Second, Latency: 5 * time.Millisecond}
			test.Program = e.pure
			simulated[e.name] = append(simulated[e.name], sim.Check(t, test))
		}
	}
	of := func(runs []harness.Result, value func(harness.Result) float64) float64 {
		var values []float64
		for _, r := range runs {
			values = append(values, value(r))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	ms := func(f string) func(harness.Result) float64 {
		return func(r harness.Result) float64 { return r.Latencies[f].P50.Seconds() * 1000 }
	}
	msgs := func(r harness.Result) float64 { return r.Net.Servers.MsgsPerOp }
	bytes := func(r harness.Result) float64 { return r.Net.Servers.BytesPerOp }
	for _, e := range engines {
		a := simulated[e.name]
		fmt.Printf("%s: 5 nodes, 100 ops/s: %.2f msgs/op, %.0f bytes/op, write %.1f ms, read %.1f ms\n", e.name, of(a, msgs), of(a, bytes), of(a, ms("write")), of(a, ms("read")))
	}
}
