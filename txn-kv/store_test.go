package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// contents are what a store shows to readers: key → value and stamp.
func contents(s *store) map[key]string {
	m := make(map[key]string)
	for k, r := range s.registers {
		m[k] = fmt.Sprint(string(r.Value), r.stamp)
	}
	return m
}

// everything is the update for a store that knows nothing.
func everything(s *store) update { return update{Have: s.have.clone(), Writes: s.since(nil)} }

// A shadow is a store beside the set of transactions that it should stand for, by number.
type shadow struct {
	*store
	set map[int]bool
}

// A done is a transaction that was run.
type done struct {
	ran
	stamp
	saw map[int]bool
}

// A sent is an update beside the set of transactions that its sender knew.
type sent struct {
	update
	set map[int]bool
}

// A world is some stores, all transactions and all messages ever: any of these may arrive anywhere, at any
// time and any number of times.
type world struct {
	nodes  []shadow
	txns   []done
	sent   []sent
	bases  []vector // that somebody had at some time, in this life or an earlier one
	values int
	lives  int
}

func (w *world) start(i int) {
	w.lives++
	origin := fmt.Sprintf("n%d@%d", i, w.lives)
	w.nodes[i] = shadow{newStore(origin), make(map[int]bool)}
}

// requireDefinition checks the three invariants of a store, by their definition.
func (w *world) requireDefinition(t *rapid.T, n shadow) {
	for i := range n.set {
		for j := range w.txns[i].saw {
			require.True(t, n.set[j], "I1: %d is known and %d, which it saw, is not", i, j)
		}
	}
	last := make(vector)
	for i, x := range w.txns {
		if writes(x.ops) {
			require.Equal(t, n.set[i], n.have.includes(x.stamp), "I2: transaction %d", i)
		}
		if n.set[i] {
			last[x.Origin] = max(last[x.Origin], x.Time)
		}
	}
	for origin, at := range n.have {
		require.Equal(t, last[origin], at, "I2")
	}
	require.Equal(t, w.replay(n.set), contents(n.store), "I3")
}

// replay runs a set of transactions one after the other, in the order of stamps.
func (w *world) replay(set map[int]bool) map[key]string {
	order := slices.SortedFunc(maps.Keys(set), func(a, b int) int { return w.txns[a].compare(w.txns[b].stamp) })
	m := make(map[key]string)
	for _, i := range order {
		for _, op := range w.txns[i].ops {
			if op.write {
				m[op.key] = fmt.Sprint(string(op.value), w.txns[i].stamp)
			}
		}
	}
	return m
}

func writes(txn []microOp) bool {
	return slices.ContainsFunc(txn, func(op microOp) bool { return op.write })
}

func (w *world) run(t *rapid.T) {
	n := w.nodes[rapid.IntRange(0, len(w.nodes)-1).Draw(t, "node")]
	var txn []microOp
	for range rapid.IntRange(1, 4).Draw(t, "length") {
		op := microOp{key: key(rapid.SampledFrom([]string{"1", "2", `"x"`}).Draw(t, "key"))}
		if op.write = rapid.Bool().Draw(t, "write"); op.write {
			w.values++
			op.value = fmt.Append(nil, w.values)
		}
		txn = append(txn, op)
	}
	wall := rapid.Int64Range(1, 6).Draw(t, "wall") // all but useless
	before := w.replay(n.set)
	result := n.store.run(txn, wall)

	own := make(map[key]string)
	for i, op := range result {
		value := "null"
		if op.value != nil {
			value = string(op.value)
		}
		require.Equal(t, txn[i].key, op.key)
		switch {
		case op.write:
			require.Equal(t, txn[i], op)
			own[op.key] = value
		case own[op.key] != "":
			require.Equal(t, own[op.key], value)
		default:
			seen, _, found := strings.Cut(before[op.key], "{")
			require.Equal(t, found, op.value != nil)
			if found {
				require.Equal(t, strings.TrimSpace(seen), value)
			}
		}
	}
	x := done{ran: ran{n.origin, result}, saw: maps.Clone(n.set)}
	if writes(txn) {
		x.stamp = stamp{n.have[n.origin], n.origin}
		n.set[len(w.txns)] = true
	}
	w.txns = append(w.txns, x)
}

