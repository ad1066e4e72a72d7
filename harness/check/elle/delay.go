package elle

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
)

// A Delay says how long acknowledged writes took to show on other nodes. A node shows something only
// when somebody reads, so the true delay of a write lies between two times, both from its
// acknowledgement: until the beginning of the last read that did not show it (0 if there was none), and
// until the end of the first that did.
//
// A read shows a write also if it returns a later one of another node: one that began when the former had been
// acknowledged. Where a node shows one that ran at the same time instead, that may have replaced the
// other, whose delay is not counted. Nor is it once a node has replaced the write by a later one of its own: that it
// could do without having heard of the other.
//
// If Shown is 0, nothing replicated anything as far as reads tell, and there are no times.
type Delay struct {
	AtLeast Spread `json:"at-least"`
	AtMost  Spread `json:"at-most"`
	Shown   int    `json:"shown"`   // pairs of a write and another node that showed it
	Unshown int    `json:"unshown"` // pairs of a write and another node that read its key later, but never showed it
}

// MarshalJSON leaves the times out if there are none.
func (d Delay) MarshalJSON() ([]byte, error) {
	type fields Delay
	if d.Shown > 0 {
		return json.Marshal(fields(d))
	}
	return json.Marshal(struct {
		Shown   int `json:"shown"`
		Unshown int `json:"unshown"`
	}{d.Shown, d.Unshown})
}

// String says it in a few words.
func (d Delay) String() string {
	if d.Shown == 0 {
		return "no write of one node was ever shown by another"
	}
	return fmt.Sprintf("seen on another node within %.3g ms in the median, %.4g ms at worst", d.AtMost.Median, d.AtMost.Worst)
}

// A Spread is the median and the maximum of some times, in ms.
type Spread struct {
	Median float64 `json:"median"`
	Worst  float64 `json:"worst"`
}

// A watch follows writes to the nodes that they did not run on. Times in a history are positions, -1
// being before it.
type watch struct {
	r     *registers
	nodes int
	wrote []window // when each version was written

	// By version and node:
	acked []int  // 1 after when the version was acknowledged, while the node has not shown it; otherwise 0
	shown []bool // the node has shown the version

	// By key and node:
	waiting  [][]int32 // versions that the node may not have shown, by acknowledgement
	expected []bool    // whether there was one
	read     []lastRead

	least, most []int64
	looked      bool // a node was read while it had something to show
}

// A window is when a transaction ran, and on which node.
type window struct{ began, ended, node int }

// A lastRead is the read of a key that completed last on a node.
type lastRead struct {
	began int64 // ns
	wrote int   // when the writer of what it returned had ended
}

// delay goes through the history by completions.
func (r *registers) delay(o Options) *Delay {
	if !o.replicated() {
		return nil
	}
	w := &watch{
		r: r, nodes: o.Nodes, wrote: r.windows(o),
		acked: make([]int, len(r.versions)*o.Nodes), shown: make([]bool, len(r.versions)*o.Nodes),
		waiting: make([][]int32, len(r.null)*o.Nodes), expected: make([]bool, len(r.null)*o.Nodes), read: make([]lastRead, len(r.null)*o.Nodes),
	}
	_, ended := r.events()
	for i, t := range ended {
		if t < 0 {
			continue
		}
		here := o.node(r.txns[t])
		for _, v := range r.reads[t] {
			w.see(v, here, r.h[r.txns[t].invoked].Time, r.h[i].Time)
		}
		for _, v := range r.writes[t] {
			w.replace(r.versions[v].key, here, r.txns[t].invoked)
			for n := range o.Nodes {
				if n != here {
					w.expect(v, n, i)
				}
			}
		}
	}
	return w.delay()
}

