package main

import "glomers/node"

// Properties are what a run watches (see package node). Without a node they are nil, and say nothing.
type properties struct {
	ascending *node.Claim // fences
	behind    *node.Claim // of requests
	overdue   *node.Point // of leases
	unheard   *node.Point // of messages
}

func declare(n *node.Node) properties {
	return properties{
		ascending: node.Always(n, "each fence of a node is higher than the one before"),
		behind:    node.Sometimes(n, "a request waits for an earlier one"),
		overdue:   node.Reachable(n, "a lease ends before its client leaves"),
		unheard:   node.Reachable(n, "a message arrives in the silence after a start"),
	}
}
