package main

import "glomers/node"

// Properties are what a run watches (see package node). Without a node they are nil, and say nothing.
type properties struct {
	nested    *node.Claim // of sets
	roundHub  *node.Claim // of values
	again     *node.Claim // of messages
	intervals *node.Quantity
}

func declare(n *node.Node) properties {
	return properties{
		nested:    node.Always(n, "what a peer acked was sent to it, and what was sent is here"),
		roundHub:  node.Sometimes(n, "a leaf learns a value from another leaf"),
		again:     node.Sometimes(n, "what a neighbour has not acked is sent again"),
		intervals: node.Extremes(n, "intervals in the set of a message"),
	}
}
