package ratebench

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/node"
)

// A watch finds out when data that one node has acknowledged becomes visible on the others. Only a message from another node
// can make it visible.
type watch[W any] struct {
	serve    func(n *node.Node) Replica[W]
	nodes    []*node.Node // in their order
	replicas []Replica[W]
	hidden   [][]write[W] // acknowledged but not visible, by the node on which it is not visible
	got      int          // the node that got the latest message from another node; -1 if that node has been examined
	at       time.Duration
	delays   []time.Duration
	err      error // from a write that could not be read
}

// A write is a write that has been acknowledged.
type write[W any] struct {
	what  W
	acked time.Duration
}

// on returns test with watched nodes.
func (w *watch[W]) on(test harness.Test) harness.Test {
	w.hidden, w.got = make([][]write[W], test.NodeCount), -1
	test.Program = harness.InProcess(func(n *node.Node) {
		w.nodes = append(w.nodes, n)
		w.replicas = append(w.replicas, w.serve(n))
	})
	test.OnOp = func(op history.Op) {
		w.look()
		if op.Type == history.OK {
			w.acknowledged(w.index(op.Node), op)
		}
	}
	test.OnMessage = func(e network.Event) {
		w.look()
		if to := w.index(e.Dest); e.Kind == network.Received && to >= 0 && w.index(cmp.Or(e.Writer, e.Src)) >= 0 {
			w.got, w.at = to, e.Time
		}
	}
	return test
}

// index returns the index of a node, or -1 if id is not a node.
func (w *watch[W]) index(id string) int {
	return slices.IndexFunc(w.nodes, func(n *node.Node) bool { return n.ID() == id })
}

// acknowledged records the writes of node i in op.
func (w *watch[W]) acknowledged(i int, op history.Op) {
	writes, err := w.replicas[i].Wrote(op)
	w.err = errors.Join(w.err, err)
	for _, what := range writes {
		for j, r := range w.replicas {
			switch {
			case j == i:
			case r.Sees(what):
				w.delays = append(w.delays, 0)
			default:
				w.hidden[j] = append(w.hidden[j], write[W]{what, time.Duration(op.Time)})
			}
		}
	}
}

// look examines the node that got the latest message; the node has handled the message by now.
func (w *watch[W]) look() {
	if w.got < 0 {
		return
	}
	r := w.replicas[w.got]
	w.hidden[w.got] = slices.DeleteFunc(w.hidden[w.got], func(x write[W]) bool {
		visible := r.Sees(x.what)
		if visible {
			w.delays = append(w.delays, w.at-x.acked)
		}
		return visible
	})
	w.got = -1
}
