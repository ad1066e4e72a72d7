package rsm

import "glomers/node"

// Properties are what a run watches (see package node). Without a node they are nil, and say nothing.
type properties struct {
	again     *node.Claim // commands
	twice     *node.Claim // a command
	installed *node.Claim // a snapshot
	strayed   *node.Point // a message
}

func declare(n *node.Node) properties {
	return properties{
		again:     node.Sometimes(n, "a command is sent again to another leader"),
		twice:     node.Sometimes(n, "a command is in the log twice"),
		installed: node.Sometimes(n, "a running node is given a snapshot"),
		strayed:   node.Reachable(n, "a request reaches a node that is not the leader"),
	}
}
