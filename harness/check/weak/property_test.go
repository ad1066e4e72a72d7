package weak_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/weak"
)

// The verdicts are those that come out when all commit orders are tried.
func TestAgreesWithBruteForce(t *testing.T) {
	rounds := 60_000
	if testing.Short() {
		rounds = 12_000
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

// requireContradiction checks that the edges of a cycle are what they say that they are.
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
