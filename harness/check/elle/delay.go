package elle

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// A Delay says how long acknowledged writes took to show on other nodes. A node shows a write only when somebody reads its
// key there, so the true delay of a write lies between two times, both counted from its acknowledgement: AtLeast, until the
// beginning of the last read that did not show the write (0 if there was no such read), and AtMost, until the end of the
// first read that did.
//
// A read also shows a write if it returns a later write by another node, that is, one that began after the first write had
// been acknowledged. If the read returns a write that ran at the same time, that write may have replaced the first one, so
// the delay of the first is not counted. The delay is not counted either if the node itself has replaced the write by a
// later one: the node could do so without having heard of the first write.
//
// If Shown is 0, no read shows any replication, and there are no times.
type Delay struct {
	AtLeast Spread `json:"at-least"`
	AtMost  Spread `json:"at-most"`
	Shown   int    `json:"shown"`   // pairs of a write and another node that showed it
	Unshown int    `json:"unshown"` // pairs of a write and another node that read its key later, but never showed it
}

// MarshalJSON leaves out the times if there are none.
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

// String summarizes the delay in a few words.
func (d Delay) String() string {
	if d.Shown == 0 {
		return "no write of one node was ever shown by another"
	}
	return fmt.Sprintf("seen on another node within %s ms in the median, %s ms at worst", wording.Number(d.AtMost.Median, 3), wording.Number(d.AtMost.Worst, 4))
}

// A Spread is the median and the maximum of some times, in ms.
type Spread struct {
	Median float64 `json:"median"`
	Worst  float64 `json:"worst"`
}

// A watch follows each write to the other nodes, on which it did not run. Times are positions in the history; -1 is before
// the history.
type watch struct {
	r     *registers
	nodes int
	wrote []window // when each version was written

	// By version and node:
	acked []int  // 1 + the position of the version's acknowledgement, while the node has not shown it; otherwise 0
	shown []bool // the node has shown the version

	// By key and node:
	waiting  [][]int32 // versions that the node may not have shown yet, in the order of their acknowledgements
	expected []bool    // whether there ever was such a version
	read     []lastRead

	least, most []int64
	looked      bool // a node was read while it had something to show
}

// A window is when a transaction ran, and on which node.
type window struct{ began, ended, node int }

// A lastRead is the read of a key that completed last on a node.
type lastRead struct {
	began int64 // ns
	wrote int   // when the writer of the returned version had ended
}

// delay measures the replication delay. It goes through the history in the order of completions.
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

// windows returns, for each version, when the transaction that wrote it ran, whatever its outcome. A transaction that is not
// known to have succeeded may have run until the end of the history.
func (r *registers) windows(o Options) []window {
	all := slices.Repeat([]window{{-1, -1, -1}}, len(r.versions))
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

// expect records a write that node has to show.
func (w *watch) expect(v int32, node, position int) {
	if len(w.r.writers[v]) > 1 {
		return // a read would not say whose write it shows
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

// replace stops waiting for the writes that node itself replaced by a write that began at position began.
func (w *watch) replace(key int32, node, began int) {
	at := int(key)*w.nodes + node
	for _, v := range w.waiting[at] {
		if acked := &w.acked[int(v)*w.nodes+node]; *acked-1 <= began {
			*acked = 0
		}
	}
	w.waiting[at] = slices.DeleteFunc(w.waiting[at], func(v int32) bool { return w.acked[int(v)*w.nodes+node] == 0 })
}

// see records a read of v on node.
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
			*acked = 0 // the node replaced a version that it may never have had
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

// missed returns for how long, in ns after the acknowledgement of v, node certainly did not show v: until the beginning of
// the last read on node, if that read returned an older version, otherwise 0.
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
