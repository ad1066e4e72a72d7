package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/node"
)

// durable5b is challenge 5b with disks, which are as often slow or full as nodes are killed. So many clients do not all wait for a node that is
// down.
func durable5b(acksAll, orderOnly bool, faults ...string) harness.Test {
	test := lighter(challenge5b(acksAll, faults...))
	test.Program = harness.InProcess(func(n *node.Node) { serve(n, timings(acksAll, orderOnly), node.OpenStore(n, "")) })
	test.NodeCount, test.Concurrency, test.TimeLimit, test.NemesisInterval = 3, 60, 10*time.Second, time.Second
	return test
}

// durableQuiet has no faults. In 10 s, the crashes of clients, of which six are those before the final polls, would be up to 1.2 % of the operations.
func durableQuiet() harness.Test {
	test := available(durable5b(false, false))
	test.Concurrency, test.TimeLimit = 6, 20*time.Second
	return test
}

// durableAll has every fault with which nodes keep what they have promised.
func durableAll(acksAll bool) harness.Test {
	return durable5b(acksAll, false, append(faults(), "kill", "disk")...)
}

// durableTwo has the same faults, fewer at a time, on two nodes, which with copies=1 close epochs.
func durableTwo(acksAll bool) harness.Test {
	test := durable5b(acksAll, true, append(faults(), "kill", "disk")...)
	test.NodeCount, test.TimeLimit, test.NemesisInterval = 2, 20*time.Second, 3*time.Second
	return test
}

// calmTime is what calm leaves without faults.
const calmTime = 1500 * time.Millisecond

// calm is for tests in which nothing succeeds unless all nodes are up, and connected, with room on their disks: with acks=all always, otherwise
// until a new node has joined. In a run whose faults the seed draws that may never be the case, or for 0.1 s. So there are no faults at the
// end of each half of the run. Otherwise they come and go as often as elsewhere, at times that are the same for every seed.
func calm(t harness.Test) harness.Test {
	half := t.TimeLimit / 2
	t.Excerpt = sim.WithFaults()
	for i, fault := range t.Nemesis {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		gap := func() time.Duration { return time.Duration(rng.Int64N(2 * int64(t.NemesisInterval))) } // as between the steps of a nemesis.Fault
		starts := 0
		for from := time.Duration(0); from < t.TimeLimit; from += half {
			last := from + half - calmTime
			for begin := from + gap(); begin < last; starts++ {
				end := min(begin+gap(), last)
				t.Excerpt.Faults = append(t.Excerpt.Faults, harness.FaultWindow{Name: fault, Start: starts, Begin: begin, End: end})
				begin = end + gap()
			}
		}
	}
	return t
}

func durableScenarios() []sim.Scenario {
	scenarios := []sim.Scenario{{Name: "durable", Test: durableQuiet(), Seeds: 1}}
	add := func(name string, test harness.Test, sweep bool) {
		scenarios = append(scenarios, sim.Scenario{Name: name, Test: test, Seeds: 1, Sweep: sweep})
	}
	add("durable, kill, disk", durable5b(false, false, "kill", "disk"), false)
	add("durable, kill", durable5b(false, false, "kill"), true)
	add("durable, all", durableAll(false), true)
	add("durable, copies=1, all", calm(durableTwo(false)), true)
	add("durable, acks=all, kill, disk", durable5b(true, false, "kill", "disk"), false)
	add("durable, acks=all, kill", durable5b(true, false, "kill"), true)
	add("durable, acks=all, all", calm(durableAll(true)), true)
	add("durable, acks=all, copies=1, all", calm(durableTwo(true)), true)
	return scenarios
}

// Soon after the last fault has ended, every send and every poll succeeds, whatever the nodes have been through. Without faults that is always so.
func TestDurableProgress(t *testing.T) {
	const soon = 2 * retryAfter // peers that are suspected are asked every retryAfter
	for name, test := range map[string]harness.Test{
		"quiet": durableQuiet(), "all": calm(durableAll(false)), "acks=all": calm(durableAll(true)), "copies=1": calm(durableTwo(false)), "copies=1, acks=all": calm(durableTwo(true)),
	} {
		test.Seed = 1
		_, _, h := simulate(t, test)
		faults := history.FaultsIn(h, h[len(h)-1].Time)
		undisturbed := 0
		for done, begun := range history.Invocations(h) {
			op := h[done]
			if begun < 0 || h[begun].Final || op.F != "send" && op.F != "poll" || slices.ContainsFunc(faults, func(f *history.Fault) bool {
				return f.Begin <= op.Time && h[begun].Time < f.End+int64(soon)
			}) {
				continue
			}
			undisturbed++
			require.Equal(t, history.OK, op.Type, "%s: %s of process %d at %v: %s", name, op.F, op.Process, time.Duration(h[begun].Time), op.Error)
		}
		require.Greater(t, undisturbed, 100, name)
		t.Logf("%s: %d undisturbed operations", name, undisturbed)
	}
}