func (w *world) send(t *rapid.T) {
	n := w.nodes[rapid.IntRange(0, len(w.nodes)-1).Draw(t, "from")]
	have := n.have.clone()
	w.bases = append(w.bases, have)
	base := rapid.SampledFrom(append(w.bases, nil)).Draw(t, "base")
	w.sent = append(w.sent, sent{update{Have: have, Base: base, Writes: n.since(base)}, maps.Clone(n.set)})
}

func (w *world) deliver(t *rapid.T) {
	if len(w.sent) == 0 {
		return
	}
	m := rapid.SampledFrom(w.sent).Draw(t, "message")
	n := w.nodes[rapid.IntRange(0, len(w.nodes)-1).Draw(t, "to")]
	require.True(t, m.valid())
	fits := n.have.covers(m.Base)
	require.Equal(t, fits, n.merge(m.update))
	if fits {
		maps.Copy(n.set, m.set)
	}
}

// Whatever is lost, repeated or overtaken, whoever restarts, whatever the clocks and whatever
// nodes believe of each other: stores are what they should be, and clients see causal
// consistency. In the end all stores are the same.
func TestStoresAreWhatTheyShouldBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{nodes: make([]shadow, 3)}
		for i := range w.nodes {
			w.start(i)
		}
		t.Repeat(map[string]func(*rapid.T){
			"run":     w.run,
			"run two": w.run,
			"send":    w.send,
			"deliver": w.deliver,
			"another": w.deliver,
			"restart": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "really") == 0 {
					w.start(rapid.IntRange(0, len(w.nodes)-1).Draw(t, "node"))
				}
			},
			"": func(t *rapid.T) {
				for _, n := range w.nodes {
					w.requireDefinition(t, n)
				}
			},
		})
		history := make([]ran, len(w.txns))
		for i, x := range w.txns {
			history[i] = x.ran
		}
		require.NoError(t, causal(history))
		for range 2 {
			for i, n := range w.nodes {
				require.True(t, n.merge(everything(w.nodes[(i+1)%3].store)))
			}
		}
		for _, n := range w.nodes[1:] {
			require.Equal(t, w.nodes[0].have, n.have)
			require.Equal(t, contents(w.nodes[0].store), contents(n.store))
		}
	})
}

// stores draws three stores that know of each other's transactions to some extent.
func stores(t *rapid.T) []*store {
	w := &world{nodes: make([]shadow, 3)}
	for i := range w.nodes {
		w.start(i)
	}
	for range rapid.IntRange(0, 15).Draw(t, "steps") {
		w.run(t)
		if rapid.Bool().Draw(t, "exchange") {
			w.send(t)
			w.deliver(t)
		}
	}
	return []*store{w.nodes[0].store, w.nodes[1].store, w.nodes[2].store}
}

// What makes the store a state-based CRDT.
func TestMergeIsASemilattice(t *testing.T) {
	merged := func(us ...update) *store {
		s := newStore("reader")
		for _, u := range us {
			s.merge(u)
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		ss := stores(t)
		a, b, c := everything(ss[0]), everything(ss[1]), everything(ss[2])
		same := func(s, u *store) {
			require.Equal(t, s.have, u.have)
			require.Equal(t, s.clock, u.clock)
			require.Equal(t, contents(s), contents(u))
		}
		same(merged(a), merged(a, a))
		same(merged(a, b), merged(b, a))
		same(merged(everything(merged(a, b)), c), merged(a, everything(merged(b, c))))
	})
}

// An update has just what its base lacks, and of a key that was written again only the last value.
func TestSince(t *testing.T) {
	s := newStore("n1@1")
	s.run([]microOp{w("1", "10"), w("2", "20")}, 5)
	base := s.have.clone()
	s.run([]microOp{r("1", ""), w("1", "11"), w("1", "12")}, 3)
	s.run([]microOp{r("2", "")}, 9)
	require.Equal(t, vector{"n1@1": 6}, s.have, "the clock does not go back, and reads do not move it")
	require.Equal(t, []write{{"1", []byte("12"), stamp{6, "n1@1"}}}, s.since(base))
	require.Equal(t, []write{{"2", []byte("20"), stamp{5, "n1@1"}}, {"1", []byte("12"), stamp{6, "n1@1"}}}, s.since(nil))
	require.Empty(t, s.since(s.have))
}

