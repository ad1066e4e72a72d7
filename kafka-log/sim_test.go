package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/kafka"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/sim"
	"glomers/node"
)

// challenge5b is challenge 5b and 5c, for a shorter time, with these faults.
func challenge5b(acksAll bool, faults ...string) harness.Test {
	return harness.Test{
		Workload: "kafka", Program: harness.InProcess(func(n *node.Node) { serve(n, timings(acksAll, false), nil) }),
		NodeCount: 2, Concurrency: 4, Rate: 1000, TimeLimit: 10 * time.Second, Nemesis: faults,
	}
}

// orderOnly5b is the same with copies=1.
func orderOnly5b(acksAll bool, faults ...string) harness.Test {
	test := challenge5b(acksAll, faults...)
	test.Program = harness.InProcess(func(n *node.Node) { serve(n, timings(acksAll, true), nil) })
	return test
}

// lighter has fewer operations, so that more seeds can be run, and more faults.
func lighter(t harness.Test) harness.Test {
	t.Rate, t.TimeLimit, t.NemesisInterval = 100, 20*time.Second, 3*time.Second
	return t
}

// available wants nearly every operation to succeed: all but the crashes of clients.
func available(t harness.Test) harness.Test {
	t.Availability = "0.99"
	return t
}

// large is five nodes with hops of 100 ms on average, some of them much longer.
func large(t harness.Test) harness.Test {
	t = lighter(t)
	t.NodeCount, t.Concurrency = 5, 10
	t.Latency, t.LatencyDist = 100*time.Millisecond, network.Exponential
	return t
}

// hops has hops of some length, so that clients send much while a round is under way.
func hops(t harness.Test) harness.Test {
	t = lighter(t)
	t.Rate, t.NemesisInterval = 400, time.Second
	t.Latency, t.LatencyDist = 20*time.Millisecond, network.Exponential
	return t
}

// linkFaults are those that leave every node available.
func linkFaults() []string { return []string{"partition", "loss", "duplicate", "reorder", "slow"} }

// faults are those that no node dies of.
func faults() []string { return append(linkFaults(), "pause", "skew") }

// kills kills one node at a time, and leaves each that is started again some time to join.
func kills(t harness.Test) harness.Test {
	t.Nemesis = append(t.Nemesis, "kill")
	t.Excerpt = sim.WithFaults()
	for i := range 9 {
		begin := time.Duration(1+2*i) * time.Second
		t.Excerpt.Faults = append(t.Excerpt.Faults, harness.FaultWindow{
			Name: "kill", Start: i, Begin: begin, End: begin + time.Duration(100+100*i)*time.Millisecond,
		})
	}
	return t
}

// scenarios are the faults that the log promises to survive. In the modes that are not the default, each fault alone, and large clusters, come only with -seeds.
func scenarios() []sim.Scenario {
	all := []sim.Scenario{
		{Name: "5b", Test: available(challenge5b(false)), Seeds: 1},
		{Name: "5b, partition", Test: available(challenge5b(false, "partition")), Seeds: 1},
	}
	add := func(name string, test harness.Test) {
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 1})
	}
	withSeeds := func(name string, test harness.Test) {
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 1, Sweep: true})
	}
	for _, fault := range append(linkFaults(), "skew") {
		add(fault, available(lighter(challenge5b(false, fault))))
	}
	add("pause", lighter(challenge5b(false, "pause")))
	for _, fault := range faults() {
		withSeeds("acks=all, "+fault, lighter(challenge5b(true, fault)))
	}
	add("all", lighter(challenge5b(false, faults()...)))
	add("large", large(challenge5b(false, faults()...)))
	together := lighter(challenge5b(true, faults()...))
	together.NemesisInterval = time.Second // or two nodes may never be both up and connected
	add("acks=all, all", together)
	withSeeds("acks=all, large", large(challenge5b(true, faults()...)))
	for _, fault := range faults() {
		withSeeds("copies=1, "+fault, lighter(orderOnly5b(false, fault)))
	}
	add("copies=1", available(orderOnly5b(false)))
	add("copies=1, hops", hops(available(orderOnly5b(false, linkFaults()...))))
	add("copies=1, all", lighter(orderOnly5b(false, faults()...)))
	withSeeds("copies=1, large", large(orderOnly5b(false, faults()...)))
	withSeeds("copies=1, acks=all, all", hops(orderOnly5b(true, faults()...)))
	add("acks=all, kill", kills(lighter(challenge5b(true))))
	withSeeds("acks=all, kill, large", kills(large(challenge5b(true))))
	return append(all, durableScenarios()...)
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }

