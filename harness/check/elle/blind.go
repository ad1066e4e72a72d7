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
	DirtyWrite    = "G0"             // two transactions wrote the same keys, and their writes are interleaved
	GarbageRead   = "garbage-read"   // a read returned a value that nobody wrote
	Reordered     = "reordered"      // the elements that a transaction appended to one list are not in its order
	NoReplication = "no-replication" // a node never showed another node's writes, though it should have
	NoConvergence = "no-convergence" // nodes still differed long after the last write
)

// A Warning is about behaviour that the reference does not look at, but that is hardly ever intended.
type Warning struct {
	Type  string `json:"type"`
	Count int    `json:"count"` // the number of instances
	Text  string `json:"text"`  // one instance
	Error bool   `json:"error"` // it makes the history invalid

	// Cases has the instance in Text; of NoReplication, one for each of the first pairs of nodes.
	Cases []Case `json:"-"`
}

// String returns the warning as a sentence.
func (w Warning) String() string {
	text := w.Type + ": " + w.Text
	if w.Count > 1 && w.Type != NoReplication { // its text lists all instances
		text += fmt.Sprintf(" (and %d more like it)", w.Count-1)
	}
	return text
}

// Cautions implements check.Cautious. It returns the warnings that do not count, and the text of Decided if the level that the
// models require does not hold.
func (r *Result) Cautions() []string {
	var all []string
	for _, w := range r.Warnings {
		if !w.Error { // otherwise it is a reason
			all = append(all, w.String())
		}
	}
	d := r.Decided
	if d != nil && !d.Error && d.required() == check.Invalid && d.ReadUncommitted == check.Valid { // else there is a garbage-read
		all = append(all, d.Text)
	}
	return all
}

// blind returns warnings about faults to which the reference is blind.
func (r *registers) blind(next [][]int32, o Options) []Warning {
	var all []Warning
	found := []*Warning{r.dirtyWrites(next), r.garbage()}
	if o.replicated() {
		found = append(found, r.notReplicated(o), r.notConverged(o))
	}
	for _, w := range found {
		if w != nil {
			all = append(all, *w)
		}
	}
	return all
}

// garbage looks for reads of values that no transaction wrote, not even one that failed or is still open.
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
				tell := newTeller(r.log)
				text := fmt.Sprintf("%s read %s from key %s, which nobody wrote", tell.name(t), value, key)
				read := Edge{Kind: Wrote, From: None, To: r.op(t).Index, Key: r.keys.values[r.versions[s.version].key], Old: r.versions[s.version].value, Reader: None}
				w = &Warning{Type: GarbageRead, Text: text, Cases: []Case{tell.end(text, read)}}
			}
			w.Count++
		}
	}
	return w
}

// dirtyWrites looks for cycles of writes alone. The reference never reports such a cycle for registers: it names an edge
// that is both WR and WW after WR, and it infers few edges. Here the order in which one process saw the versions of a key
// counts too, unless processes disagree about the key.
func (r *registers) dirtyWrites(next [][]int32) *Warning {
	next = r.withSessions(next)
	b := r.newGraph()
	for v := range r.versions {
		if !r.isNull(int32(v)) {
			linkAll(b, r.writers[v], r.overwriters(int32(v), next), graph.WW)
		}
	}
	if b.Overflowed() {
		return nil // already reported as too large
	}
	g := b.Graph()
	nodes := g.Through(graph.WW, graph.WW)
	if nodes == nil {
		return nil
	}
	c := tellCycle(newTeller(r.log), r.witness(next), cycle{nodes, slices.Repeat([]graph.Kinds{graph.WW}, len(nodes))})
	return &Warning{Type: DirtyWrite, Count: len(g.Components(graph.WW)), Text: c.Text, Cases: []Case{c}}
}

// withSessions adds the order of versions that processes saw to next: if a process saw one version of a key and then
// another, the second follows the first. It leaves out the keys for which these orders contradict each other.
func (r *registers) withSessions(next [][]int32) [][]int32 {
	type place struct {
		process history.Process
		key     int32
	}
	last := make(map[place]int32) // the version that a process saw or wrote last
	seen := make([][]int32, len(next))
	b := graph.NewBuilder(len(next))
	for t := range r.txns { // the transactions of one process are in its order
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
