package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A ran is a transaction that was run, as a client sees it. Values are unique for each key.
type ran struct {
	session string // what is run in one session happens in order
	ops     []microOp
}

// A version is a value of a key.
type version struct {
	key   key
	value string
}

// causal tells why the transactions, which are in the order in which they ended, are not causally consistent. It looks
// at nothing but their results, and goes by the definition of Biswas and Enea (2019): there must be an order of all
// transactions which extends causality, (session order ∪ reads-from)⁺, and in which, if t3 reads a
// key from t1, no t2 that is a cause of t3 and writes the key comes after t1. This includes read
// atomicity: that is the same with "t3 reads from t2" instead of "is a cause of t3".
func causal(history []ran) error {
	writer := make(map[version]int)       // of the last write of a key in a transaction
	overwritten := make(map[version]bool) // in their own transaction
	writers := make(map[key][]int)
	for t, r := range history {
		last := make(map[key]string)
		for _, op := range r.ops {
			if !op.write {
				continue
			}
			if v, again := last[op.key]; again {
				overwritten[version{op.key, v}] = true
			} else {
				writers[op.key] = append(writers[op.key], t)
			}
			last[op.key] = string(op.value)
		}
		for k, v := range last {
			writer[version{k, v}] = t
		}
	}

	type read struct {
		by   int
		key  key
		from int // -1 for null
	}
	var reads []read
	previous := make(map[string]int)
	causes := make([]bits, len(history))
	order := make([][]int, len(history)) // what must come after each transaction
	for t, r := range history {
		causes[t] = make(bits, len(history)/64+1)
		cause := func(c int) {
			causes[t].set(c)
			causes[t].union(causes[c])
			order[c] = append(order[c], t)
		}
		if p, ok := previous[r.session]; ok {
			cause(p)
		}
		previous[r.session] = t

		known := make(map[key]string) // by an earlier operation
		for _, op := range r.ops {
			value := "null"
			if op.value != nil {
				value = string(op.value)
			}
			before, ok := known[op.key]
			known[op.key] = value
			switch {
			case op.write:
			case ok:
				if before != value {
					return fmt.Errorf("internal: %d reads %s of %s after %s", t, value, op.key, before)
				}
			case value == "null":
				reads = append(reads, read{t, op.key, -1})
			default:
				v := version{op.key, value}
				from, ok := writer[v]
				if overwritten[v] || !ok || from >= t {
					return fmt.Errorf("%d reads %v, which is intermediate, or was not written before", t, v)
				}
				cause(from)
				reads = append(reads, read{t, op.key, from})
			}
		}
	}
	for _, r := range reads {
		for _, w := range writers[r.key] {
			switch {
			case w == r.from || w == r.by || !causes[r.by].has(w):
			case r.from < 0:
				return fmt.Errorf("%d reads null of %s, and knows of %d, which wrote it", r.by, r.key, w)
			default:
				order[w] = append(order[w], r.from)
			}
		}
	}
	return acyclic(order)
}

// acyclic reports a cycle of a graph, by depth-first search.
func acyclic(edges [][]int) error {
	const path, done = 1, 2
	state := make([]int, len(edges))
	var visit func(t int) error
	visit = func(t int) error {
		state[t] = path
		for _, u := range edges[t] {
			if state[u] == path {
				return fmt.Errorf("no order: %d and %d are on a cycle", t, u)
			}
			if state[u] == 0 {
				if err := visit(u); err != nil {
					return err
				}
			}
		}
		state[t] = done
		return nil
	}
	for t := range edges {
		if state[t] == 0 {
			if err := visit(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// bits are a set of small numbers.
type bits []uint64

func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bits) union(c bits) {
	for i, word := range c {
		b[i] |= word
	}
}

func r(k, v string) microOp {
	if v == "" {
		return microOp{false, key(k), nil}
	}
	return microOp{false, key(k), []byte(v)}
}
func w(k, v string) microOp { return microOp{true, key(k), []byte(v)} }

// The judge of the tests below is itself tested with both verdicts.
func TestCausal(t *testing.T) {
	type h = []ran
	both := ran{"a", []microOp{w("x", "1"), w("y", "1")}}
	for name, c := range map[string]struct {
		history h
		ok      bool
	}{
		"nothing":           {h{}, true},
		"whole":             {h{both, {"b", []microOp{r("x", "1"), r("y", "1")}}}, true},
		"not yet":           {h{both, {"b", []microOp{r("x", ""), r("y", "")}}}, true},
		"half, null":        {h{both, {"b", []microOp{r("x", "1"), r("y", "")}}}, false},
		"half, null first":  {h{both, {"b", []microOp{r("y", ""), r("x", "1")}}}, false},
		"half, older":       {h{{"a", []microOp{w("y", "0")}}, both, {"b", []microOp{r("x", "1"), r("y", "0")}}}, false},
		"half, newer":       {h{both, {"c", []microOp{w("y", "2")}}, {"b", []microOp{r("x", "1"), r("y", "2")}}}, true},
		"own writes":        {h{{"a", []microOp{w("x", "1"), r("x", "1"), w("x", "2"), r("x", "2")}}}, true},
		"own write unseen":  {h{{"a", []microOp{w("x", "1"), r("x", "")}}}, false},
		"unrepeatable":      {h{both, {"b", []microOp{r("x", ""), r("x", "1")}}}, false},
		"intermediate":      {h{{"a", []microOp{w("x", "1"), w("x", "2")}}, {"b", []microOp{r("x", "1")}}}, false},
		"never written":     {h{{"b", []microOp{r("x", "1")}}}, false},
		"from later":        {h{{"b", []microOp{r("x", "1")}}, both}, false},
		"lost update":       {h{{"a", []microOp{r("x", ""), w("x", "1")}}, {"b", []microOp{r("x", ""), w("x", "2")}}}, true},
		"own session":       {h{both, {"a", []microOp{r("x", "")}}}, false},
		"effect, no cause":  {h{both, {"b", []microOp{r("x", "1"), w("z", "1")}}, {"c", []microOp{r("z", "1"), r("y", "")}}}, false},
		"effect, with it":   {h{both, {"b", []microOp{r("x", "1"), w("z", "1")}}, {"c", []microOp{r("z", "1"), r("y", "1")}}}, true},
		"going back":        {h{{"a", []microOp{w("x", "1")}}, {"a", []microOp{w("x", "2")}}, {"b", []microOp{r("x", "2")}}, {"b", []microOp{r("x", "1")}}}, false},
		"orders that agree": {h{{"a", []microOp{w("x", "1")}}, {"b", []microOp{w("x", "2")}}, {"a", []microOp{r("x", "2")}}, {"b", []microOp{r("x", "2")}}}, true},
		"and do not":        {h{{"a", []microOp{w("x", "1")}}, {"b", []microOp{w("x", "2")}}, {"a", []microOp{r("x", "2")}}, {"b", []microOp{r("x", "1")}}}, false},
		"long fork": {h{
			{"a", []microOp{w("x", "1")}},
			{"b", []microOp{w("y", "1")}},
			{"c", []microOp{r("x", "1"), r("y", "")}},
			{"d", []microOp{r("x", ""), r("y", "1")}},
		}, true},
	} {
		require.Equal(t, c.ok, causal(c.history) == nil, name)
	}
}
