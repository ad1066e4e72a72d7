package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/node"
)

// broadcaster is a node with a budget.
func broadcaster(budget time.Duration) func(n *node.Node) {
	return func(n *node.Node) { serve(n, newPlan(budget), nil) }
}

// durable is a node with a budget and a disk.
func durable(budget time.Duration) func(n *node.Node) {
	return func(n *node.Node) { serve(n, newPlan(budget), node.OpenStore(n, "")) }
}

// challenge3e is challenge 3d and 3e: 25 nodes, 100 ms a hop.
func challenge3e() harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: harness.InProcess(broadcaster(defaultBudget)),
		NodeCount: 25, Rate: 100, TimeLimit: 20 * time.Second, Latency: 100 * time.Millisecond,
	}
}

// challenge3c is challenge 3b, and with a partition 3c.
func challenge3c() harness.Test {
	return harness.Test{
		Workload: "broadcast", Program: harness.InProcess(broadcaster(defaultBudget)),
		NodeCount: 5, Rate: 10, TimeLimit: 20 * time.Second,
	}
}

// with adds faults, which come more often than in the challenges.
func with(t harness.Test, faults ...string) harness.Test {
	t.Nemesis, t.NemesisInterval = faults, 3*time.Second
	return t
}

// scenarios are the faults that broadcast promises to survive.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	add := func(name string, test harness.Test) {
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 6})
	}
	for _, fault := range []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"} {
		add(fault, with(challenge3c(), fault))
	}
	add("quiet", challenge3c())
	add("all", with(challenge3c(), "partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"))
	for _, budget := range budgets {
		test := with(challenge3c(), everything...)
		test.Program = harness.InProcess(broadcaster(budget))
		add(budget.String(), test)
	}
	return all
}

// durableScenarios have kills, and disks that lose what was not synced, get slow and full. So many clients do not all wait for a node that is
// down.
func durableScenarios() []sim.Scenario {
	var all []sim.Scenario
	add := func(name string, budget time.Duration, faults ...string) {
		test := challenge3c()
		test.Program, test.Nemesis = harness.InProcess(durable(budget)), faults
		test.Concurrency, test.Rate, test.NemesisInterval = 60, 50, time.Second
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 2})
	}
	add("kill", defaultBudget, "kill")
	add("kill, disk", defaultBudget, "kill", "disk")
	for _, budget := range budgets {
		add(budget.String(), budget, append(everything, "slow", "kill", "disk")...)
	}
	return all
}

// everything is all faults that broadcast promises to survive, but for slow nodes and links.
var everything = []string{"partition", "loss", "duplicate", "reorder", "pause", "skew"}

// largeScenarios are of the large cluster. Without -seeds, only the first and the last budget meet every fault.
func largeScenarios() []sim.Scenario {
	all := []sim.Scenario{{Name: "partition", Test: with(challenge3e(), "partition"), Seeds: 1}}
	for i, budget := range budgets {
		test := with(challenge3e(), everything...)
		test.Program = harness.InProcess(broadcaster(budget))
		between := 0 < i && i < len(budgets)-1
		all = append(all, sim.Scenario{Name: budget.String(), Test: test, Seeds: 1, Sweep: between})
	}
	return all
}

// Under --faithful the figures are those that the real Maelstrom measured of the same nodes, which are up to a hop below ours.
func TestMaelstromsFigures(t *testing.T) {
	for budget, maelstroms := range map[time.Duration]struct{ median, max float64 }{
		defaultBudget:           {200, 231},
		580 * time.Millisecond:  {242, 475},
		1700 * time.Millisecond: {787, 1595},
	} {
		test := challenge3e()
		test.Program = harness.InProcess(broadcaster(budget))
		ours := stableLatencies(sim.Check(t, test))
		test.Faithful = true
		faithful := stableLatencies(sim.Check(t, test))
		require.InEpsilon(t, maelstroms.median, faithful.Median, 0.05, budget)
		require.InEpsilon(t, maelstroms.max, faithful.Max, 0.03, budget)
		require.Greater(t, float64(ours.Median), 1.1*maelstroms.median, budget)
		require.InDelta(t, maelstroms.max+100, ours.Max, 15, budget)
	}
}

func stableLatencies(res harness.Result) *check.Quantiles {
	return res.Workload.(*check.SetFullResult).StableLatencies
}

func TestSim(t *testing.T)        { sim.Test(t, scenarios()...) }
func TestSimDurable(t *testing.T) { sim.Test(t, durableScenarios()...) }
func TestSimLarge(t *testing.T)   { sim.Test(t, largeScenarios()...) }

// A node that is killed comes back without its memory. Although no client has anything new, it soon has all that
// the others have: those have not stopped at knowing what it had before.
func TestRestartedNodesCatchUp(t *testing.T) {
	test := with(challenge3c(), "kill")
	test.Excerpt = new(harness.Excerpt)
	for op := range 100 { // they take ten seconds
		test.Excerpt.Ops = append(test.Excerpt.Ops, op)
	}
	for start := range 20 {
		test.Excerpt.Faults = []harness.FaultWindow{{Name: "kill", Start: start, Begin: 15 * time.Second, End: 16 * time.Second}}
		reads := make(map[string]bool)
		test.OnOp = func(op history.Op) {
			if op.Final && op.Type == history.OK {
				reads[string(op.Value)] = true
			}
		}
		sim.Check(t, test)
		require.Len(t, reads, 1, "all nodes have the same")
	}
}
