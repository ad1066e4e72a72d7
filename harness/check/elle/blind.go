package elle

import (
	"fmt"
	"slices"

	"glomers/harness/check"
	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
)

// The types of warnings.
const (
	DirtyWrite    = "G0"             // writes of several keys by two transactions are interleaved
	GarbageRead   = "garbage-read"   // a value was read that nobody wrote
	Reordered     = "reordered"      // what a transaction appended to one list is not there in its order
	NoReplication = "no-replication" // a node never showed another's writes, though it should have
	NoConvergence = "no-convergence" // nodes still differed long after the last write
)

// A Warning is about something that the reference does not look at and that is hardly ever meant to be
// so.
type Warning struct {
	Type  string `json:"type"`
	Count int    `json:"count"` // how often it was seen
	Text  string `json:"text"`  // one instance
	Error bool   `json:"error"` // it makes the history invalid
}

// String returns the warning as a sentence.
func (w Warning) String() string {
	text := w.Type + ": " + w.Text
	if w.Count > 1 && w.Type != NoReplication { // whose text has all
		text += fmt.Sprintf(" (and %d more like it)", w.Count-1)
	}
	return text
}

// Cautions implements check.Cautious: the warnings that do not count, and what was decided if the level that the models ask for does not
// hold.
func (r *Result) Cautions() []string {
	var all []string
	for _, w := range r.Warnings {
		if !w.Error { // else it is a reason
			all = append(all, w.String())
		}
	}
	d := r.Decided
	if d != nil && !d.Error && d.required() == check.Invalid && d.ReadUncommitted == check.Valid { // else there is a garbage-read
		all = append(all, d.Text)
	}
	return all
}

// blind returns what the reference is blind to.
func (r *registers) blind(next [][]int32, o Options) []Warning {
	var all []Warning
	for _, w := range []*Warning{r.dirtyWrites(next), r.garbage(), r.notReplicated(o), r.notConverged(o)} {
		if w != nil {
			all = append(all, *w)
		}
	}
	return all
}

// garbage looks for reads of what no transaction wrote, not even one that failed or is open.
func (r *registers) garbage() *Warning {
	written := make([]bool, len(r.versions))
	for _, v := range r.null {
		written[v] = true
	}
	for _, steps := range r.steps {
		for _, s := range steps {
			written[s.version] = written[s.version] || s.write
		}
	}
	var w *Warning
	for t, steps := range r.steps {
		if r.txns[t].status != history.OK {
			continue
		}
		for _, s := range steps {
			if written[s.version] {
				continue
			}
			if w == nil {
				key, value := r.quote(s.version)
				w = &Warning{Type: GarbageRead, Text: fmt.Sprintf("%s read %s from key %s, which nobody wrote",
					newTeller(r.log).name(t), value, key)}
			}
			w.Count++
		}
	}
	return w
}

// dirtyWrites looks for cycles of writes alone. The reference never names one in registers, because it
// takes an edge for WR that is both, and because it infers little: here the order in which one process
// read the versions of a key counts too, if no two processes disagree about the key.
func (r *registers) dirtyWrites(next [][]int32) *Warning {
	next = r.withSessions(next)
	b := r.newGraph()
	for v := range r.versions {
		if !r.isNull(int32(v)) {
			linkAll(b, r.writers[v], r.overwriters(int32(v), next), graph.WW)
		}
	}
	if b.Overflowed() {
		return nil // which is said elsewhere
	}
	g := b.Graph()
	nodes := g.Through(graph.WW, graph.WW)
	if nodes == nil {
		return nil
	}
	c := tellCycle(newTeller(r.log), r.witness(next), cycle{nodes, slices.Repeat([]graph.Kinds{graph.WW}, len(nodes))})
	return &Warning{Type: DirtyWrite, Count: len(g.Components(graph.WW)), Text: c.Text}
}

// withSessions adds to next, for each key, that a version follows another which the same process saw
// before, unless that contradicts itself.
func (r *registers) withSessions(next [][]int32) [][]int32 {
	type place struct {
		process history.Process
		key     int32
	}
	last := make(map[place]int32) // the version that a process saw or wrote last
	seen := make([][]int32, len(next))
	b := graph.NewBuilder(len(next))
	for t := range r.txns { // those of one process are in its order
		for _, v := range r.reads[t] {
			at := place{r.txns[t].process, r.versions[v].key}
			if before, ok := last[at]; ok && before != v {
				seen[before] = append(seen[before], v)
				b.Link(int(before), int(v), graph.WW)
			}
			last[at] = v
		}
		for _, v := range r.writes[t] {
			last[place{r.txns[t].process, r.versions[v].key}] = v
		}
	}
	for v := range next {
		null := r.null[r.versions[v].key]
		b.Link(int(null), v, graph.WW)
		for _, w := range next[v] {
			b.Link(v, int(w), graph.WW)
		}
	}
	disputed := make(map[int32]bool) // keys
	for _, cycle := range b.Graph().Components(graph.WW) {
		disputed[r.versions[cycle[0]].key] = true
	}
	all := make([][]int32, len(next))
	for v := range next {
		all[v] = next[v]
		if !disputed[r.versions[v].key] {
			all[v] = append(all[v][:len(all[v]):len(all[v])], seen[v]...)
		}
	}
	return all
}
