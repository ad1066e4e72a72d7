package main

import (
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

// The node gives a client as long as the workload promises it.
func TestLease(t *testing.T) { require.Equal(t, check.LockLease, lease) }

// inProcess runs nodes by these rules.
func inProcess(r rules) harness.Program {
	return harness.InProcess(func(n *node.Node) { serve(n, r) })
}

// locked is a lock that ten clients of five nodes want most of the time.
func locked(faults ...string) harness.Test {
	return harness.Test{
		Workload: "lock", Program: inProcess(protocol()),
		Concurrency: 10, Rate: 20, TimeLimit: 20 * time.Second,
		Latency: 10 * time.Millisecond, LatencyDist: network.Exponential,
		Nemesis: faults, NemesisInterval: 3 * time.Second,
	}
}

// faults are all there are. While links are cut, or a node stands still or is gone, nobody enters; later all is well again.
func faults() []string {
	return []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "kill", "skew"}
}

// scenarios are the faults that the lock promises to survive. With kill and skew together a node may seem to be started before
// it was killed, and is not believed until its clock is right.
func scenarios() []sim.Scenario {
	all := []sim.Scenario{{Name: "quiet", Test: locked(), Seeds: 4}}
	for _, fault := range faults() {
		all = append(all, sim.Scenario{Name: fault, Test: locked(fault), Seeds: 4})
	}
	return append(all, sim.Scenario{Name: "all", Test: locked(faults()[:7]...), Seeds: 4})
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }

// simulate runs a test and returns what the checker of locks says.
func simulate(t *testing.T, test harness.Test) *check.LockResult {
	t.Helper()
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	return res.Workload.(*check.LockResult)
}

// during has one fault, and every operation.
func during(begin, end time.Duration, fault string) harness.Test {
	test := locked(fault)
	test.Excerpt = sim.WithFaults(harness.FaultWindow{Name: fault, Begin: begin, End: end})
	return test
}

// A request needs word from every node, and with a partition there is nobody who can reach all others.
func TestNobodyEntersWhileCutOff(t *testing.T) {
	t.Parallel()
	const cut, healed = 5 * time.Second, 15 * time.Second
	for seed := range uint64(10) {
		test := during(cut, healed, "partition")
		test.Seed = seed + 1
		var before, meanwhile, after int
		test.OnOp = func(op history.Op) {
			switch at := time.Duration(op.Time); {
			case op.F != "enter" || op.Type != history.OK:
			case at < cut:
				before++
			case at > cut+time.Second && at < healed:
				meanwhile++
			case at > healed:
				after++
			}
		}
		r := simulate(t, test)
		require.Equal(t, check.Valid, r.Valid, r.Reasons())
		require.Positive(t, before)
		require.Zero(t, meanwhile)
		require.Positive(t, after)
	}
}

// Whatever happens, no two are in.
func TestAlwaysSafe(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		test := locked(faults()...)
		test.Seed = seed + 1
		require.Empty(t, simulate(t, test).Errors)
	}
}

// The same node with worse rules is caught.
func TestMutants(t *testing.T) {
	t.Parallel()
	// heard is first, but for taking word from some of the others for enough.
	heard := func(r *replica, enough int) bool {
		for _, p := range r.peers {
			if p.request != 0 && p.request < r.own {
				return false
			}
			if p.time > r.own {
				enough--
			}
		}
		return r.own != 0 && enough <= 0
	}
	for _, c := range []struct {
		name  string
		enter func(*replica) bool
		fault []string
	}{
		{"waits for nobody", func(r *replica) bool { return heard(r, 0) }, nil},
		{"waits for a majority", func(r *replica) bool { return heard(r, 2) }, []string{"partition"}},
		{"waits for all but one", func(r *replica) bool { return heard(r, 3) }, []string{"partition"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := locked(c.fault...)
			test.Program = inProcess(rules{c.enter, lease})
			sim.Catch(t, sim.Scenario{Test: test, Seeds: 10}, "had the lock")
		})
	}
}

// A node that speaks at once after a restart lets others in while a client of its last life is in.
func TestSilence(t *testing.T) {
	t.Parallel()
	errors := func(silence time.Duration) (count int) {
		for seed := range uint64(20) {
			test := during(5*time.Second, 5100*time.Millisecond, "kill")
			test.Seed, test.Rate, test.Program = seed+1, 5, inProcess(rules{(*replica).first, silence})
			count += len(simulate(t, test).Errors)
		}
		return count
	}
	require.Positive(t, errors(0))
	require.Zero(t, errors(lease))
}

// A request without competition takes two hops, there and back, and an entry three messages for each other node: the request, the
// reply and the release. With competition a release is the next request, too.
func TestCost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		clients  int
		rate     float64
		messages float64       // at most, per entry
		median   time.Duration // of enter, at most
	}{
		{"alone", 1, 2, 13, 20 * time.Millisecond},
		{"ten clients", 10, 100, 11, 500 * time.Millisecond},
	} {
		test := locked()
		test.LatencyDist, test.Seed = network.Constant, 1
		test.Concurrency, test.Rate, test.TimeLimit = c.clients, c.rate, 2*time.Minute
		res := sim.Check(t, test)
		entered := float64(res.Workload.(*check.LockResult).Entered)
		messages := float64(res.Net.Servers.Messages) / entered
		median := res.Latencies["enter"].P50
		t.Logf("%s: %.1f messages per entry, %.1f entries/s, median wait %v", c.name, messages, entered/test.TimeLimit.Seconds(), median)
		require.LessOrEqual(t, messages, c.messages)
		require.LessOrEqual(t, median, c.median)
	}
}
