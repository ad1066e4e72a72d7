package main

import (
	"context"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/etcd"
	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

var figuresFlag = flag.Bool("figures", false, "measure both engines, for the README")

// TestFigures prints what both engines cost: medians of runs in turn. In simulation, a message takes 5 ms.
func TestFigures(t *testing.T) {
	if !*figuresFlag {
		t.Skip("only with -figures: it measures, and decides nothing")
	}
	s := rsm.Settings{Options: rsm.Options{Window: rsm.DefaultWindow}}
	program := filepath.Join(t.TempDir(), "lin-kv")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	engines := []struct {
		name string
		pure harness.Program
	}{
		{"raft", harness.InProcess(func(n *node.Node) { registers.Serve(n, s, rsm.Raft(s)) })},
		{"etcd", harness.InProcess(func(n *node.Node) { registers.Serve(n, s, etcd.Start(s)) })},
	}
	simulated, processes := map[string][]harness.Result{}, map[string][]harness.Result{}
	for seed := range uint64(3) {
		for _, e := range engines {
			test := harness.Test{Workload: "lin-kv", Seed: seed + 1, NodeCount: 5, Concurrency: 20, Rate: 100, TimeLimit: 20 * time.Second, Latency: 5 * time.Millisecond}
			test.Program = e.pure
			simulated[e.name] = append(simulated[e.name], sim.Check(t, test))

			test.Program = harness.Binary(program, "-engine", e.name)
			test.NodeCount, test.Concurrency, test.Rate, test.Latency = 3, 90, 20_000, 0
			test.TimeLimit, test.Recovery = 5*time.Second, time.Second
			r, err := harness.Run(context.Background(), test)
			require.NoError(t, err)
			processes[e.name] = append(processes[e.name], r)
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
	ok := func(r harness.Result) float64 { return float64(r.Stats.OKCount) / 5 }
	for _, e := range engines {
		a, b := simulated[e.name], processes[e.name]
		fmt.Printf("%s: simulated, 5 nodes, 100 ops/s: %.2f msgs/op, %.0f bytes/op, write %.1f ms, read %.1f ms\n", e.name, of(a, msgs), of(a, bytes), of(a, ms("write")), of(a, ms("read")))
		fmt.Printf("%s: 3 processes: %.0f ops/s, %.2f msgs/op, write %.1f ms, read %.1f ms\n", e.name, of(b, ok), of(b, msgs), of(b, ms("write")), of(b, ms("read")))
	}
}
