package baselines

import (
	"glomers/baselines/internal/txn"
	"glomers/node"
)

// LinRoot keeps all lists under one key of lin-kv. A transaction reads it, runs on what it has read, and puts the outcome in its place by
// compare-and-set, again and again until nobody was faster. Its successful swap is the moment at which all of it happens, and that of
// the read if it appends nothing; so it is strictly serializable. The nodes keep nothing, so they can be killed.
//
// A transaction that only reads costs two messages. One that appends costs four, and again four for each time that somebody was faster,
// be it on other lists: any two that append conflict. All messages carry the whole store. Real systems keep a tree of
// immutable pieces and swap its root (Datomic does), so that only what has changed is written. It is as available as lin-kv, which here no
// partition touches.
func LinRoot(n *node.Node) {
	txn.ServeLists(n, txn.Root{KV: node.NewLinKV(n), Node: n}.Run)
}