// windows returns when the transaction that wrote each version ran, whatever became of it. If it is not
// known to have succeeded, it may have run until the end.
func (r *registers) windows(o Options) []window {
	all := make([]window, len(r.versions))
	for v := range all {
		all[v] = window{-1, -1, -1}
	}
	for t, steps := range r.steps {
		x := r.txns[t]
		for _, s := range steps {
			if !s.write {
				continue
			}
			all[s.version] = window{x.invoked, len(r.h), o.node(x)}
			if x.status == history.OK {
				all[s.version].ended = x.completed
			}
		}
	}
	return all
}

// expect takes note of a write that node has to show.
func (w *watch) expect(v int32, node, position int) {
	if len(w.r.writers[v]) > 1 {
		return // nobody would know whose it shows
	}
	if w.shown[int(v)*w.nodes+node] { // before the acknowledgement
		w.least, w.most = append(w.least, 0), append(w.most, 0)
		return
	}
	w.acked[int(v)*w.nodes+node] = position + 1
	key := int(w.r.versions[v].key)*w.nodes + node
	w.waiting[key] = append(w.waiting[key], v)
	w.expected[key] = true
}

// replace gives up the writes that node replaced itself, with one that began at that position.
func (w *watch) replace(key int32, node, began int) {
	at := int(key)*w.nodes + node
	for _, v := range w.waiting[at] {
		if acked := &w.acked[int(v)*w.nodes+node]; *acked-1 <= began {
			*acked = 0
		}
	}
	w.waiting[at] = slices.DeleteFunc(w.waiting[at], func(v int32) bool { return w.acked[int(v)*w.nodes+node] == 0 })
}

// see takes note of a read of v on node.
func (w *watch) see(v int32, node int, begin, end int64) {
	w.show(v, node, end)
	w.shown[int(v)*w.nodes+node] = true
	key := int(w.r.versions[v].key)*w.nodes + node
	w.looked = w.looked || w.expected[key]
	for len(w.waiting[key]) > 0 {
		first := w.waiting[key][0]
		acked := &w.acked[int(first)*w.nodes+node]
		switch {
		case *acked == 0: // shown before
		case *acked-1 <= w.wrote[v].began && w.wrote[v].node == node:
			*acked = 0 // the node replaced what it may never have had
		case *acked-1 <= w.wrote[v].began:
			w.show(first, node, end)
		case w.wrote[first].began <= w.wrote[v].ended:
			*acked = 0 // they ran at the same time
		default:
			w.read[key] = lastRead{begin, w.wrote[v].ended}
			return
		}
		w.waiting[key] = w.waiting[key][1:]
	}
	w.read[key] = lastRead{begin, w.wrote[v].ended}
}

// show ends the wait for v on node, if there is one.
func (w *watch) show(v int32, node int, end int64) {
	at := &w.acked[int(v)*w.nodes+node]
	if *at == 0 {
		return
	}
	w.least = append(w.least, w.missed(v, node))
	w.most = append(w.most, end-w.r.h[*at-1].Time)
	*at = 0
}

// missed returns how long after its acknowledgement a read on node began that returned something older
// than v, in ns.
func (w *watch) missed(v int32, node int) int64 {
	last := w.read[int(w.r.versions[v].key)*w.nodes+node]
	if last.wrote >= w.wrote[v].began {
		return 0
	}
	return max(0, last.began-w.r.h[w.acked[int(v)*w.nodes+node]-1].Time)
}

func (w *watch) delay() *Delay {
	d := &Delay{AtLeast: spread(w.least), AtMost: spread(w.most), Shown: len(w.most)}
	for key, queue := range w.waiting {
		for _, v := range queue {
			if node := key % w.nodes; w.acked[int(v)*w.nodes+node] != 0 && w.missed(v, node) > 0 {
				d.Unshown++
			}
		}
	}
	if d.Shown == 0 && !w.looked {
		return nil
	}
	return d
}

func spread(ns []int64) Spread {
	if len(ns) == 0 {
		return Spread{}
	}
	slices.Sort(ns)
	return Spread{Median: float64(ns[len(ns)/2]) / 1e6, Worst: float64(ns[len(ns)-1]) / 1e6}
}
