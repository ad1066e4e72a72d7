package main

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/node"
)

// challenge6 is challenge 6b or 6c, as the model says, for a shorter time, with these faults.
func challenge6(model string, faults ...string) harness.Test {
	return harness.Test{
		Workload: "txn-rw-register", Program: harness.InProcess(func(n *node.Node) { serve(n) }),
		NodeCount: 2, Concurrency: 4, Rate: 1000, TimeLimit: 10 * time.Second, Nemesis: faults,
		Options: workload.Options{ConsistencyModels: []string{model}},
	}
}

// causally has fewer operations, and asks for much more: reads that are atomic and causal and never go back, and
// nothing that looks wrong in any other way. For the latter no fault may last for all the time.
func causally(faults ...string) harness.Test {
	t := challenge6("causal-cerone", faults...)
	t.ConsistencyModels = append(t.ConsistencyModels, "read-atomic", string(elle.SessionCommitted))
	t.Strict = true
	t.Rate, t.TimeLimit, t.NemesisInterval = 100, 20*time.Second, 3*time.Second
	return t
}

// available wants every operation to succeed.
func available(t harness.Test) harness.Test {
	t.Availability = "total"
	return t
}

// large is five nodes with hops of 100 ms on average, some of them much longer.
func large(t harness.Test) harness.Test {
	t.NodeCount, t.Concurrency = 5, 10
	t.Latency, t.LatencyDist = 100*time.Millisecond, network.Exponential
	return t
}

// linkFaults are those that leave every node available.
func linkFaults() []string { return []string{"partition", "loss", "duplicate", "reorder", "slow"} }

// faults are those that no node dies of.
func faults() []string { return append(linkFaults(), "pause", "skew") }

// scenarios are the faults that transactions promise to survive.
func scenarios() []sim.Scenario {
	all := []sim.Scenario{
		{Name: "6b", Test: available(challenge6("read-uncommitted")), Seeds: 1},
		{Name: "6c", Test: available(challenge6("read-committed", "partition")), Seeds: 1},
	}
	add := func(name string, test harness.Test) {
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 1})
	}
	add("quiet", available(causally()))
	for _, fault := range append(linkFaults(), "skew") {
		add(fault, available(causally(fault)))
	}
	add("pause", causally("pause"))
	together := causally(faults()...)
	together.Strict = false // cut off or paused in turn, two nodes may never have a chance to exchange anything
	add("all", together)
	add("large", large(together))
	return all
}

// Under all faults at once, transactions are causally consistent: decided completely, not by looking for anomalies. TestSim
// has two nodes under each fault alone.
func TestCausalUnderFaults(t *testing.T) {
	for _, fault := range append(faults(), "", "all") {
		var named []string
		switch fault {
		case "":
		case "all":
			named = faults()
		default:
			named = []string{fault}
		}
		for _, nodes := range []int{2, 5} {
			if nodes == 2 && fault != "all" {
				continue
			}
			test := challenge6("read-committed", named...)
			test.NodeCount, test.Concurrency, test.Rate = nodes, 4*nodes, 200
			test.NemesisInterval, test.Seed = 2*time.Second, 1
			_, txns, h := simulate(t, test)
			require.Equal(t, check.Valid, txns.Decided.Causal, "%q, %d nodes: %v", fault, nodes, txns.Decided)
			require.Equal(t, "causal consistency", txns.Decided.Level())
			require.Greater(t, len(h), 2000)
		}
	}
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }

// simulate carries out test, which must be valid, and returns the result of its workload and the history, too.
func simulate(t *testing.T, test harness.Test) (harness.Result, *elle.Result, []history.Op) {
	var h []history.Op
	test.OnOp = func(op history.Op) { h = append(h, op) }
	res := sim.Check(t, test)
	return res, res.Workload.(*elle.Result), h
}

// Hops do not change the cost, and a write is seen after half a pace and a hop in the median, once somebody looks.
func TestCostAndDelay(t *testing.T) {
	const look = 100 * time.Millisecond // a key is read a few times a second on each node
	for _, hop := range []time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond} {
		test := available(challenge6("causal-cerone"))
		test.Seed, test.Latency = 1, hop
		res, txns, _ := simulate(t, test)
		t.Logf("hops of %v: %.4f messages per operation, delay %+v; tolerated: %v",
			hop, res.Net.Servers.MsgsPerOp, *txns.Delay, txns.Tolerated)
		require.LessOrEqual(t, res.Net.Servers.MsgsPerOp, 0.021)
		require.LessOrEqual(t, milliseconds(txns.Delay.AtMost.Median), pace/2+hop+look)
		require.LessOrEqual(t, milliseconds(txns.Delay.AtLeast.Worst), pace+hop)
		require.Contains(t, txns.Tolerated, elle.Anomaly("lost-update"), "what remains available must allow this")
	}
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// A second after a heal every write is seen everywhere, and from then on what is new is seen as soon as ever.
func TestCaughtUpAfterHeal(t *testing.T) {
	const cut, healed = 2 * time.Second, 12 * time.Second
	for _, nodes := range []int{2, 5} {
		test := available(causally("partition"))
		test.NodeCount, test.Concurrency, test.MaxWritesPerKey = nodes, 2*nodes, 1000
		test.Excerpt = sim.WithFaults(harness.FaultWindow{Name: "partition", Begin: cut, End: healed})
		for test.Seed = 1; test.Seed <= 2; test.Seed++ {
			res, txns, h := simulate(t, test)
			require.Equal(t, healed-cut, res.Nemesis.Cut)
			late := elle.Register(notBefore(h, healed+time.Second), elle.Options{Nodes: nodes, Concurrency: 2 * nodes}).Delay
			t.Logf("%d nodes: delay %+v, after the heal %+v", nodes, *txns.Delay, *late)
			require.LessOrEqual(t, milliseconds(late.AtLeast.Worst), 2*pace)
		}
	}
}

// notBefore returns the history as if all that happened before the time t had happened at that time.
func notBefore(h []history.Op, t time.Duration) []history.Op {
	h = slices.Clone(h)
	for i := range h {
		h[i].Time = max(h[i].Time, int64(t))
	}
	return h
}
