package baselines

import (
	"glomers/baselines/internal/counter"
	"glomers/node"
)

// CASCounter keeps the sum under one key of seq-kv, and adds by compare-and-set, again and again until nobody was faster. The
// nodes keep nothing, so they can be killed.
//
// Reads of seq-kv may be stale, so each comes with a read barrier: without it swaps often fail, and a read may show what the sum was.
//
// A read costs four messages. An add costs six, and again six for each time that somebody was faster. While a node goes
// to the service and back, only one of all nodes can add: with hops of 100 ms the whole cluster gets five adds a second done, however
// large it is. The counter is as available as seq-kv, which here no partition touches.
func CASCounter(n *node.Node) {
	s := counter.Sum{KV: node.NewSeqKV(n), Node: n}
	counter.Serve(n, s.Add, s.ReadLatest)
}
