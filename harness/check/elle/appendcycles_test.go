package elle_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check/elle"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

// A naiveList is a transaction that may have committed. It serves to find the edges between transactions in the slow, obvious
// way.
type naiveList struct {
	status             history.Type
	process            history.Process
	invoked, completed int // positions; the end of the history if it did not complete ok
	ops                []listOp
	soon               map[string]int // by variant: when the first transaction that followed this one had completed
}

type listOp struct {
	f, key string
	list   []string // one element if it is an append
}

// last returns the last element; "" if there is none.
func (o listOp) last() string {
	if len(o.list) == 0 {
		return ""
	}
	return o.list[len(o.list)-1]
}

// naiveLists returns the transactions by the operation that names them in results.
func naiveLists(t require.TestingT, h []history.Op) map[int]naiveList {
	all := make(map[int]naiveList)
	invocations := history.Invocations(h)
	completed := make(map[int]bool)
	add := func(i int, status history.Type) {
		n := naiveList{
			status, h[i].Process, i, len(h), nil, map[string]int{"-process": len(h), "-realtime": len(h)},
		}
		if h[i].Type != history.Invoke {
			n.invoked = invocations[i]
			completed[n.invoked] = true
		}
		if status == history.OK {
			n.completed = i
		}
		var ops [][3]json.RawMessage
		require.NoError(t, json.Unmarshal(h[i].Value, &ops))
		for _, x := range ops {
			op := listOp{f: string(x[0]), key: string(x[1])}
			if op.f == `"r"` {
				var list []json.RawMessage
				require.NoError(t, json.Unmarshal(x[2], &list))
				for _, e := range list {
					op.list = append(op.list, string(e))
				}
			} else {
				op.list = []string{string(x[2])}
			}
			if op.f == `"append"` || status == history.OK {
				n.ops = append(n.ops, op)
			}
		}
		all[h[i].Index] = n
	}
	for i, op := range h {
		if op.Process >= 0 && op.Type != history.Invoke {
			add(i, op.Type)
		}
	}
	for i, op := range h {
		if op.Process >= 0 && op.Type == history.Invoke && !completed[i] {
			add(i, history.Info)
		}
	}
	for _, a := range all {
		for _, b := range all {
			if b.status == history.OK && a.completed < b.invoked {
				a.soon["-realtime"] = min(a.soon["-realtime"], b.completed)
				if a.process == b.process {
					a.soon["-process"] = min(a.soon["-process"], b.completed)
				}
			}
		}
	}
	return all
}

// longestLists returns the longest list read from each key; of several, the one of the earliest invocation. Repeated elements
// are left out.
func longestLists(all map[int]naiveList) map[string][]string {
	var txns []naiveList
	for _, n := range all {
		txns = append(txns, n)
	}
	slices.SortFunc(txns, func(a, b naiveList) int { return a.invoked - b.invoked })
	longest := make(map[string][]string)
	for _, n := range txns {
		for _, op := range n.ops {
			if op.f == `"r"` && len(op.list) > len(longest[op.key]) {
				longest[op.key] = op.list
			}
		}
	}
	for key, list := range longest {
		var once []string
		for _, e := range list {
			if !slices.Contains(once, e) {
				once = append(once, e)
			}
		}
		longest[key] = once
	}
	return longest
}

// before returns the element after which element was appended; "" if it was the first.
func before(list []string, element string) string {
	switch i := slices.Index(list, element); {
	case i > 0:
		return list[i-1]
	case i == 0 || len(list) == 0:
		return ""
	}
	return list[len(list)-1] // it was never read, so it came later
}

// edge names the edge from n to b, or returns "" if there is none.
func (n naiveList) edge(b naiveList, variant string, longest map[string][]string) string {
	if n.invoked == b.invoked {
		return ""
	}
	appended := func(key, element string) bool {
		return slices.ContainsFunc(n.ops, func(o listOp) bool { return o.f == `"append"` && o.key == key && o.last() == element })
	}
	found := make(map[string]bool)
	for _, op := range b.ops {
		if op.f == `"r"` {
			found["wr"] = found["wr"] || appended(op.key, op.last())
			continue
		}
		prev := before(longest[op.key], op.last())
		found["ww"] = found["ww"] || appended(op.key, prev)
		for _, read := range n.ops {
			if read.f == `"r"` && read.key == op.key && read.last() == prev {
				found["rw"] = true
			}
		}
	}
	for _, k := range []string{"ww", "wr", "rw"} {
		if found[k] && n.status != history.Fail && b.status != history.Fail {
			return k
		}
	}
	// The graph has no edge that follows from others.
	if n.completed < b.invoked && b.invoked <= n.soon[variant] && (variant != "-process" || n.process == b.process && b.status == history.OK) {
		return strings.TrimPrefix(variant, "-")
	}
	return ""
}

