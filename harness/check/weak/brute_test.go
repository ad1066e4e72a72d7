package weak_test

import (
	"maps"
	"math/rand/v2"

	"glomers/harness/check/weak"
)

// bruteForce judges a small history by the definitions alone. It tries all commit orders, for every choice of which
// transactions of unknown outcome committed and of the versions that they read. No version may have been written twice.
func bruteForce(h *weak.History) [weak.NumLevels]weak.Verdict {
	var holds [weak.NumLevels]bool
	var unknown []int // their places in h.Txns
	for t, txn := range h.Txns {
		if txn.Outcome == weak.Unknown {
			unknown = append(unknown, t)
		}
	}
	var choose func(chosen []weak.Txn, rest []int)
	choose = func(chosen []weak.Txn, rest []int) {
		if len(rest) == 0 {
			for l, ok := range judge(&weak.History{Txns: chosen, Keys: h.Keys, Versions: h.Versions}, tryAll) {
				holds[l] = holds[l] || ok
			}
			return
		}
		t := rest[0]
		aborted := append([]weak.Txn(nil), chosen...)
		aborted[t].Outcome = weak.Aborted
		choose(aborted, rest[1:])
		for _, ops := range completions(h, h.Txns[t].Ops) {
			committed := append([]weak.Txn(nil), chosen...)
			committed[t] = weak.Txn{Session: h.Txns[t].Session, Ops: ops}
			choose(committed, rest[1:])
		}
	}
	choose(h.Txns, unknown)
	var verdicts [weak.NumLevels]weak.Verdict
	for l, ok := range holds {
		if !ok {
			verdicts[l] = weak.Violated
		}
	}
	return verdicts
}

// completions returns the operations with every combination of versions that their reads may have returned.
func completions(h *weak.History, ops []weak.Op) [][]weak.Op {
	all := [][]weak.Op{nil}
	for _, op := range ops {
		versions := []int32{op.Version}
		if !op.Write {
			versions = []int32{weak.Null}
			for _, txn := range h.Txns {
				for _, w := range txn.Ops {
					if w.Write && w.Key == op.Key {
						versions = append(versions, w.Version)
					}
				}
			}
		}
		var longer [][]weak.Op
		for _, before := range all {
			for _, v := range versions {
				longer = append(longer, append(before[:len(before):len(before)], weak.Op{Write: op.Write, Key: op.Key, Version: v}))
			}
		}
		all = longer
	}
	return all
}

