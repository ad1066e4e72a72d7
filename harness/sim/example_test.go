package sim_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

// This file is a complete simulation of a node. Copy it, put your own node in place of serve, and run
//
//	go test -run TestSim -v                     # 10 seeds of each scenario
//	go test -run TestSim -seeds 1000            # more
//	go test -run TestSim/partition -seed 7      # one again
//	go test -run TestSim -shrink                # the smallest run that still fails
//
// To see a failure, take Every out of serve: a value that meets a cut link is then lost for good.

// serve registers the handlers of a small broadcast node.
func serve(n *node.Node) {
	type value struct {
		Message int `json:"message"`
	}
	type values struct {
		Messages []int `json:"messages"`
	}
	have := []int{}
	learn := func(v int) {
		if i, found := slices.BinarySearch(have, v); !found {
			have = slices.Insert(have, i, v)
		}
	}

	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (values, error) {
		return values{have}, nil
	})
	node.HandleRPC(n, "broadcast", func(_ context.Context, req value) (struct{}, error) {
		learn(req.Message)
		return struct{}{}, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, g values) {
		for _, v := range g.Messages {
			learn(v)
		}
	})
	// Time and random numbers come from the node, which makes runs repeatable.
	n.Every(200*time.Millisecond, func(context.Context) {
		peer := n.NodeIDs()[n.Rand().IntN(len(n.NodeIDs()))]
		_ = node.Notify(n, peer, "gossip", values{have}) // only a broken output is an error
	})
}

// scenarios returns the scenarios in which the node must work.
func scenarios() []sim.Scenario {
	base := harness.Test{
		Workload:        "broadcast",
		Program:         harness.InProcess(serve),
		Rate:            10,
		TimeLimit:       10 * time.Second,
		NemesisInterval: 2 * time.Second,
	}
	all := []sim.Scenario{{Name: "quiet", Test: base}}
	for _, fault := range []string{"partition", "loss", "duplicate", "reorder", "slow", "pause"} {
		test := base
		test.Nemesis = []string{fault}
		all = append(all, sim.Scenario{Name: fault, Test: test})
	}
	return all
}

func TestSim(t *testing.T) { sim.Test(t, scenarios()...) }
