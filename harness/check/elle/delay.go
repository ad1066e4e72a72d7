package elle

import "slices"

// A Delay says how long acknowledged writes took to show on other nodes. A node shows something only when somebody
// reads, so the true delay of a write lies between two times, both from its acknowledgement: until the
// beginning of the last read that did not show it (0 if there was none), and until the end of the first that did. A read shows
// a write also if it returns a later one: one that began when the former had been acknowledged.
type Delay struct {
	AtLeast Spread `json:"at-least"`
	AtMost  Spread `json:"at-most"`
	Shown   int    `json:"shown"`   // pairs of a write and another node that showed it
	Unshown int    `json:"unshown"` // pairs of a write and another node that read its key later, but never showed it
}

// A Spread is the median and the maximum of some times, in ms.
type Spread struct {
	Median float64 `json:"median"`
	Worst  float64 `json:"worst"`
}

// A watch follows writes to the nodes that they did not run on.
type watch struct {
	r     *registers
	nodes int

	began []int // when the last writer of a version began, as a position in the history; -1 if there is none

	// By version and node:
	acked []int  // when the version was acknowledged, 1 after its position, while the node has not shown it; otherwise 0
	shown []bool // the node has shown the version

	// By key and node:
	waiting [][]int32 // versions that the node may not have shown, by acknowledgement
	read    []int64   // the latest time at which a read began

	least, most []int64
}

// delay goes through the history by completions.
func (r *registers) delay(o Options) *Delay {
	if !o.replicated() {
		return nil
	}
	w := &watch{
		r: r, nodes: o.Nodes, began: r.beganWriting(),
		acked: make([]int, len(r.versions)*o.Nodes), shown: make([]bool, len(r.versions)*o.Nodes),
		waiting: make([][]int32, len(r.null)*o.Nodes), read: make([]int64, len(r.null)*o.Nodes),
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
			for n := range o.Nodes {
				if n != here {
					w.expect(v, n, i)
				}
			}
		}
	}
	return w.delay()
}

// beganWriting returns when the last transaction that wrote each version began, whatever became of it.
func (r *registers) beganWriting() []int {
	began := make([]int, len(r.versions))
	for v := range began {
		began[v] = -1
	}
	for t, steps := range r.steps {
		for _, s := range steps {
			if s.write {
				began[s.version] = max(began[s.version], r.txns[t].invoked)
			}
		}
	}
	return began
}

// expect takes note of a write that node has to show.
func (w *watch) expect(v int32, node, position int) {
	if w.shown[int(v)*w.nodes+node] { // before the acknowledgement
		w.least, w.most = append(w.least, 0), append(w.most, 0)
		return
	}
	w.acked[int(v)*w.nodes+node] = position + 1
	key := int(w.r.versions[v].key)*w.nodes + node
	w.waiting[key] = append(w.waiting[key], v)
}

// see takes note of a read of v on node.
func (w *watch) see(v int32, node int, begin, end int64) {
	w.show(v, node, end)
	w.shown[int(v)*w.nodes+node] = true
	key := int(w.r.versions[v].key)*w.nodes + node
	for queue := w.waiting[key]; len(queue) > 0; queue = queue[1:] {
		first := queue[0]
		if acked := w.acked[int(first)*w.nodes+node]; acked != 0 && acked-1 > w.began[v] {
			break
		}
		w.show(first, node, end)
		w.waiting[key] = queue[1:]
	}
	w.read[key] = max(w.read[key], begin)
}

// show ends the wait for v on node, if there is one.
func (w *watch) show(v int32, node int, end int64) {
	at := &w.acked[int(v)*w.nodes+node]
	if *at == 0 {
		return
	}
	acknowledged := w.r.h[*at-1].Time
	*at = 0
	missed := w.read[int(w.r.versions[v].key)*w.nodes+node]
	w.least = append(w.least, max(0, missed-acknowledged))
	w.most = append(w.most, end-acknowledged)
}

func (w *watch) delay() *Delay {
	d := &Delay{AtLeast: spread(w.least), AtMost: spread(w.most), Shown: len(w.most)}
	for key, queue := range w.waiting {
		for _, v := range queue {
			acked := w.acked[int(v)*w.nodes+key%w.nodes]
			if acked != 0 && w.read[key] > w.r.h[acked-1].Time {
				d.Unshown++
			}
		}
	}
	if d.Shown == 0 && d.Unshown == 0 {
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