// simulate carries out test, which must be valid, and returns the result of its workload and the history, too.
func simulate(t *testing.T, test harness.Test) (harness.Result, *kafka.Result, []history.Op) {
	var h []history.Op
	test.OnOp = func(op history.Op) { h = append(h, op) }
	res := sim.Check(t, test)
	return res, res.Workload.(*kafka.Result), h
}

// Two thirds of the messages make things visible as soon, if they need not survive a kill.
func TestCostAndLag(t *testing.T) {
	for most, test := range map[float64]harness.Test{0.057: challenge5b(false), 0.038: orderOnly5b(false)} {
		test.Seed = 1
		res, log, _ := simulate(t, test)
		perOp, lag := res.Net.Servers.MsgsPerOp, log.WorstLag.Lag
		requireAllOK(t, res)
		t.Logf("%.4f messages per operation and a lag of %.3f s", perOp, lag)
		require.LessOrEqual(t, perOp, most)
		require.Less(t, lag, 0.065)
	}
}

// Offsets stay about as small as the logs are long, though clients send while epochs are closed.
func TestOffsetsStaySmall(t *testing.T) {
	test := hops(orderOnly5b(false, "partition"))
	for test.Seed = 1; test.Seed <= 2; test.Seed++ {
		_, _, h := simulate(t, test)
		highest, sends, leapt := int64(0), 0, 0
		for _, op := range h {
			if op.F == "send" && op.Type == history.OK {
				var m sent
				_, err := fmt.Sscanf(string(op.Value), `[["send",%q,[%d,`, &m.key, &m.offset)
				require.NoError(t, err)
				highest = max(highest, m.offset)
				sends++
				if m.offset >= 2*lead {
					leapt++
				}
			}
		}
		t.Logf("highest offset %d; %d of %d beyond the first lead", highest, leapt, sends)
		require.Positive(t, leapt)
		require.Less(t, highest, int64(16*2*(lead+1)), "no more than a leap for each of the 16 messages of a key")
	}
}

// A node that gives out offsets below an epoch that it has closed is judged not valid.
func TestBrokenClosingIsCaught(t *testing.T) {
	test := hops(orderOnly5b(false))
	test.Seed = 1
	test.Program = harness.InProcess(func(n *node.Node) {
		s := serve(n, timings(false, true), nil)
		n.OnInit(func(context.Context) error {
			if n.ID() == "n0" {
				s.Machine.lead = 0
			}
			return nil
		})
	})
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	t.Log(res.Reasons)
}

// requireAllOK fails the test unless every send and every poll has succeeded.
func requireAllOK(t *testing.T, res harness.Result) {
	for _, f := range []string{"send", "poll"} {
		require.Equal(t, res.Stats.ByF[f].Count, res.Stats.ByF[f].OKCount, "%s, seed %d", f, res.Seed)
	}
}

// In a partition every send and every poll succeeds. A second after the heal everything that was sent is visible everywhere, and
// from then on what is new is as soon as ever.
func TestCaughtUpAfterHeal(t *testing.T) {
	const cut, healed = 2 * time.Second, 12 * time.Second
	for nodes, lag := range map[int]float64{2: 0.1, 5: 0.2} {
		test := lighter(challenge5b(false, "partition"))
		test.NodeCount, test.Concurrency, test.Rate = nodes, 2*nodes, 200
		test.Excerpt = sim.WithFaults(harness.FaultWindow{Name: "partition", Begin: cut, End: healed})
		for test.Seed = 1; test.Seed <= 2; test.Seed++ {
			res, log, h := simulate(t, test)
			requireAllOK(t, res)
			late := kafka.Check(notBefore(h, healed+time.Second)).WorstLag.Lag
			t.Logf("%d nodes: lag %.3f s, after the heal %.3f s", nodes, log.WorstLag.Lag, late)
			require.Equal(t, healed-cut, res.Nemesis.Cut)
			require.Less(t, late, lag)
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

// With acks=all clients wait until every node has their messages: for a pace and the answer, at the most.
func TestAcksAllLatency(t *testing.T) {
	const hop = time.Millisecond
	test := challenge5b(true)
	test.Seed, test.Latency = 1, hop
	res, _, _ := simulate(t, test)
	requireAllOK(t, res)
	t.Logf("%.4f messages per operation; send %+v", res.Net.Servers.MsgsPerOp, res.Latencies["send"])
	require.LessOrEqual(t, res.Net.Servers.MsgsPerOp, 0.8)
	require.LessOrEqual(t, res.Latencies["send"].P50, paceAll+2*hop)
	require.LessOrEqual(t, res.Latencies["send"].P99, paceAll*5/4+2*hop)
}
