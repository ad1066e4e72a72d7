package elle_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/elle"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

// A naive is a committed transaction. It serves to find the edges between transactions in the slow, obvious way.
type naive struct {
	invoked, completed int
	process            history.Process
	reads, writes      map[string]string // external ones: values of keys
	soon               map[string]int    // by variant: when the first transaction that followed this one had completed
}

// naives returns the committed transactions by their completions.
func naives(t require.TestingT, h []history.Op) map[int]naive {
	all := make(map[int]naive)
	invocations := history.Invocations(h)
	for i, op := range h {
		if op.Type != history.OK {
			continue
		}
		n := naive{
			invocations[i], i, op.Process, make(map[string]string), make(map[string]string),
			map[string]int{"-process": len(h), "-realtime": len(h)},
		}
		var ops [][3]json.RawMessage
		require.NoError(t, json.Unmarshal(op.Value, &ops))
		for _, x := range ops {
			key, value := string(x[1]), string(x[2])
			_, read := n.reads[key]
			_, wrote := n.writes[key]
			if string(x[0]) == `"w"` {
				n.writes[key] = value
			} else if !read && !wrote {
				n.reads[key] = value
			}
		}
		all[op.Index] = n
	}
	for _, a := range all {
		for _, b := range all {
			if a.completed < b.invoked {
				a.soon["-realtime"] = min(a.soon["-realtime"], b.completed)
				if a.process == b.process {
					a.soon["-process"] = min(a.soon["-process"], b.completed)
				}
			}
		}
	}
	return all
}

// edge names the edge from a to b, or returns "" if there is none.
func (a naive) edge(b naive, variant string, follow bool) string {
	for key, v := range a.writes {
		if read, ok := b.reads[key]; ok && read == v {
			return "wr" // an edge that is ww is always wr too: the writer of the next version has read this one
		}
	}
	for key, v := range a.reads {
		_, wrote := b.writes[key]
		if read, ok := b.reads[key]; wrote && (v == "null" || follow && ok && read == v) {
			return "rw"
		}
	}
	// The graph has no edge that follows from others.
	if a.completed < b.invoked && b.invoked <= a.soon[variant] && (variant != "-process" || a.process == b.process) {
		return strings.TrimPrefix(variant, "-")
	}
	return ""
}

// classOf returns the class of the cycle with these edges, or "" if they are not the edges of a cycle.
func classOf(edges []string) elle.Anomaly {
	n, adjacent := 0, false
	for i, e := range edges {
		if e == "" {
			return ""
		}
		if e == "rw" {
			n++
			adjacent = adjacent || edges[(i+1)%len(edges)] == "rw"
		}
	}
	var class elle.Anomaly
	switch {
	case n == 1:
		class = "G-single-item"
	case n > 1 && adjacent:
		class = "G2-item"
	case n > 1:
		class = "G-nonadjacent-item"
	case slices.Contains(edges, "wr"):
		class = "G1c"
	case slices.Contains(edges, "ww"):
		class = "G0"
	default:
		return "" // process and real time alone never make a cycle
	}
	for _, v := range []elle.Anomaly{"realtime", "process"} {
		if slices.Contains(edges, string(v)) {
			return class + "-" + v
		}
	}
	return class
}

func isCycle(a elle.Anomaly) bool {
	return strings.HasPrefix(string(a), "G") && a != elle.G1a && a != elle.G1b
}

// variantOf returns the variant of cycles that a model forbids.
func variantOf(m elle.Model) string {
	switch {
	case strings.HasPrefix(string(m), "strong-session-"):
		return "-process"
	case strings.HasPrefix(string(m), "strong-"):
		return "-realtime"
	}
	return ""
}

func requireRealCycles(t require.TestingT, h []history.Op, m elle.Model, r *elle.Result) {
	all := naives(t, h)
	follow := !slices.Contains(append(r.Types, r.Tolerated...), elle.CyclicVersions)
	requireReal(t, h, r, func(a, b int) string { return all[a].edge(all[b], variantOf(m), follow) })
}

// requireReal checks that every reported cycle consists of edges between transactions, and belongs to its class.
func requireReal(t require.TestingT, h []history.Op, r *elle.Result, edge func(a, b int) string) {
	for _, a := range r.Types {
		if !isCycle(a) {
			continue
		}
		for _, c := range r.Cases[a] {
			var edges []string
			for i, op := range c.Ops {
				edges = append(edges, edge(op, c.Ops[(i+1)%len(c.Ops)]))
			}
			require.Equal(t, a, classOf(edges), "%s: %v\n%s", c.Text, edges, text(h))
		}
	}
}

// Every cycle that is reported for the corpus exists, and belongs to its class.
func TestCyclesAreReal(t *testing.T) {
	for i, c := range corpus.Read[corpusCase](t, "rwregister") {
		for _, name := range shared(c, i) {
			m, err := elle.ParseModel(name)
			require.NoError(t, err)
			requireRealCycles(t, c.History, m, elle.Register(c.History, elle.Options{Models: []elle.Model{m}}))
		}
	}
}