// judge judges a history whose transactions all committed or aborted. In its matrices, transaction 0 is the initial one, and
// t+1 stands for h.Txns[t]. orderable reports whether there is an order in which a comes before b wherever before[a][b] is
// set.
func judge(h *weak.History, orderable func(before [][]bool) bool) (holds [weak.NumLevels]bool) {
	type extern struct{ reader, op, writer int }
	n := len(h.Txns) + 1
	writes := make([][]bool, n) // of each transaction: which keys
	wrote := map[weak.Op]int{}  // the transaction that wrote a version last of its key
	dirty := map[weak.Op]bool{} // versions that aborted or were overwritten in their own transaction
	for t := range n {
		writes[t] = make([]bool, h.Keys)
		if t == 0 {
			for k := range writes[t] {
				writes[t][k] = true
				wrote[weak.Op{Write: true, Key: int32(k), Version: weak.Null}] = 0
			}
			continue
		}
		last := map[int32]weak.Op{}
		for _, op := range h.Txns[t-1].Ops {
			if op.Write {
				writes[t][op.Key] = true
				dirty[op] = true
				last[op.Key] = op
			}
		}
		if h.Txns[t-1].Outcome == weak.Committed {
			for _, op := range last {
				delete(dirty, op)
				wrote[op] = t
			}
		}
	}

	thin, bad := false, false
	var reads []extern
	for t := 1; t < n; t++ {
		if h.Txns[t-1].Outcome != weak.Committed {
			continue
		}
		for i, op := range h.Txns[t-1].Ops {
			if op.Write {
				continue
			}
			written := weak.Op{Write: true, Key: op.Key, Version: op.Version}
			w, clean := wrote[written]
			var own *weak.Op
			for _, before := range h.Txns[t-1].Ops[:i] {
				if before.Write && before.Key == op.Key {
					own = &before
				}
			}
			switch {
			case !clean && !dirty[written]:
				thin = true
			case own != nil:
				bad = bad || own.Version != op.Version
			case !clean || w == t:
				bad = true
			default:
				reads = append(reads, extern{t, i, w})
			}
		}
	}
	if holds[weak.ReadUncommitted] = !thin; thin || bad {
		return holds
	}

	// direct is so ∪ wr, causes its transitive closure.
	direct, causes := matrix(n), matrix(n)
	for a := range n {
		for b := range n {
			direct[a][b] = a == 0 && b > 0 || a > 0 && a < b && h.Txns[a-1].Session == h.Txns[b-1].Session &&
				h.Txns[a-1].Outcome == weak.Committed && h.Txns[b-1].Outcome == weak.Committed
		}
	}
	for _, r := range reads {
		direct[r.writer][r.reader] = true
	}
	for a := range n {
		copy(causes[a], direct[a])
	}
	for via := range n {
		for a := range n {
			for b := range n {
				causes[a][b] = causes[a][b] || causes[a][via] && causes[via][b]
			}
		}
	}
	for level := weak.ReadCommitted; level <= weak.Causal; level++ {
		before := matrix(n)
		for a := range n {
			copy(before[a], direct[a])
		}
		for _, r := range reads { // t3 = r.reader reads x from t1 = r.writer
			x := h.Txns[r.reader-1].Ops[r.op].Key
			for t2 := range n {
				if t2 == r.writer || !writes[t2][x] || t2 > 0 && h.Txns[t2-1].Outcome != weak.Committed {
					continue
				}
				known := false
				switch level {
				case weak.ReadCommitted:
					for _, earlier := range reads {
						known = known || earlier.reader == r.reader && earlier.op < r.op && earlier.writer == t2
					}
				case weak.ReadAtomic:
					known = direct[t2][r.reader]
				case weak.Causal:
					known = causes[t2][r.reader]
				}
				before[t2][r.writer] = before[t2][r.writer] || known
			}
		}
		holds[level] = orderable(before)
	}
	return holds
}

func matrix(n int) [][]bool {
	m := make([][]bool, n)
	for i := range m {
		m[i] = make([]bool, n)
	}
	return m
}

// tryAll tries all orders.
func tryAll(before [][]bool) bool { return hasOrder(before, make([]bool, len(before)), 0) }

// acyclic removes, one by one, the transactions without a predecessor.
func acyclic(before [][]bool) bool {
	gone := make([]bool, len(before))
	for range before {
		next := -1
		for t := range before {
			first := !gone[t]
			for u := range before {
				first = first && (gone[u] || !before[u][t])
			}
			if first {
				next = t
				break
			}
		}
		if next < 0 {
			return false
		}
		gone[next] = true
	}
	return true
}

// hasOrder tries all orders of the transactions that have not been placed yet.
func hasOrder(before [][]bool, placed []bool, n int) bool {
	if n == len(placed) {
		return true
	}
next:
	for t := range placed {
		if placed[t] {
			continue
		}
		for u := range placed {
			if !placed[u] && before[u][t] { // u = t if before is reflexive there
				continue next
			}
		}
		placed[t] = true
		if hasOrder(before, placed, n+1) {
			return true
		}
		placed[t] = false
	}
	return false
}

// A maker makes small random histories. The versions that transactions read depend on the isolation of its database.
type maker struct {
	rng       *rand.Rand
	isolation int
}

// The isolations of a maker.
const (
	anything  = iota // now and then, a read returns an arbitrary version
	moving           // a transaction reads from one state of the database, then from a later one
	snapshots        // a transaction reads from one state, mostly one not older than the states that its session has seen
	replicas         // each session has a replica; whole transactions reach the other replicas in any order
	numIsolations
)

func (m maker) history() *weak.History {
	h := &weak.History{Keys: 1 + m.rng.IntN(3)}
	n, sessions := 2+m.rng.IntN(5), 1+m.rng.IntN(3)
	if m.isolation == replicas { // violations of causality need long histories of short transactions
		h.Keys, n, sessions = 2, 6, 3
	}
	unknown := 0
	for range n {
		txn, long := weak.Txn{Session: m.rng.IntN(sessions)}, 4
		if m.isolation == replicas {
			long = 3
		}
		switch m.rng.IntN(10) {
		case 0:
			txn.Outcome = weak.Aborted
		case 1:
			if unknown++; unknown <= 2 {
				txn.Outcome, long = weak.Unknown, 2
			}
		}
		for range 1 + m.rng.IntN(long) {
			op := weak.Op{Write: m.rng.IntN(2) == 0, Key: int32(m.rng.IntN(h.Keys)), Version: weak.Null}
			if op.Write {
				op.Version = int32(h.Versions)
				h.Versions++
			}
			txn.Ops = append(txn.Ops, op)
		}
		h.Txns = append(h.Txns, txn)
	}
	if m.isolation == replicas {
		m.replicate(h)
	} else {
		m.fill(h)
	}
	return h
}

