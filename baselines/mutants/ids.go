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

// idsClock takes the time for an id. Sooner or later two requests come in the same millisecond.
func idsClock(n *node.Node) {
	serveIDs(n, func() int64 { return n.Now().UnixMilli() })
}

// idsCounter counts from 1, as the other nodes do.
func idsCounter(n *node.Node) {
	var count int64
	serveIDs(n, func() int64 {
		count++
		return count
	})
}

// idsRestart counts, and puts the number of the node beside the count. A node that is started again counts from 1 again.
func idsRestart(n *node.Node) {
	var count int64
	serveIDs(n, func() int64 {
		count++
		return count<<10 | int64(n.Index())
	})
}

// idsSetBack makes an id of the millisecond, a counter within it, and the number of the node, as Twitter's Snowflake (2010) does.
// But it does not look whether the clock has been set back.
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

// idsBirthday draws 20 random bits, which is one of a million ids. In a thousand draws two are the same with a probability of
// 38 % (the birthday problem).
func idsBirthday(n *node.Node) {
	serveIDs(n, func() int64 { return n.Rand().Int64N(1 << 20) })
}
