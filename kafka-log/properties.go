package main

import "glomers/node"

// Properties are what a run watches (see package node). Without a node they are nil, and say nothing.
type properties struct {
	above   *node.Claim // of messages
	solo    *node.Point // of replicas
	silence *node.Point // of peers
	long    *node.Point // of journals
}

func declare(n *node.Node) properties {
	return properties{
		above:   node.Always(n, "no message arrives below the watermark of its key"),
		solo:    node.Reachable(n, "a replica goes on alone"),
		silence: node.Reachable(n, "a peer leaves an ack out, and is suspected"),
		long:    node.Reachable(n, "a peer lacks more than one message can carry"),
	}
}