// Half a transaction is never there, even if the other half has been overwritten with a later stamp.
func TestOlderTransactionIsSeenAsOverwritten(t *testing.T) {
	a, b := newStore("a@1"), newStore("b@1")
	a.run([]microOp{w("1", "1"), w("2", "1")}, 10)
	b.run([]microOp{w("2", "2")}, 20)
	require.True(t, b.merge(everything(a)))
	require.Equal(t, []microOp{r("1", "1"), r("2", "2")}, b.run([]microOp{r("1", ""), r("2", "")}, 0))
	b.run([]microOp{w("1", "3")}, 0)
	require.EqualValues(t, 21, b.clock, "later than all it knows, though its clock is slow")
}

func TestMergeNeedsItsBase(t *testing.T) {
	a, b := newStore("a@1"), newStore("b@1")
	u := update{Have: vector{"a@1": 7}, Base: vector{"a@1": 6}, Writes: []write{{"1", []byte("1"), stamp{7, "a@1"}}}}
	require.False(t, b.merge(u))
	require.Equal(t, newStore("b@1"), b)
	a.run([]microOp{w("1", "0")}, 6)
	require.True(t, b.merge(everything(a)))
	require.True(t, b.merge(u))
	require.True(t, b.merge(u))
	require.False(t, b.merge(update{Base: vector{"c@1": 0}}), "a life that has written nothing is known or not, too")
}

func TestInvalidUpdates(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"have":{"a":1}}`: true,
		`{}`:               true,
		`{"have":{"a":2},"writes":[{"key":1,"value":null,"time":1,"origin":"a"},{"key":2,"value":0,"time":2,"origin":"a"}]}`: true,
		`{"have":{"a":2},"writes":[{"key":1,"value":0,"time":2,"origin":"a"},{"key":2,"value":0,"time":1,"origin":"a"}]}`:    false,
		`{"have":{"a":1},"writes":[{"key":1,"value":0,"time":2,"origin":"a"}]}`:                                              false,
		`{"have":{"a":1},"writes":[{"key":1,"value":0,"time":1,"origin":"b"}]}`:                                              false,
		`{"have":{"a":1},"writes":[{"key":1,"value":0,"time":0,"origin":"a"}]}`:                                              false,
		`{"have":{"a":1},"writes":[{"value":0,"time":1,"origin":"a"}]}`:                                                      false,
		`{"have":{"a":1},"writes":[{"key":1,"time":1,"origin":"a"}]}`:                                                        false,
	} {
		var u update
		require.NoError(t, json.Unmarshal([]byte(text), &u), text)
		require.Equal(t, ok, u.valid(), text)
	}
}

// No message makes a store fail.
func FuzzMerge(f *testing.F) {
	f.Add(`{"have":{"a":2,"n1@1":5},"base":{"n1@1":1},"writes":[{"key":1,"value":0,"time":2,"origin":"a"}]}`)
	f.Add(`{"have":{"a":9223372036854775807},"writes":[{"key":"k","value":[],"time":9223372036854775807,"origin":"a"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s := newStore("n1@1")
		s.run([]microOp{w("1", "1"), w("2", "2")}, 1)
		var u update
		if json.Unmarshal([]byte(text), &u) != nil || !u.valid() {
			return
		}
		if s.merge(u) {
			require.True(t, s.have.covers(u.Have) && s.merge(u))
		}
		s.run([]microOp{w("1", "3"), r("2", "")}, 1)
		require.True(t, newStore("n2@1").merge(everything(s)))
	})
}

func BenchmarkRun(b *testing.B) {
	s := newStore("n1@1")
	i := 0
	for b.Loop() {
		i++
		k := fmt.Sprint(i / 16)
		s.run([]microOp{r(k, ""), w(k, "1"), r("1", "")}, int64(i))
	}
}
