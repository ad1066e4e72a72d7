package elle

import (
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check/elle/graph"
	"glomers/internal/chart"
	"glomers/internal/wording"
)

// maxQuote is how many bytes of a key or value a text shows.
const maxQuote = 60

// A teller names transactions T1, T2, … in the order in which a text mentions them. At the first mention it adds the
// operation and the process.
type teller struct {
	log   *log
	names map[int]string
	ops   []int // the operation of each
}

func newTeller(l *log) *teller { return &teller{log: l, names: make(map[int]string)} }

func (t *teller) name(txn int) string {
	if name, ok := t.names[txn]; ok {
		return name
	}
	op := t.log.op(txn)
	t.ops = append(t.ops, op.Index)
	name := fmt.Sprintf("T%d", len(t.ops))
	t.names[txn] = name
	return fmt.Sprintf("%s (op %d, %s)", name, op.Index, op.Who())
}

// list names the first few of several transactions.
func (t *teller) list(txns []int) string {
	var names []string
	for _, txn := range txns[:min(len(txns), maxCases)] {
		names = append(names, t.name(txn))
	}
	return strings.Join(names, ", ")
}

// end returns the finished text as a case.
func (t *teller) end(text string, edges ...Edge) Case {
	return Case{Ops: t.ops, Text: text, Edges: edges}
}

// A witness explains an edge of one kind, WR, WW or RW: it says why transaction a precedes transaction b.
type witness func(k graph.Kinds, a, b int, nameA, nameB string) (string, versions)

// describeCycle describes the edges of a cycle, or the component that has a cycle if the cycle itself is not known.
func describeCycle(l *log, w witness, c foundCycle) Case {
	tell := newTeller(l)
	if len(c.cycle.nodes) == 0 {
		return tell.end(fmt.Sprintf("%d transactions, of which %s is the first, contradict this level, though no single cycle shows it",
			len(c.component), tell.name(int(c.component[0]))))
	}
	return tellCycle(tell, w, c.cycle)
}

// tellCycle describes the edges of a cycle, beginning with the transaction that is earliest in the history.
func tellCycle(tell *teller, w witness, c cycle) Case {
	var parts []string
	var edges []Edge
	picture := &chart.Cycle{}
	first := slices.Index(c.nodes, slices.Min(c.nodes))
	for i := range c.nodes {
		at, next := (first+i)%len(c.nodes), (first+i+1)%len(c.nodes)
		k, a, b := c.kinds[at], int(c.nodes[at]), int(c.nodes[next])
		text, seen := tellEdge(tell, w, k, a, b)
		parts, edges = append(parts, text), append(edges, tell.log.edge(k, a, b, seen))
		text, _ = tellEdge(tell, w, k, a, b) // by names only, as both have been mentioned
		picture.Steps = append(picture.Steps, tell.step(a, k, text))
	}
	told := tell.end(strings.Join(parts, "; "), edges...)
	told.picture = picture
	return told
}

func tellEdge(tell *teller, w witness, k graph.Kinds, a, b int) (string, versions) {
	nameA := tell.name(a)
	nameB := tell.name(b)
	if a == b {
		nameB = "it"
	}
	switch k {
	case graph.Process:
		return fmt.Sprintf("%s ran %s before %s", tell.log.op(a).Who(), nameA, nameB), versions{}
	case graph.Realtime:
		gap := tell.log.h[tell.log.txns[b].invoked].Time - tell.log.h[tell.log.txns[a].completed].Time
		return fmt.Sprintf("%s was acknowledged %.3f s before %s began", nameA, float64(gap)/1e9, nameB), versions{}
	}
	return w(k, a, b, nameA, nameB)
}

// witness returns the explanation of the edges that link makes.
func (r *registers) witness(next [][]int32) witness {
	return func(k graph.Kinds, a, b int, nameA, nameB string) (string, versions) {
		before, after := r.reads[a], r.writes[b]
		switch k {
		case graph.WR:
			before, after = r.writes[a], r.reads[b]
		case graph.WW:
			before = r.writes[a]
		}
		for _, v := range before {
			for _, w := range after {
				if text := r.edgeText(k, v, w, next, nameA, nameB); text != "" {
					seen := versions{r.keys.values[r.versions[v].key], r.versions[v].value, r.versions[w].value}
					if v == w {
						seen.new = ""
					}
					return text, seen
				}
			}
		}
		return nameA + " precedes " + nameB, versions{}
	}
}

