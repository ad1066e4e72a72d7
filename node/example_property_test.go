package node_test

import (
	"context"
	"log/slog"

	"glomers/node"
)

// A register keeps the newest value. Its properties are declared where its handlers are registered: that the node never goes back in time,
// and that a test comes to the case for which stamps are there at all.
func ExampleAlways() {
	type write struct {
		Value string `json:"value"`
		Stamp int64  `json:"stamp"`
	}
	serve := func(n *node.Node) {
		var newest write
		forward := node.Always(n, "the stamp of the register only grows")
		overtaken := node.Sometimes(n, "a newer write overtakes an older one")
		node.Receive(n, "write", func(_ context.Context, w write) {
			overtaken.Check(w.Stamp < newest.Stamp)
			before := newest.Stamp
			if w.Stamp > newest.Stamp {
				newest = w
			}
			forward.Check(newest.Stamp >= before, slog.Int64("before", before), slog.Int64("after", newest.Stamp))
		})
	}
	serve(node.NewNode())
	// Output:
}

// A Machine keeps its properties in fields. They are nil in tests that make the machine without a node, and say nothing there.
func ExampleSometimes() {
	type replica struct {
		node.Machine[struct{}]             // its methods check the property
		late                   *node.Claim // of a message of an earlier life
	}
	serve := func(n *node.Node) {
		late := node.Sometimes(n, "a message of an earlier life arrives")
		node.Drive(n, "gossip", func() *replica { return &replica{late: late} })
	}
	serve(node.NewNode())
	// Output:
}
