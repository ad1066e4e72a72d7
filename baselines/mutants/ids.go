package mutants

import (
	"context"

	"glomers/node"
)

// serveIDs registers a node that gives out what next returns.
func serveIDs(n *node.Node, next func() int64) {
	type generated struct {
		ID int64 `json:"id"`
	}
	node.HandleRPC(n, "generate", func(context.Context, struct{}) (generated, error) { return generated{next()}, nil })
}

// idsClock takes the time for an id. Sooner or later two nodes, or one, are asked in the same millisecond.
func idsClock(n *node.Node) {
	serveIDs(n, func() int64 { return n.Now().UnixMilli() })
}

// idsCounter counts. So do the other nodes.
func idsCounter(n *node.Node) {
	var count int64
	serveIDs(n, func() int64 {
		count++
		return count
	})
}

// idsRestart counts, and adds which node it is. A node that is started again begins anew.
func idsRestart(n *node.Node) {
	var count int64
	serveIDs(n, func() int64 {
		count++
		return count<<10 | int64(n.Index())
	})
}

// idsSetBack makes ids of the millisecond, a counter within it, and the node, as Twitter's Snowflake (2010) does,
// but does not look whether the clock has been set back.
func idsSetBack(n *node.Node) {
	var last, count int64
	serveIDs(n, func() int64 {
		now := n.Now().UnixMilli()
		if now == last {
			count++
		} else {
			last, count = now, 0
		}
		return now<<22 | count<<10 | int64(n.Index())
	})
}

// idsBirthday draws 20 random bits, a million ids. Of a thousand of them two are the same every other time
// (the birthday problem).
func idsBirthday(n *node.Node) {
	serveIDs(n, func() int64 { return n.Rand().Int64N(1 << 20) })
}