func requireRealListCycles(t require.TestingT, h []history.Op, m elle.Model, r *elle.Result) {
	all := naiveLists(t, h)
	longest := longestLists(all)
	requireReal(t, h, r, func(a, b int) string { return all[a].edge(all[b], variantOf(m), longest) })
}

// Every cycle that is reported for the corpus exists, and is of its class.
func TestAppendCyclesAreReal(t *testing.T) {
	for i, c := range corpus.Read[corpusCase](t, "listappend") {
		if len(c.History) > 500 {
			continue // too large for the slow way
		}
		for _, name := range shared(c, i) {
			m, err := elle.ParseModel(name)
			require.NoError(t, err)
			requireRealListCycles(t, c.History, m, elle.Append(c.History, elle.Options{Models: []elle.Model{m}}))
		}
	}
}

// drawLists returns a small history in which each read returns a list that its key may have held at some time, given one
// order of all appends; rarely, a read returns anything else.
func drawLists(t *rapid.T) []history.Op {
	type micro = [3]any
	keys := rapid.IntRange(1, 3).Draw(t, "keys")
	count := make([]int, keys)
	txns := make([][]micro, rapid.IntRange(2, 6).Draw(t, "transactions"))
	for i := range txns {
		for range rapid.IntRange(1, 3).Draw(t, "length") {
			k := rapid.IntRange(0, keys-1).Draw(t, "key")
			if rapid.Bool().Draw(t, "append") {
				count[k]++
				txns[i] = append(txns[i], micro{"append", k, count[k]})
			} else {
				txns[i] = append(txns[i], micro{"r", k, nil})
			}
		}
	}
	orders := make([][]int, keys)
	for k := range orders {
		for e := range count[k] {
			orders[k] = append(orders[k], e+1)
		}
		orders[k] = rapid.Permutation(orders[k]).Draw(t, "order")
	}
	for _, txn := range txns {
		for i, op := range txn {
			if op[0] != "r" {
				continue
			}
			list := orders[op[1].(int)]
			list = list[:rapid.IntRange(0, len(list)).Draw(t, "read")]
			if rapid.IntRange(0, 19).Draw(t, "odd") == 0 {
				list = rapid.Permutation(list).Draw(t, "shuffled")
			}
			if len(list) > 0 {
				txn[i][2] = list
			}
		}
	}
	return interleave(t, txns)
}

// interleave makes a history in which three processes run the transactions.
func interleave(t *rapid.T, txns [][][3]any) []history.Op {
	var h []history.Op
	process := []int{0, 1, 2}
	add := func(typ history.Type, p int, ops [][3]any) {
		if typ != history.OK {
			ops = slices.Clone(ops)
			for i := range ops {
				if ops[i][0] == "r" {
					ops[i][2] = nil
				}
			}
		}
		b, err := json.Marshal(ops)
		require.NoError(t, err)
		h = append(h, history.Op{Index: len(h), Time: int64(len(h)) * 1e6, Type: typ, Process: history.Process(process[p]), F: "txn", Value: b})
	}
	types := []history.Type{history.OK, history.OK, history.OK, history.OK, history.OK, history.Fail, history.Info}
	open := make(map[int]int) // transactions by worker
	for next := 0; next < len(txns) || len(open) > 0; {
		p := rapid.IntRange(0, 2).Draw(t, "process")
		txn, busy := open[p]
		switch {
		case busy:
			typ := rapid.SampledFrom(types).Draw(t, "type")
			add(typ, p, txns[txn])
			if typ == history.Info {
				process[p] += 3
			}
			delete(open, p)
		case next < len(txns):
			add(history.Invoke, p, txns[next])
			open[p] = next
			next++
		}
	}
	return h
}

// For every cycle that exists, the result reports its class, or a class that implies it, in the same component.
func TestAppendCyclesAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawLists(t)
		m := rapid.SampledFrom([]elle.Model{elle.Serializable, elle.SessionSerializable, elle.StrongSerializable}).Draw(t, "model")
		r := elle.Append(h, elle.Options{Models: []elle.Model{m}})
		requireResult(t, r)
		requireRealListCycles(t, h, m, r)

		all := naiveLists(t, h)
		longest := longestLists(all)
		requireComplete(t, h, r, all, func(a, b int) string { return all[a].edge(all[b], variantOf(m), longest) })
	})
}
