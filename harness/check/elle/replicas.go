package elle

import (
	"fmt"
	"strings"
	"time"

	"glomers/harness/history"
)

const (
	// manyStale is how many stale reads on a node, of a node whose writes it never shows, are no
	// accident.
	manyStale = 10
	// patience is how long after the last write of a key, and after the last fault, nodes may differ.
	patience = 5 * time.Second
)

// node returns the node that a transaction ran on.
func (o Options) node(t txn) int { return int(t.process) % o.Concurrency % o.Nodes }

// replicated reports whether there is anything to say about replication.
func (o Options) replicated() bool { return o.Nodes > 1 && o.Concurrency > 0 }

// notReplicated looks for pairs of nodes where the one never showed a write of the other, but again and
// again a version that had been replaced there: one whose writer was done before the other node's writer
// began.
func (r *registers) notReplicated(o Options) *Warning {
	if !o.replicated() {
		return nil
	}
	latest := make([]int, len(r.null)*o.Nodes) // by key and node: 1 after the position at which the last acknowledged write began
	shown := make([]bool, o.Nodes*o.Nodes)     // by reading and writing node
	stale := make([]int, o.Nodes*o.Nodes)
	began, ended := r.events()
	for i := range r.h {
		if t := began[i]; t >= 0 {
			here := o.node(r.txns[t])
			for _, v := range r.reads[t] {
				done := -1 // when the writer of v was
				for _, w := range r.writers[v] {
					done = r.txns[w].completed
					shown[here*o.Nodes+o.node(r.txns[w])] = true
				}
				if done < 0 && !r.isNull(v) {
					continue // nobody knows when it was written
				}
				for there := range o.Nodes {
					if there != here && latest[int(r.versions[v].key)*o.Nodes+there] > done+1 {
						stale[here*o.Nodes+there]++
					}
				}
			}
		}
		if t := ended[i]; t >= 0 {
			for _, v := range r.writes[t] {
				at := &latest[int(r.versions[v].key)*o.Nodes+o.node(r.txns[t])]
				*at = max(*at, r.txns[t].invoked+1)
			}
		}
	}
	var pairs []string
	for pair, n := range stale {
		if n >= manyStale && !shown[pair] {
			pairs = append(pairs, fmt.Sprintf("node %d of %d never showed a write of node %d, in %d stale reads",
				pair/o.Nodes, o.Nodes, pair%o.Nodes, n))
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return &Warning{Type: NoReplication, Count: len(pairs), Text: strings.Join(pairs[:min(len(pairs), maxCases)], "; ")}
}

// events returns which acknowledged transaction began and ended at each position of the history; -1 for
// none.
func (r *registers) events() (began, ended []int) {
	began, ended = make([]int, len(r.h)), make([]int, len(r.h))
	for i := range r.h {
		began[i], ended[i] = -1, -1
	}
	for t, x := range r.txns {
		if x.status == history.OK && x.invoked >= 0 {
			began[x.invoked], ended[x.completed] = t, t
		}
	}
	return began, ended
}

// notConverged looks for keys that two nodes showed differently the last time that they were read there,
// when nothing had written the key and no fault had been in force for some time.
func (r *registers) notConverged(o Options) *Warning {
	if !o.replicated() {
		return nil
	}
	calm := r.calm()
	written := make(map[int32]int64) // the time of the last write of a key, or never
	const never = int64(1) << 62
	for t, steps := range r.steps {
		for _, s := range steps {
			if !s.write || r.txns[t].status == history.Fail {
				continue
			}
			at := never // it may happen at any time
			if r.txns[t].status == history.OK {
				at = r.h[r.txns[t].completed].Time
			}
			key := r.versions[s.version].key
			written[key] = max(written[key], at)
		}
	}
	last := make(map[[2]int32]int) // the last reader of a key on a node
	value := make(map[[2]int32]int32)
	for t, x := range r.txns {
		if x.status != history.OK || x.invoked < 0 {
			continue
		}
		begin := r.h[x.invoked].Time
		for _, v := range r.reads[t] {
			key := r.versions[v].key
			if wrote, ok := written[key]; ok && begin > wrote+int64(patience) && calm[x.invoked] {
				at := [2]int32{key, int32(o.node(x))}
				last[at], value[at] = t, v
			}
		}
	}
	return r.differ(o, last, value)
}

// differ compares the last reads of each key on each node.
func (r *registers) differ(o Options, last map[[2]int32]int, value map[[2]int32]int32) *Warning {
	var w *Warning
	for key := range r.null {
		first := -1 // a node that read it
		for n := range o.Nodes {
			at := [2]int32{int32(key), int32(n)}
			if _, ok := last[at]; !ok {
				continue
			}
			if first < 0 {
				first = n
				continue
			}
			other := [2]int32{int32(key), int32(first)}
			if value[at] == value[other] {
				continue
			}
			if w == nil {
				tell := newTeller(r.log)
				name, a := r.quote(value[other])
				_, b := r.quote(value[at])
				w = &Warning{Type: NoConvergence, Text: fmt.Sprintf("%v after its last write, %s read %s from key %s on one node and %s read %s on another",
					patience, tell.name(last[other]), a, name, tell.name(last[at]), b)}
			}
			w.Count++
			break
		}
	}
	return w
}

// calm tells for each position of the history whether no fault had been in force for some time.
func (r *registers) calm() []bool {
	calm := make([]bool, len(r.h))
	var faults history.Faults
	var since int64 = -int64(patience)
	for i, op := range r.h {
		if op.Process == history.Nemesis {
			faults.Add(op)
			since = op.Time
		}
		calm[i] = faults.InForce() == 0 && op.Time >= since+int64(patience)
	}
	return calm
}
