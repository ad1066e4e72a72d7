package main

import "glomers/node"

// Properties are what a run watches (see package node). Without a node they are nil, and say nothing.
type properties struct {
	known     *node.Claim // of writes
	overtaken *node.Claim // of writes
	refused   *node.Point // of updates
}

func declare(n *node.Node) properties {
	return properties{
		known:     node.Always(n, "a store that has a write knows its transaction"),
		overtaken: node.Sometimes(n, "a write arrives when a later one of its key is there"),
		refused:   node.Reachable(n, "a message arrives before what it builds on"),
	}
}