// edgeText says how version v of one transaction precedes version w of another, or returns "" if it does not.
func (r *registers) edgeText(k graph.Kinds, v, w int32, next [][]int32, nameA, nameB string) string {
	key, value := r.quote(v)
	_, newer := r.quote(w)
	switch {
	case k == graph.WR && v == w:
		return fmt.Sprintf("%s wrote %s to key %s, which %s read", nameA, value, key, nameB)
	case k == graph.WR || !r.precedes(v, w, next):
		return ""
	case k == graph.WW:
		return fmt.Sprintf("%s wrote %s to key %s, which %s overwrote with %s", nameA, value, key, nameB, newer)
	case r.isNull(v):
		return fmt.Sprintf("%s read key %s before it existed, and %s wrote %s to it", nameA, key, nameB, newer)
	}
	return fmt.Sprintf("%s read %s from key %s, which %s overwrote with %s", nameA, value, key, nameB, newer)
}

// precedes reports whether w is known to follow v directly.
func (r *registers) precedes(v, w int32, next [][]int32) bool {
	if r.isNull(v) {
		return r.versions[v].key == r.versions[w].key
	}
	return slices.Contains(next[v], w)
}

// quote returns the key and the value of a version, clipped for use in a text.
func (r *registers) quote(v int32) (key, value string) {
	return clip(r.keys.values[r.versions[v].key]), clip(r.versions[v].value)
}

// clip cuts a long text.
func clip(s string) string { return wording.Clip(s, maxQuote) }

func (r *registers) describeRead(reader, writer int, v int32, why string) Case {
	tell := newTeller(r.log)
	key, value := r.quote(v)
	read := versions{r.keys.values[r.versions[v].key], r.versions[v].value, ""}
	return tell.end(fmt.Sprintf("%s read %s from key %s, a write of %s, %s",
		tell.name(reader), value, key, tell.name(writer), why), r.edge(graph.WR, writer, reader, read))
}

func (r *registers) describeInternal(t int, have, got int32) Case {
	tell := newTeller(r.log)
	key, want := r.quote(have)
	_, value := r.quote(got)
	return tell.end(fmt.Sprintf("%s read %s from key %s, which was %s in the same transaction just before",
		tell.name(t), value, key, want))
}

func (r *registers) describeLostUpdate(v int32, ts []int) Case {
	tell := newTeller(r.log)
	key, value := r.quote(v)
	var edges []Edge // the first two: each missed the write of the other
	for i, t := range ts[:2] {
		other := ts[1-i]
		for _, s := range r.steps[other] {
			if w := r.versions[s.version]; s.write && w.key == r.versions[v].key {
				edges = append(edges[:i], r.edge(graph.RW, t, other, versions{r.keys.values[w.key], r.versions[v].value, w.value}))
			}
		}
	}
	return tell.end(fmt.Sprintf("%s all read %s from key %s and then wrote the key", tell.list(ts), value, key), edges...)
}

func (r *registers) describeCyclic(versions []int32) Case {
	var values []string
	for _, v := range versions[:min(len(versions), maxCases)] {
		_, value := r.quote(v)
		values = append(values, value)
	}
	key, _ := r.quote(versions[0])
	return Case{Text: fmt.Sprintf("each of the values %s of key %s was written by a transaction that had read another of them",
		strings.Join(values, ", "), key)}
}

func (r *registers) describeAmbiguous(v int32) string {
	tell := newTeller(r.log)
	key, value := r.quote(v)
	return fmt.Sprintf("%s to key %s was written by both %s and %s, so it is not known which write was read",
		value, key, tell.name(int(r.writers[v][0])), tell.name(int(r.writers[v][1])))
}