// drawHistory returns a small history in which reads return arbitrary written values, or null.
func drawHistory(t *rapid.T) []history.Op {
	n := rapid.IntRange(2, 6).Draw(t, "transactions")
	type micro = [3]any
	keys := rapid.IntRange(1, 3).Draw(t, "keys")
	count := make([]int, keys)
	txns := make([][]micro, n)
	for i := range txns {
		for range rapid.IntRange(1, 3).Draw(t, "length") {
			k := rapid.IntRange(0, keys-1).Draw(t, "key")
			if rapid.Bool().Draw(t, "write") {
				count[k]++
				txns[i] = append(txns[i], micro{"w", k, count[k]})
			} else {
				txns[i] = append(txns[i], micro{"r", k, nil})
			}
		}
	}
	for _, txn := range txns {
		for i := range txn {
			if v := rapid.IntRange(0, count[txn[i][1].(int)]).Draw(t, "value"); txn[i][0] == "r" && v > 0 {
				txn[i][2] = v
			}
		}
	}
	var h []history.Op
	add := func(typ history.Type, p int, ops []micro) {
		b, err := json.Marshal(ops)
		require.NoError(t, err)
		h = append(h, history.Op{Index: len(h), Time: int64(len(h)) * 1e6, Type: typ, Process: history.Process(p), F: "txn", Value: b})
	}
	open := make(map[int]int) // transactions by process
	for next := 0; next < n || len(open) > 0; {
		p := rapid.IntRange(0, 2).Draw(t, "process")
		txn, busy := open[p]
		switch {
		case busy:
			add(history.OK, p, txns[txn])
			delete(open, p)
		case next < n:
			add(history.Invoke, p, txns[next])
			open[p] = next
			next++
		}
	}
	return h
}

// implies reports whether a cycle of class a makes a cycle of class b superfluous.
func implies(a, b elle.Anomaly) bool {
	rank := func(x elle.Anomaly) (class, variant int) {
		for i, v := range []string{"-realtime", "-process", ""} {
			if s, ok := strings.CutSuffix(string(x), v); ok {
				return slices.Index([]string{"G2-item", "G-nonadjacent-item", "G-single-item", "", "G1c", "G0"}, s), i
			}
		}
		return -1, -1
	}
	classA, variantA := rank(a)
	classB, variantB := rank(b)
	return (classA >= 4) == (classB >= 4) && classA >= classB && variantA >= variantB
}

// For every cycle that exists, the result reports its class, or a class that implies it, in the same component.
func TestCyclesAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		m := rapid.SampledFrom([]elle.Model{elle.Serializable, elle.SessionSerializable, elle.StrongSerializable}).Draw(t, "model")
		r := elle.Register(h, elle.Options{Models: []elle.Model{m}})
		requireResult(t, r)
		requireRealCycles(t, h, m, r)

		all := naives(t, h)
		follow := !slices.Contains(r.Types, elle.CyclicVersions)
		requireComplete(t, h, r, all, func(a, b int) string { return all[a].edge(all[b], variantOf(m), follow) })
	})
}

// requireComplete checks that the result covers every cycle of edges between transactions.
func requireComplete[T any](t require.TestingT, h []history.Op, r *elle.Result, all map[int]T, edge func(a, b int) string) {
	ops := slices.Sorted(maps.Keys(all))
	reaches := closureOf(ops, func(a, b int) bool { return edge(a, b) != "" })
	var path []int
	var extend func()
	extend = func() {
		for _, next := range ops {
			if next < path[0] || next != path[0] && slices.Contains(path, next) {
				continue
			}
			if next != path[0] {
				path = append(path, next)
				extend()
				path = path[:len(path)-1]
				continue
			}
			if len(path) == 1 {
				continue
			}
			var edges []string
			for i, op := range path {
				edges = append(edges, edge(op, path[(i+1)%len(path)]))
			}
			if class := classOf(edges); class != "" {
				require.True(t, covered(r, class, func(op int) bool {
					return reaches[[2]int{op, path[0]}] && reaches[[2]int{path[0], op}]
				}), "%s of %v is missing from %v\n%s", class, path, r.Reasons(), text(h))
			}
		}
	}
	for _, op := range ops {
		path = []int{op}
		extend()
	}
}

// covered reports whether the result has a cycle in the component that implies the class.
func covered(r *elle.Result, class elle.Anomaly, inComponent func(op int) bool) bool {
	for a, cases := range r.Cases {
		for _, c := range cases {
			if isCycle(a) && implies(a, class) && inComponent(c.Ops[0]) {
				return true
			}
		}
	}
	return false
}

// closureOf returns the pairs of nodes in which the first node reaches the second.
func closureOf(nodes []int, edge func(a, b int) bool) map[[2]int]bool {
	reaches := make(map[[2]int]bool)
	for _, a := range nodes {
		for _, b := range nodes {
			reaches[[2]int{a, b}] = edge(a, b)
		}
	}
	for _, via := range nodes {
		for _, a := range nodes {
			for _, b := range nodes {
				reaches[[2]int{a, b}] = reaches[[2]int{a, b}] || reaches[[2]int{a, via}] && reaches[[2]int{via, b}]
			}
		}
	}
	return reaches
}
