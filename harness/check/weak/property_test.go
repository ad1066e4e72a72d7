package weak_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/weak"
)

var long = flag.Bool("long", false, "compare five and ten times as many histories")

// The verdicts agree with a search through all commit orders.
func TestAgreesWithBruteForce(t *testing.T) {
	rounds := 12_000
	if *long {
		rounds = 60_000
	}
	var count [weak.NumLevels][2]int
	strongest := make(map[weak.Verdict]int)
	for seed := range rounds {
		h := maker{rand.New(rand.NewPCG(uint64(seed), 9)), seed % numIsolations}.history()
		res := weak.Decide(h)
		require.Equal(t, bruteForce(h), res.Levels, "seed %d:\n%s", seed, text(h))
		requireContradiction(t, h, res)
		for l, v := range res.Levels {
			count[l][v]++
		}
		strongest[res.Levels[weak.Causal]]++
	}
	t.Logf("[holds, violated] by level: %v", count)
	require.Greater(t, count[weak.ReadUncommitted][1], rounds/200)
	for l := weak.ReadCommitted; l <= weak.Causal; l++ {
		require.Greater(t, min(count[l][0], count[l][1]), rounds/10, "%s: both verdicts have to be common", l)
		require.Greater(t, count[l][1]-count[l-1][1], rounds/200, "%s: violations of no weaker level have to be common", l)
	}
}

// larger returns a history in which all but a few reads are causally consistent: replicas receive each other's transactions
// in one order, with delays. Some transactions write much and read little, others write little and read much.
func larger(rng *rand.Rand) *weak.History {
	h := &weak.History{Keys: 2 + rng.IntN(12)}
	sessions, wrong, forgets := 1+rng.IntN(6), rng.IntN(3), rng.IntN(2) == 0
	states := [][]int32{make([]int32, h.Keys)} // by the number of transactions that have run
	for k := range states[0] {
		states[0][k] = weak.Null
	}
	written := make([][]int32, h.Keys)
	seen := make([]int, sessions)
	for t := range 20 + rng.IntN(40) {
		s := rng.IntN(sessions)
		from := max(seen[s], t-rng.IntN(8))
		if !forgets { // otherwise it only remembers its own writes
			seen[s] = from
		}
		view, after := slices.Clone(states[from]), slices.Clone(states[t])
		txn := weak.Txn{Session: s}
		share := 1 + rng.IntN(9) // how many of ten operations write
		for range 1 + rng.IntN(8) {
			op := weak.Op{Write: rng.IntN(10) < share, Key: int32(rng.IntN(h.Keys))}
			if op.Write {
				op.Version = int32(h.Versions)
				h.Versions++
				seen[s] = t + 1
				view[op.Key], after[op.Key] = op.Version, op.Version
			} else {
				op.Version = view[op.Key]
				if all := written[op.Key]; rng.IntN(100) < wrong && len(all) > 0 {
					op.Version = all[rng.IntN(len(all))]
				}
			}
			txn.Ops = append(txn.Ops, op)
		}
		for k, v := range after {
			if v != states[t][k] {
				written[k] = append(written[k], v)
			}
		}
		states = append(states, after)
		h.Txns = append(h.Txns, txn)
	}
	return h
}

// On histories that are too large to try all orders, the verdicts agree with the full set of pairs that the definitions require.
func TestAgreesWithAllPairs(t *testing.T) {
	rounds := 400
	if *long {
		rounds = 4000
	}
	levels := make(map[[weak.NumLevels]weak.Verdict]int)
	for seed := range rounds {
		h := larger(rand.New(rand.NewPCG(uint64(seed), 4)))
		res := weak.Decide(h)
		for l, ok := range judge(h, acyclic) {
			require.Equal(t, ok, res.Levels[l] == weak.Holds, "seed %d: %s of\n%s", seed, weak.Level(l), text(h))
		}
		requireContradiction(t, h, res)
		levels[res.Levels]++
	}
	t.Log(levels)
	const holds, violated = weak.Holds, weak.Violated
	for _, want := range [][weak.NumLevels]weak.Verdict{
		{holds, violated, violated, violated}, {holds, holds, violated, violated}, {holds, holds, holds, violated}, {holds, holds, holds, holds},
	} {
		require.Greater(t, levels[want], rounds/50, want)
	}
}

// text shows a history, for failing tests.
func text(h *weak.History) string {
	var b strings.Builder
	for t, txn := range h.Txns {
		fmt.Fprintf(&b, "T%d session %d outcome %d:", t, txn.Session, txn.Outcome)
		for _, op := range txn.Ops {
			f := "r"
			if op.Write {
				f = "w"
			}
			fmt.Fprintf(&b, " %s(x%d, %d)", f, op.Key, op.Version)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// requireContradiction checks that the edges of a cycle exist in the history.
func requireContradiction(t *testing.T, h *weak.History, res weak.Result) {
	v := res.Violation
	if v == nil || v.Kind != weak.Cycle {
		return
	}
	writes := func(t int, key, version int32) bool {
		for _, op := range h.Txns[t].Ops {
			if op.Write && op.Key == key && (op.Version == version || version == weak.Null) {
				return true
			}
		}
		return false
	}
	reads := func(t int, key, version int32) bool {
		for _, op := range h.Txns[t].Ops {
			if !op.Write && op.Key == key && op.Version == version {
				return true
			}
		}
		return false
	}
	direct := func(e weak.Edge) bool {
		switch e.Kind {
		case weak.Session:
			return e.From < e.To && h.Txns[e.From].Session == h.Txns[e.To].Session
		case weak.WriteRead:
			return writes(e.From, e.Key, e.Version) && reads(e.To, e.Key, e.Version)
		}
		return false
	}
	at := v.Edges[0].From
	for i, e := range v.Edges {
		require.Equal(t, at, e.From)
		at = e.To
		if e.Kind != weak.Commit {
			require.True(t, direct(e), "%+v of\n%s", e, text(h))
			continue
		}
		require.True(t, reads(e.Reader, e.Key, e.Version) && writes(e.From, e.Key, weak.Null), "%+v of\n%s", e, text(h))
		if e.To == weak.Initial {
			require.Equal(t, weak.Null, e.Version)
			require.Len(t, v.Edges, i+1)
		} else {
			require.True(t, writes(e.To, e.Key, e.Version))
		}
		from := e.From
		for _, p := range e.Path {
			require.Equal(t, from, p.From)
			require.True(t, direct(p), "%+v of\n%s", e, text(h))
			from = p.To
		}
		require.Equal(t, e.Reader, from)
		if v.Level < weak.Causal {
			require.Len(t, e.Path, 1)
		}
	}
	if at != weak.Initial {
		require.Equal(t, v.Edges[0].From, at)
	}
}
