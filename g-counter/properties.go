package main

import "glomers/node"

// Properties are what a run watches (see package node). Without a node they are nil, and say nothing.
type properties struct {
	ours     *node.Claim // of totals
	relayed  *node.Claim // of totals
	restored *node.Point // of totals
}

func declare(n *node.Node) properties {
	return properties{
		ours:     node.Always(n, "nobody has a higher total of this life than itself"),
		relayed:  node.Sometimes(n, "a total comes by way of a third node"),
		restored: node.Reachable(n, "a new life finds the totals that an earlier one saved"),
	}
}
