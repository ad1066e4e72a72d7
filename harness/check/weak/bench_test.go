package weak_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"glomers/harness/check/weak"
)

// replicated returns a history of n operations, in transactions of four operations each, on replicas that receive each
// other's transactions in order, with a delay. A write goes to one of ten keys, each of which is replaced by a new key after
// 16 writes, as in the workload's generator. If keys is not 0, a write goes to one of that many fixed keys instead.
func replicated(n, sessions, keys int) *weak.History {
	const delay = 20 // transactions
	rng := rand.New(rand.NewPCG(uint64(n), uint64(sessions)))
	h := &weak.History{Keys: keys}
	active, written := make([]int32, 10), []int{}
	for i := range active {
		active[i] = int32(i)
	}
	next := int32(len(active))
	key := func(write bool) int32 {
		if keys > 0 {
			return int32(rng.IntN(keys))
		}
		i := rng.IntN(len(active))
		for int(next) > len(written) {
			written = append(written, 0)
		}
		if write {
			if written[active[i]]++; written[active[i]] > 16 {
				active[i] = next
				next++
				return active[i]
			}
		}
		return active[i]
	}
	type cell struct{ version, time int32 }
	const replicas = 5
	var state [replicas]map[int32]cell
	for r := range state {
		state[r] = make(map[int32]cell)
	}
	var log [][]weak.Op // by time
	var applied [replicas]int
	for len(log)*4 < n {
		txn := weak.Txn{Session: rng.IntN(sessions)}
		r := txn.Session % replicas
		for ; applied[r] < len(log)-delay; applied[r]++ {
			for _, op := range log[applied[r]] {
				if op.Write && state[r][op.Key].time <= int32(applied[r]) {
					state[r][op.Key] = cell{op.Version, int32(applied[r])}
				}
			}
		}
		for range 4 {
			op := weak.Op{Write: rng.IntN(2) == 0, Version: weak.Null}
			op.Key = key(op.Write)
			if op.Write {
				op.Version = int32(h.Versions)
				h.Versions++
				state[r][op.Key] = cell{op.Version, int32(len(log))}
			} else if c, ok := state[r][op.Key]; ok {
				op.Version = c.version
			}
			txn.Ops = append(txn.Ops, op)
		}
		log = append(log, txn.Ops)
		h.Txns = append(h.Txns, txn)
	}
	h.Keys = max(keys, int(next))
	return h
}

// dense returns a worst case for read committed and read atomic: √n transactions of about √n operations, each of which reads
// from all transactions before it.
func dense(n int) *weak.History {
	m := 1
	for m*m*3/2 < n {
		m++
	}
	h := &weak.History{Keys: m * m, Versions: m * m}
	for t := range m {
		txn := weak.Txn{Session: t}
		for u := range t {
			txn.Ops = append(txn.Ops, weak.Op{Key: int32(u*m + t), Version: int32(u*m + t)})
		}
		for u := range m {
			txn.Ops = append(txn.Ops, weak.Op{Write: true, Key: int32(t*m + u), Version: int32(t*m + u)})
		}
		h.Txns = append(h.Txns, txn)
	}
	return h
}

func BenchmarkDecide(b *testing.B) {
	sizes := []int{10_000, 100_000, 1_000_000}
	for _, c := range []struct {
		name  string
		sizes []int
		make  func(n int) *weak.History
	}{
		{"20 sessions", sizes, func(n int) *weak.History { return replicated(n, 20, 0) }},
		{"200 sessions", sizes[:2], func(n int) *weak.History { return replicated(n, 200, 0) }},
		{"20 sessions, 10 keys", sizes, func(n int) *weak.History { return replicated(n, 20, 10) }},
		{"dense", sizes[:2], dense},
	} {
		for _, n := range c.sizes {
			h := c.make(n)
			ops := 0
			for _, txn := range h.Txns {
				ops += len(txn.Ops)
			}
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if res := weak.Decide(h); res.Violation != nil {
						b.Fatal(res.Violation)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(ops), "ns/operation")
			})
		}
	}
}

// A million operations take seconds, and memory is proportional to their number. The figures are only printed, since a
// machine may be slow.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		h := replicated(n, 20, 0)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		res := weak.Decide(h)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		t.Logf("%d operations: %v, %.0f ns and %.0f bytes each", n, took, float64(took)/float64(n), float64(after.TotalAlloc-before.TotalAlloc)/float64(n))
		if res.Violation != nil {
			t.Fatalf("a causally consistent history was refused: %+v", res.Violation)
		}
	}
}
