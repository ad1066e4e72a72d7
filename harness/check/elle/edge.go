package elle

import (
	"glomers/harness/check/elle/graph"
	"glomers/harness/check/weak"
)

// An EdgeKind is a reason why one transaction precedes another.
type EdgeKind string

// The kinds of edges.
const (
	Wrote     EdgeKind = "wr"       // To read Old, which From wrote
	Overwrote EdgeKind = "ww"       // To wrote New after Old, which From wrote
	Missed    EdgeKind = "rw"       // From read Old, without New, which To wrote
	Ordered   EdgeKind = "process"  // one process ran From before To
	Earlier   EdgeKind = "realtime" // From was acknowledged before To began
	Ignored   EdgeKind = "commit"   // Reader knew of From, which wrote New, and yet read Old, which To wrote
)

// None stands in place of an operation of an edge if there is none.
const None = -1

// An Edge is a fact that the text of a Case tells in words: two transactions, and what they did to a key. For anomalies other than
// cycles, an edge says who read or wrote the key.
type Edge struct {
	Kind     EdgeKind
	From, To int    // operations, as in Case.Ops; None is the state before the history
	Key      string // canonical JSON; "" for Ordered and Earlier
	// Old and New are versions of the key, as canonical JSON: values of a register, or elements of a list. The version of a read is the
	// last element of the list; "" if it is empty. New is "" for Wrote.
	Old, New string

	Reader int    // of Ignored; otherwise None
	Path   []Edge // of Ignored: how From came to be known to Reader, by edges of the kinds Ordered and Wrote
}

// edgeKinds has the kinds of edges in cycles.
var edgeKinds = map[graph.Kinds]EdgeKind{
	graph.WR: Wrote, graph.WW: Overwrote, graph.RW: Missed, graph.Process: Ordered, graph.Realtime: Earlier,
}

// edge returns an edge of a cycle, with what the witness says of the versions.
func (l *log) edge(k graph.Kinds, a, b int, seen versions) Edge {
	return Edge{Kind: edgeKinds[k], From: l.op(a).Index, To: l.op(b).Index, Key: seen.key, Old: seen.old, New: seen.new, Reader: None}
}

// versions are those that an edge is about.
type versions struct{ key, old, new string }

// weakEdge converts an edge of package weak.
func (r *registers) weakEdge(e weak.Edge) Edge {
	edge := Edge{Kind: Ordered, From: r.op(e.From).Index, To: None, Reader: None}
	if e.To != weak.Initial {
		edge.To = r.op(e.To).Index
	}
	if e.Kind == weak.Session {
		return edge
	}
	edge.Kind, edge.Key, edge.Old = Wrote, r.keys.values[e.Key], "null"
	if e.Version != weak.Null {
		edge.Old = r.versions[e.Version].value
	}
	if e.Kind == weak.WriteRead {
		return edge
	}
	edge.Kind, edge.Reader = Ignored, r.op(e.Reader).Index
	for _, s := range r.steps[e.From] {
		if v := r.versions[s.version]; s.write && v.key == e.Key {
			edge.New = v.value // the last one counts
		}
	}
	for _, p := range e.Path {
		edge.Path = append(edge.Path, r.weakEdge(p))
	}
	return edge
}