// replicate runs each transaction on the replica of its session, which has received some of the other transactions.
func (m maker) replicate(h *weak.History) {
	var ran [][]weak.Op
	replica, has := map[int]map[int32]int32{}, map[[2]int]bool{}
	for t := range h.Txns {
		txn := &h.Txns[t]
		if replica[txn.Session] == nil {
			replica[txn.Session] = map[int32]int32{}
		}
		state := maps.Clone(replica[txn.Session])
		for _, other := range m.rng.Perm(len(ran)) {
			if at := [2]int{txn.Session, other}; !has[at] && m.rng.IntN(2) == 0 {
				has[at] = true
				run(state, ran[other])
			}
		}
		after := maps.Clone(state)
		run(after, txn.Ops)
		if txn.Outcome == weak.Committed || txn.Outcome == weak.Unknown && m.rng.IntN(2) == 0 {
			has[[2]int{txn.Session, len(ran)}] = true
			ran, state = append(ran, txn.Ops), after
		}
		replica[txn.Session] = state
	}
}

// run carries out operations on a state of the database. The reads are filled in.
func run(state map[int32]int32, ops []weak.Op) {
	for i, op := range ops {
		if op.Write {
			state[op.Key] = op.Version
		} else if v, ok := state[op.Key]; ok {
			ops[i].Version = v
		} else {
			ops[i].Version = weak.Null
		}
	}
}

// fill runs the transactions in an order that agrees with their sessions, and fills in the versions that they read.
func (m maker) fill(h *weak.History) {
	state := []int32{} // of the keys, after all transactions that have run
	for range h.Keys {
		state = append(state, weak.Null)
	}
	old := [][]int32{append([]int32(nil), state...)} // the states before each transaction
	seen := map[int]int{}                            // the newest state that each session has seen
	for t := range h.Txns {
		txn := &h.Txns[t]
		from := max(seen[txn.Session], len(old)-1-m.rng.IntN(3))
		if m.isolation <= moving {
			from = m.rng.IntN(len(old))
		}
		seen[txn.Session] = from
		if m.rng.IntN(4) == 0 {
			from = m.rng.IntN(len(old))
		}
		view := append([]int32(nil), old[from]...)
		for i, op := range txn.Ops {
			if op.Write {
				view[op.Key] = op.Version
				continue
			}
			if m.isolation <= moving && m.rng.IntN(2) == 0 && from+1 < len(old) { // it moves on
				from++
				view = append([]int32(nil), old[from]...)
				for _, own := range txn.Ops[:i] {
					if own.Write {
						view[own.Key] = own.Version
					}
				}
			}
			txn.Ops[i].Version = view[op.Key]
			if m.isolation == anything && m.rng.IntN(3) == 0 {
				txn.Ops[i].Version = m.any(h, op.Key)
			}
		}
		if txn.Outcome == weak.Aborted || txn.Outcome == weak.Unknown && m.rng.IntN(2) == 0 {
			continue
		}
		for _, op := range txn.Ops {
			if op.Write {
				state[op.Key] = op.Version
				if m.isolation == moving && m.rng.IntN(3) == 0 { // visible in parts
					old = append(old, append([]int32(nil), state...))
				}
			}
		}
		old = append(old, append([]int32(nil), state...))
		if m.isolation == snapshots {
			seen[txn.Session] = len(old) - 1
		}
	}
}

// any returns a version of the key, perhaps one that was aborted or that nobody wrote.
func (m maker) any(h *weak.History, key int32) int32 {
	all := []int32{weak.Null}
	for _, txn := range h.Txns {
		for _, op := range txn.Ops {
			if op.Write && op.Key == key {
				all = append(all, op.Version)
			}
		}
	}
	if m.rng.IntN(20) == 0 {
		h.Versions++
		return int32(h.Versions - 1)
	}
	return all[m.rng.IntN(len(all))]
}
