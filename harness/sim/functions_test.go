package sim_test

import (
	"context"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

// In a test file: func TestSim(t *testing.T) { … }. Each scenario is a subtest with many seeds.
func ExampleTest() {
	test := func(t *testing.T) {
		base := harness.Test{Workload: "broadcast", Program: harness.InProcess(serve), Rate: 10, TimeLimit: 10 * time.Second}
		cut := base
		cut.Nemesis = []string{"partition"}
		sim.Test(t, sim.Scenario{Name: "quiet", Test: base}, sim.Scenario{Name: "partition", Test: cut, Seeds: 100})
	}
	_ = test
}

// One run, and whatever you want to know of its results.
func ExampleRun() {
	test := func(t *testing.T) {
		result, err := sim.Run(t, harness.Test{
			Workload: "broadcast", Program: harness.InProcess(serve), Nemesis: []string{"loss"}, TimeLimit: 10 * time.Second, Seed: 7,
		})
		if err != nil {
			t.Fatal(err)
		}
		if cost := result.Net.Servers.MsgsPerOp; cost > 20 {
			t.Errorf("%.1f messages per operation", cost)
		}
	}
	_ = test
}

// dice registers the handler of a broken node: two of its ids are soon the same.
func dice(n *node.Node) {
	type id struct {
		ID int `json:"id"`
	}
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (id, error) { return id{n.Rand().IntN(100)}, nil })
}

// A broken variant of your node must be caught. Otherwise your tests would not notice the same mistake in the node.
func ExampleCatch() {
	test := func(t *testing.T) {
		sim.Catch(t, sim.Scenario{Name: "dice", Test: harness.Test{
			Workload: "unique-ids", Program: harness.InProcess(dice), TimeLimit: 10 * time.Second,
		}}, "was given out")
	}
	_ = test
}

// The smallest run that still fails, as a story.
func ExampleShrink() {
	test := func(t *testing.T) {
		smallest, err := sim.Shrink(t, harness.Test{
			Workload: "unique-ids", Program: harness.InProcess(dice), TimeLimit: 10 * time.Second, Seed: 3,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(smallest)
	}
	_ = test
}
