package main

import (
	"encoding/json"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/sim"
	"glomers/node"
)

// challenge4 is challenge 4 with these faults.
func challenge4(durable durability, faults ...string) harness.Test {
	return harness.Test{
		Workload: "g-counter", Program: harness.InProcess(func(n *node.Node) { serve(n, settings{durable: durable}) }),
		NodeCount: 3, Rate: 100, TimeLimit: 20 * time.Second, Nemesis: faults,
	}
}

// available wants every operation to succeed.
func available(t harness.Test) harness.Test {
	t.Availability = "total"
	return t
}

// large is five nodes with hops of 100 ms on average, some of them much longer.
func large(t harness.Test) harness.Test {
	t.NodeCount, t.Latency, t.LatencyDist = 5, 100*time.Millisecond, network.Exponential
	return t
}

// often has faults come often, and so many clients that they do not all wait for a node that is down.
func often(t harness.Test) harness.Test {
	t.NemesisInterval, t.Concurrency, t.TimeLimit = 700*time.Millisecond, 60, 10*time.Second
	return t
}

// linkFaults are those that leave every node available.
func linkFaults() []string { return []string{"partition", "loss", "duplicate", "reorder", "slow"} }

// faults are those that no node dies of.
func faults() []string { return append(linkFaults(), "pause", "skew") }

// scenarios are the faults that the counter promises to survive.
func scenarios() []sim.Scenario {
	var all []sim.Scenario
	add := func(name string, test harness.Test) {
		all = append(all, sim.Scenario{Name: name, Test: test, Seeds: 1})
	}
	add("quiet", available(challenge4(inMemory)))
	for _, fault := range linkFaults() {
		add(fault, available(challenge4(inMemory, fault)))
	}
	add("pause", challenge4(inMemory, "pause"))
	add("skew", available(challenge4(inMemory, "skew")))
	add("all", challenge4(inMemory, faults()...))
	add("large", large(challenge4(inMemory, faults()...)))

	withKill := append(faults(), "kill")
	add("durable", available(challenge4(inSeqKV, "partition")))
	add("durable kill", challenge4(inSeqKV, "kill"))
	add("durable all", challenge4(inSeqKV, withKill...))
	add("durable large", large(challenge4(inSeqKV, withKill...)))
	add("disk", available(challenge4(onDisk, "partition")))
	add("disk kill", often(challenge4(onDisk, "kill")))
	add("disk kill, disk", often(challenge4(onDisk, "kill", "disk")))
	add("disk all", often(challenge4(onDisk, append(withKill, "disk")...)))
	add("disk large", large(challenge4(onDisk, append(withKill, "disk")...)))
	return all
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }

// simulate carries out test, which must be valid, and returns its history, too.
func simulate(t *testing.T, test harness.Test) (harness.Result, []history.Op) {
	var h []history.Op
	test.OnOp = func(op history.Op) { h = append(h, op) }
	return sim.Check(t, test), h
}

func TestCost(t *testing.T) {
	for _, c := range []struct {
		name      string
		test      harness.Test
		msgsPerOp float64
	}{
		{"default", challenge4(inMemory, "partition"), 0.14},
		{"all", challenge4(inMemory, faults()...), 0.15}, // there are no storms
		{"durable", challenge4(inSeqKV, "partition"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			worst := 0.0
			for c.test.Seed = 1; c.test.Seed <= 5; c.test.Seed++ {
				worst = max(worst, sim.Check(t, c.test).Net.Servers.MsgsPerOp)
			}
			t.Logf("at most %.4f messages per operation", worst)
			require.LessOrEqual(t, worst, c.msgsPerOp)
		})
	}
}

// Once all know everything, and seq-kv too, there is silence.
func TestQuiet(t *testing.T) {
	test := challenge4(inMemory)
	test.Seed = 1
	var last time.Duration // when a message between servers was sent
	test.OnMessage = func(e network.Event) {
		if e.Kind == network.Sent && e.Src[0] != 'c' && e.Dest[0] != 'c' {
			last = e.Time
		}
	}
	sim.Check(t, test)
	require.Greater(t, last, test.TimeLimit-gossipEvery)
	require.LessOrEqual(t, last, test.TimeLimit+2*saveEvery)
}

