package elle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
)

const (
	// manyStale is how many stale reads cannot be an accident, if they are on one node and miss the writes of one other node,
	// whose writes the first node never shows.
	manyStale = 10
	// patience is how long nodes may differ after the last write of a key and after the last fault.
	patience = 5 * time.Second
)

// node returns the node that a transaction ran on.
func (o Options) node(t txn) int { return int(t.process) % o.Concurrency % o.Nodes }

// replicated reports whether replication can be judged: there are several nodes, and the node of each process is known.
func (o Options) replicated() bool { return o.Nodes > 1 && o.Concurrency > 0 }

// notReplicated looks for pairs of nodes where the first never showed a write of the second, but returned stale versions
// again and again. A version is stale if its writer ended before a later writer of the key began on the second node, and
// that later write was acknowledged before the read.
func (r *registers) notReplicated(o Options) *Warning {
	latest := make([]int, len(r.null)*o.Nodes) // by key and node: 1 + the position at which the last acknowledged write began
	first := make(map[int]staleRead)           // by reading and writing node
	shown := make([]bool, o.Nodes*o.Nodes)     // by reading and writing node
	stale := make([]int, o.Nodes*o.Nodes)
	began, ended := r.events()
	for i := range r.h {
		if t := began[i]; t >= 0 {
			here := o.node(r.txns[t])
			for _, v := range r.reads[t] {
				done := -1 // when the writer of v ended
				for _, w := range r.writers[v] {
					done = r.txns[w].completed
					shown[here*o.Nodes+o.node(r.txns[w])] = true
				}
				if done < 0 && !r.isNull(v) {
					continue // it is not known when v was written
				}
				for there := range o.Nodes {
					if there != here && latest[int(r.versions[v].key)*o.Nodes+there] > done+1 {
						pair := here*o.Nodes + there
						if stale[pair]++; stale[pair] == 1 {
							first[pair] = staleRead{t, v, latest[int(r.versions[v].key)*o.Nodes+there] - 1}
						}
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
	var cases []Case
	for pair, n := range stale {
		if n >= manyStale && !shown[pair] {
			if len(cases) < maxPairs {
				cases = append(cases, r.describeStale(first[pair], began))
			}
			pairs = append(pairs, fmt.Sprintf("node %d of %d never showed a write of node %d, in %d stale reads",
				pair/o.Nodes, o.Nodes, pair%o.Nodes, n))
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return &Warning{Type: NoReplication, Count: len(pairs), Text: strings.Join(pairs[:min(len(pairs), maxCases)], "; "), Cases: cases}
}

// maxPairs is for how many pairs of nodes a stale read is described.
const maxPairs = 200

// A staleRead is a read of an old version by a transaction. The write that it misses began at a position of the history.
type staleRead struct {
	reader  int
	version int32
	missed  int
}

func (r *registers) describeStale(s staleRead, began []int) Case {
	tell := newTeller(r.log)
	writer := began[s.missed]
	key, value := r.quote(s.version)
	seen := versions{key: r.keys.values[r.versions[s.version].key], old: r.versions[s.version].value}
	for _, v := range r.writes[writer] {
		if r.versions[v].key == r.versions[s.version].key {
			seen.new = r.versions[v].value
		}
	}
	return tell.end(fmt.Sprintf("%s read %s from key %s, without the write of %s", tell.name(s.reader), value, key, tell.name(writer)),
		r.edge(graph.RW, s.reader, writer, seen))
}

// events returns, for each position of the history, the acknowledged transaction that began there and the one that ended
// there; -1 if there is none.
func (r *registers) events() (began, ended []int) {
	began, ended = slices.Repeat([]int{-1}, len(r.h)), slices.Repeat([]int{-1}, len(r.h))
	for t, x := range r.txns {
		if x.status == history.OK && x.invoked >= 0 {
			began[x.invoked], ended[x.completed] = t, t
		}
	}
	return began, ended
}

// notConverged looks for keys on which two nodes differ in their last reads, although these reads began more than patience
// after the last write of the key and after the last fault.
func (r *registers) notConverged(o Options) *Warning {
	calm := r.calm()
	written := make(map[int32]int64) // the time after which nothing writes a key; never if the outcome of a write is unknown
	const never = int64(1) << 62
	for t, steps := range r.steps {
		for _, s := range steps {
			if !s.write || r.txns[t].status == history.Fail {
				continue
			}
			at := never // the write may take effect at any time
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

// calm reports, for each position of the history, whether no fault is in force and patience has passed since the last one.
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
