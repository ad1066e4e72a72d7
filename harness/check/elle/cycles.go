package elle

import (
	"maps"
	"slices"
	"strings"

	"glomers/harness/check/elle/graph"
)

// A class is a set of cycles that contradict the same models.
type class struct {
	name  Anomaly
	kinds graph.Kinds // of the edges, anti-dependencies (RW) aside
	need  graph.Kinds // at least one edge has one of these
	rw    antidependencies
}

// antidependencies says how many edges of a cycle are RW, and how they are placed.
type antidependencies int

const (
	none antidependencies = iota
	one
	apart   // several, no two of them adjacent
	several // several, anywhere
)

// Kinds of edges that classes and levels share.
const (
	ww   = graph.WW | graph.Via
	data = ww | graph.WR

	process  = graph.Process
	realtime = graph.Realtime
)

// classes has the classes in the order in which they are searched: the worst first.
var classes = []class{
	{"G-single-item", data, 0, one},
	{"G0", ww, graph.WW, none},
	{"G-nonadjacent-item", data, 0, apart},
	{"G-single-item-process", data | process, 0, one},
	{"G1c", data, graph.WR, none},
	{"G-nonadjacent-item-process", data | process, 0, apart},
	{"G-single-item-realtime", data | realtime, 0, one},
	{"G2-item", data | graph.RW, graph.RW, several},
	{"G-nonadjacent-item-realtime", data | realtime, 0, apart},
	{"G0-process", ww | process, graph.WW, none},
	{"G1c-process", data | process, graph.WR, none},
	{"G2-item-process", data | process | graph.RW, graph.RW, several},
	{"G0-realtime", ww | realtime, graph.WW, none},
	{"G1c-realtime", data | realtime, graph.WR, none},
	{"G2-item-realtime", data | realtime | graph.RW, graph.RW, several},
}

// find returns a short cycle of the class, or nil. It relies on the absence of cycles of the classes that imply c. For
// example, a G1c-realtime cycle is then any cycle of its kinds that has a WR edge.
func (c class) find(g *graph.Graph) graph.Cycle {
	switch c.rw {
	case one:
		return g.Once(graph.RW, c.kinds)
	case apart:
		return g.Apart(graph.RW, c.kinds)
	}
	return g.Through(c.need, c.kinds)
}

// A foundCycle is a cycle in the graph of a history. If the anomaly is a level, only the existence of a cycle is known.
type foundCycle struct {
	anomaly   Anomaly
	cycle     cycle   // without nodes if anomaly is a level
	component []int32 // the component of the graph that has the cycle
}

// A cycle lists transactions such that each precedes the next, and the last precedes the first.
type cycle struct {
	nodes graph.Cycle
	kinds []graph.Kinds // why each node precedes the next; one kind each
}

// findCycles reports, for each component of g, the levels and one cycle of each class, the worst first. It skips a class
// that is implied by a cycle already reported. The nodes of g from n on are not transactions. named is g with only one
// kind for each edge.
func findCycles(g, named *graph.Graph, n int, report func(foundCycle)) {
	for _, component := range g.Components(graph.All) {
		txns, _ := slices.BinarySearch(component, int32(n))
		for _, level := range levels(g.Induced(component)) {
			report(foundCycle{anomaly: level, component: component[:txns]})
		}
		named := named.Induced(component)
		redundant := make(map[Anomaly]bool)
		for _, c := range classes {
			if redundant[c.name] {
				continue
			}
			nodes := c.find(named)
			if nodes == nil {
				continue
			}
			maps.Copy(redundant, c.name.allImplied())
			found := foundCycle{cycle: transactions(named, nodes, txns), component: component[:txns]}
			found.anomaly = found.cycle.classify()
			for i, v := range found.cycle.nodes {
				found.cycle.nodes[i] = component[v]
			}
			report(found)
		}
	}
}

// transactions returns a cycle without the nodes from n on, which are not transactions. The edge to such a node has the
// reason why the next transaction comes later.
func transactions(named *graph.Graph, nodes graph.Cycle, n int) cycle {
	var c cycle
	for i, v := range nodes {
		if int(v) >= n {
			continue
		}
		next := i + 1
		for int(nodes[next%len(nodes)]) >= n {
			next++
		}
		k := named.Kinds(int(v), int(nodes[next%len(nodes)]))
		if k == 0 {
			k = named.Kinds(int(v), int(nodes[(i+1)%len(nodes)]))
		}
		c.nodes, c.kinds = append(c.nodes, v), append(c.kinds, k)
	}
	return c
}

// classify names a cycle by the kinds of its edges.
func (c cycle) classify() Anomaly {
	var all graph.Kinds
	rw, adjacent := 0, false
	last := c.kinds[len(c.kinds)-1]
	for _, k := range c.kinds {
		if k == graph.RW {
			rw++
			adjacent = adjacent || last == graph.RW
		}
		all |= k
		last = k
	}
	var name Anomaly
	switch {
	case rw == 1:
		name = "G-single-item"
	case rw > 1 && !adjacent:
		name = "G-nonadjacent-item"
	case rw > 1:
		name = "G2-item"
	case all&graph.WR != 0:
		name = "G1c"
	default:
		name = "G0"
	}
	switch {
	case all&graph.Realtime != 0:
		name += "-realtime"
	case all&graph.Process != 0:
		name += "-process"
	}
	return name
}

// isLevel reports whether a is one of the anomalies that levels returns.
func isLevel(a Anomaly) bool { return strings.HasSuffix(string(a), "-cycle-exists") }

// levels returns an anomaly for each level at which g has a cycle, unless a weaker level is already ruled out by a cycle.
// Unlike findCycles, it uses an edge of several kinds as an edge of each of these kinds.
func levels(g *graph.Graph) []Anomaly {
	var found []Anomaly
	redundant := make(map[Model]bool)
	for _, l := range []struct {
		model   Model
		anomaly Anomaly
		kinds   graph.Kinds
		apart   bool // RW edges too, but no two of them adjacent
	}{
		{ReadUncommitted, "PL-1-cycle-exists", ww, false},
		{ReadCommitted, "PL-2-cycle-exists", data, false},
		{SnapshotIsolation, "PL-SI-cycle-exists", data, true},
		{RepeatableRead, "PL-2.99-cycle-exists", data | graph.RW, false},
		{Serializable, "PL-3-cycle-exists", data | graph.RW, false},
		{SessionUncommitted, "strong-session-PL-1-cycle-exists", ww | process, false},
		{SessionCommitted, "strong-session-PL-2-cycle-exists", data | process, false},
		{SessionSnapshot, "strong-session-snapshot-isolation-cycle-exists", data | process, true},
		{SessionSerializable, "strong-session-serializable-cycle-exists", data | graph.RW | process, false},
		{StrongReadUncommitted, "strong-PL-1-cycle-exists", ww | realtime, false},
		{StrongReadCommitted, "strong-PL-2-cycle-exists", data | realtime, false},
		{StrongSnapshot, "strong-snapshot-isolation-cycle-exists", data | realtime, true},
		{StrongSerializable, "PL-SS-cycle-exists", data | graph.RW | realtime, false},
	} {
		if redundant[l.model] {
			continue
		}
		exists := len(g.Components(l.kinds)) > 0
		if l.apart {
			exists = g.HasApart(graph.RW, l.kinds)
		}
		if exists {
			found = append(found, l.anomaly)
			maps.Copy(redundant, ruledOut(l.anomaly))
		}
	}
	return found
}