// From a second after a heal on, no read lacks anything that was acknowledged a second before. So a
// second after the heal the reads are exact, if nothing more is added.
func TestExactAfterHeal(t *testing.T) {
	const cut, healed = 2 * time.Second, 12 * time.Second
	for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
		test := challenge4(inMemory, "partition")
		test.Latency = latency
		test.Excerpt = sim.WithFaults(harness.FaultWindow{Name: "partition", Begin: cut, End: healed})
		for test.Seed = 1; test.Seed <= 10; test.Seed++ {
			_, h := simulate(t, test)
			requireFresh(t, h, healed+time.Second, time.Second)
		}
	}
}

// requireFresh fails the test if a read that was invoked after the time begin lacks an add that had been acknowledged for
// the time age.
func requireFresh(t *testing.T, h []history.Op, begin, age time.Duration) {
	type sum struct{ time, total int64 }
	acked := []sum{{-1, 0}}
	want := make(map[history.Process]int64) // of the read that the process does
	checked := 0
	for _, op := range h {
		switch {
		case op.F == "add" && op.Type == history.OK:
			acked = append(acked, sum{op.Time, acked[len(acked)-1].total + number(t, op)})
		case op.F == "read" && op.Type == history.Invoke:
			i := sort.Search(len(acked), func(i int) bool { return acked[i].time > op.Time-int64(age) })
			want[op.Process] = acked[max(0, i-1)].total
			if time.Duration(op.Time) < begin {
				want[op.Process] = 0
			}
		case op.F == "read" && op.Type == history.OK:
			require.GreaterOrEqual(t, number(t, op), want[op.Process], "%v", time.Duration(op.Time))
			if want[op.Process] > 0 {
				checked++
			}
		}
	}
	require.Greater(t, checked, 100)
}

// number returns the value of an operation.
func number(t *testing.T, op history.Op) (n int64) {
	require.NoError(t, json.Unmarshal(op.Value, &n))
	return n
}

// By default a kill loses what is new since the latest message: a node that others can hear, no more than since the last
// tick; one that nobody can hear, since the last write to seq-kv.
func TestDefaultLosesItsWindow(t *testing.T) {
	const hop = 20 * time.Millisecond
	for _, c := range []struct {
		name   string
		nodes  int
		window time.Duration
	}{
		{"one of three", 3, gossipEvery + hop},
		{"alone", 1, saveEvery + hop},
	} {
		lost := time.Duration(0) // the age of the oldest add that was lost
		for seed := range uint64(20) {
			test := challenge4(inMemory, "kill")
			test.NodeCount, test.Latency, test.Seed = c.nodes, hop, seed+1
			test.TimeLimit = 8 * time.Second
			killed := 4*time.Second + time.Duration(seed)*117*time.Millisecond
			test.Excerpt = sim.WithFaults(harness.FaultWindow{Name: "kill", Begin: killed, End: killed + time.Second})
			var h []history.Op
			test.OnOp = func(op history.Op) { h = append(h, op) }
			_, err := sim.Run(t, test)
			require.NoError(t, err)
			lost = max(lost, lostAge(t, test, h))
		}
		t.Logf("%s: adds of the last %v are lost, of at most %v", c.name, lost, c.window)
		require.Positive(t, lost, "the harness has killed a node")
		require.LessOrEqual(t, lost, c.window)
	}
}

// lostAge returns how old the oldest add that the final reads lack was when its node was killed; 0 if they lack none.
func lostAge(t *testing.T, test harness.Test, h []history.Op) time.Duration {
	var killed int64
	var victim string
	var adds []history.Op // of the victim's first life
	missing, final := int64(0), int64(-1)
	kill := slices.IndexFunc(h, func(op history.Op) bool { return op.F == "start-kill" })
	killed = h[kill].Time
	require.NoError(t, json.Unmarshal(h[kill+1].Value, &victim))
	for _, op := range h {
		switch {
		case op.Type != history.OK:
		case op.F == "add":
			missing += number(t, op)
			if test.NodeOf(op.Process) == victim && op.Time <= killed {
				adds = append(adds, op)
			}
		case op.Final:
			require.True(t, final < 0 || final == number(t, op), "all nodes read the same")
			final = number(t, op)
		}
	}
	age := time.Duration(0)
	for missing -= final; missing > 0; adds = adds[:len(adds)-1] {
		require.NotEmpty(t, adds, "others have lost some, too")
		last := adds[len(adds)-1]
		missing -= number(t, last)
		age = time.Duration(killed - last.Time)
	}
	require.Zero(t, missing, "what is lost is the end of what was added")
	return age
}
