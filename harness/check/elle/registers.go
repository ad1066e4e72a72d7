package elle

import (
	"slices"

	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// registers is a log in which each key holds one value, which a write replaces. A version of a key is a value that the key
// held, or null before the first write.
type registers struct {
	*log
	steps [][]step // of each transaction

	versions []version
	null     []int32 // the version null of each key

	// A read is external if its transaction has not written or read the same key before. A write is external if its
	// transaction does not write the key again, so that other transactions can see it. Only ok transactions count here.
	reads, writes    [][]int32 // of each transaction: versions
	readers, writers [][]int32 // of each version: transactions
	written          [][]int32 // of each key: its external writers
}

type step struct {
	write   bool
	version int32
}

type version struct {
	key   int32
	value string // JSON
}

func newRegisters(h []history.Op) *registers {
	r := &registers{log: parseLog(h, registerOps)}
	r.null = make([]int32, len(r.keys.values))
	r.written = make([][]int32, len(r.keys.values))
	versions := interner[version]{numbers: make(map[version]int32)}
	for key := range r.null {
		r.null[key] = versions.number(version{int32(key), "null"})
	}
	r.steps = make([][]step, len(r.txns))
	for t := range r.txns {
		ops := r.txns[t].ops
		steps := make([]step, len(ops))
		for i, op := range ops {
			steps[i] = step{op.f == 'w', versions.number(version{op.key, jsonvalue.Text(op.value)})}
		}
		r.steps[t], r.txns[t].ops = steps, nil // the texts are not needed again
	}
	r.versions = versions.values
	r.index()
	return r
}

// index finds the external reads and writes.
func (r *registers) index() {
	r.reads, r.writes = make([][]int32, len(r.txns)), make([][]int32, len(r.txns))
	r.readers, r.writers = make([][]int32, len(r.versions)), make([][]int32, len(r.versions))
	touched, final := make([]int, len(r.null)), make([]int, len(r.null)) // the last transaction, from 1
	for t, steps := range r.steps {
		if r.txns[t].status != history.OK {
			continue
		}
		for _, s := range steps {
			key := r.versions[s.version].key
			if !s.write && touched[key] != t+1 {
				r.reads[t] = append(r.reads[t], s.version)
				r.readers[s.version] = append(r.readers[s.version], int32(t))
			}
			touched[key] = t + 1
		}
		for _, s := range slices.Backward(steps) {
			key := r.versions[s.version].key
			if s.write && final[key] != t+1 {
				final[key] = t + 1
				r.writes[t] = append(r.writes[t], s.version)
				r.writers[s.version] = append(r.writers[s.version], int32(t))
				r.written[key] = append(r.written[key], int32(t))
			}
		}
	}
}

// isNull reports whether v is the version null of its key.
func (r *registers) isNull(v int32) bool { return r.null[r.versions[v].key] == v }

// ambiguous returns the versions that were read and that several transactions wrote: a read does not say whose write it saw.
func (r *registers) ambiguous() []int32 {
	var vs []int32
	for v := range r.versions {
		if len(r.readers[v]) > 0 && len(r.writers[v]) > 1 {
			vs = append(vs, int32(v))
		}
	}
	return vs
}

// link adds the edges that follow from reads and writes. next has the versions that are known to follow each version. link
// reports whether any operation depended on another, even within one transaction.
func (r *registers) link(b *graph.Builder, next [][]int32) bool {
	linked := false
	for v := range r.versions {
		readers, writers := r.readers[v], r.writers[v]
		overwriters := r.overwriters(int32(v), next)
		linked = linked || len(readers)+len(writers) > 0 && len(overwriters) > 0 || len(readers) > 0 && len(writers) > 0
		if len(writers) == 1 {
			// A transaction may have read a value that it wrote only later: an edge from a node to itself.
			linkAll(b, writers, readers, graph.WR)
		}
		linkAll(b, writers, overwriters, graph.WW)
		linkAll(b, readers, overwriters, graph.RW)
	}
	return linked
}

// overwriters returns the transactions that wrote a version known to follow v, without duplicates.
func (r *registers) overwriters(v int32, next [][]int32) []int32 {
	if r.isNull(v) {
		return r.written[r.versions[v].key]
	}
	var ts []int32
	for _, w := range next[v] {
		ts = append(ts, r.writers[w]...)
	}
	slices.Sort(ts)
	return slices.Compact(ts)
}

// manyEdges is the maximum number of direct RW edges that one call of linkAll makes.
const manyEdges = 1 << 12

// linkAll adds an edge from each transaction in from to each transaction in to. If many transactions read a version and
// many wrote the next one, direct RW edges would be too many; linkVia then leads them through additional nodes.
func linkAll(b *graph.Builder, from, to []int32, kinds graph.Kinds) {
	if kinds == graph.RW && len(from)*len(to) > manyEdges {
		linkVia(b, from, to)
		return
	}
	for _, v := range from {
		if b.Overflowed() {
			return
		}
		for _, w := range to {
			if v != w || kinds == graph.WR {
				b.Link(int(v), int(w), kinds)
			}
		}
	}
}

// linkVia is linkAll for RW edges in linear space. A transaction that is in both lists must not lead to itself, so linkVia
// adds two rows of nodes: upTo[i] leads to to[0] … to[i], and since[i] leads to to[i] and all that follow. A transaction at
// place i of to gets an edge to upTo[i-1] and one to since[i+1]. The price: if two transactions also have an edge of
// another kind, linkVia cannot add the kind RW to it.
func linkVia(b *graph.Builder, from, to []int32) {
	place := make(map[int32]int, len(to))
	upTo, since := make([]int, len(to)), make([]int, len(to))
	for i, w := range to {
		place[w] = i
		upTo[i], since[i] = b.AddNode(), b.AddNode()
		b.Link(upTo[i], int(w), graph.Via)
		b.Link(since[i], int(w), graph.Via)
		if i > 0 {
			b.Link(upTo[i], upTo[i-1], graph.Via)
			b.Link(since[i-1], since[i], graph.Via)
		}
	}
	for _, v := range from {
		i, ok := place[v]
		if !ok {
			b.Link(int(v), since[0], graph.RW)
			continue
		}
		if i > 0 {
			b.Link(int(v), upTo[i-1], graph.RW)
		}
		if i+1 < len(to) {
			b.Link(int(v), since[i+1], graph.RW)
		}
	}
}

// order returns the versions that directly follow each version: a transaction that reads version v of a key and then writes
// version w shows that w follows v. Null precedes all other versions and is left out. If the result is not an order, cycles
// has the versions of each cycle, and next is empty.
func (r *registers) order() (next [][]int32, cycles [][]int32) {
	next = make([][]int32, len(r.versions))
	b := graph.NewBuilder(len(r.versions))
	read, reader := make([]int32, len(r.null)), make([]int, len(r.null)) // of each key: the last version read, and 1 + the transaction that read it
	for t := range r.txns {
		for _, v := range r.reads[t] {
			key := r.versions[v].key
			read[key], reader[key] = v, t+1
			b.Link(int(r.null[key]), int(v), graph.WW)
		}
		for _, w := range r.writes[t] {
			key := r.versions[w].key
			b.Link(int(r.null[key]), int(w), graph.WW)
			if v := read[key]; reader[key] == t+1 && !r.isNull(v) {
				next[v] = append(next[v], w)
				b.Link(int(v), int(w), graph.WW)
			}
		}
	}
	if cycles = b.Graph().Components(graph.WW); len(cycles) > 0 {
		return make([][]int32, len(r.versions)), cycles
	}
	for v := range next {
		slices.Sort(next[v])
		next[v] = slices.Compact(next[v])
	}
	return next, nil
}
