package weak_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/weak"
)

// parse reads transactions such as "a: w x1, r y0", one per line: the session and the operations. A session is followed by !
// if the transaction was aborted, and by ? if its outcome is unknown. Values are digits; 0 is null. Versions are numbered by
// key and value.
func parse(t *testing.T, lines string) *weak.History {
	h := &weak.History{Keys: 3, Versions: 30}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		session, ops, ok := strings.Cut(strings.TrimSpace(line), ": ")
		require.True(t, ok, line)
		txn := weak.Txn{Session: int(session[0])}
		if len(session) > 1 {
			txn.Outcome = map[byte]weak.Outcome{'!': weak.Aborted, '?': weak.Unknown}[session[1]]
		}
		for op := range strings.SplitSeq(ops, ", ") {
			key, value := int32(op[2]-'x'), int32(op[3]-'0')
			version := weak.Null
			if value > 0 {
				version = 10*key + value
			}
			txn.Ops = append(txn.Ops, weak.Op{Write: op[0] == 'w', Key: key, Version: version})
		}
		h.Txns = append(h.Txns, txn)
	}
	return h
}

// cases are histories, and the weakest level that each violates; Causal+1 for none.
func cases() map[string]struct {
	history string
	breaks  weak.Level
} {
	const none = weak.Causal + 1
	return map[string]struct {
		history string
		breaks  weak.Level
	}{
		"whole":                         {"a: w x1, w y1\nb: r x1, r y1", none},
		"not there yet":                 {"a: w x1, w y1\nb: r x0, r y0", none},
		"nothing is ever replicated":    {"a: w x1\na: w x2\nb: r x0\nb: w x3\nb: r x3\na: r x2", none},
		"lost update":                   {"a: r x0, w x1\nb: r x0, w x2", none},
		"write skew":                    {"a: r x0, r y0, w x1\nb: r x0, r y0, w y1", none},
		"long fork":                     {"a: w x1\nb: w y1\nc: r x1, r y0\nd: r x0, r y1", none},
		"own writes":                    {"a: w x1, r x1, w x2, r x2", none},
		"a read before the own write":   {"a: w x1\nb: r x1, w x2, r x2", none},
		"stale, another session":        {"a: w x1\na: w x2\nb: r x1", none},
		"a stays unseen, b was unknown": {"a?: w x1, w y1\nb: r x0", none},
		"unknown, seen":                 {"a?: w x1, w y1\nb: r x1, r y1", none},

		"thin air":              {"a: w x1\nb: r x2", weak.ReadUncommitted},
		"thin air, own key":     {"a: w x1, r x2", weak.ReadUncommitted},
		"thin air of two":       {"a: w x1\nb: r x1, r y7", weak.ReadUncommitted},
		"aborted":               {"a!: w x1\nb: r x1", weak.ReadCommitted},
		"intermediate":          {"a: w x1, w x2\nb: r x1", weak.ReadCommitted},
		"intermediate, unknown": {"a?: w x1, w x2\nb: r x1", weak.ReadCommitted},
		"own write missed":      {"a: w x1\nb: w x2, r x1", weak.ReadCommitted},
		"own write, null":       {"a: w x1, r x0", weak.ReadCommitted},
		"own write, the first":  {"a: w x1, w x2, r x1", weak.ReadCommitted},
		"the future":            {"a: r x1, w x1", weak.ReadCommitted},
		"the session's future":  {"a: r x1\na: w x1", weak.ReadCommitted},
		"each other":            {"a: w x1, r y1\nb: w y1, r x1", weak.ReadCommitted},
		"new, then old":         {"a: w x1\na: w x2, w y2\nb: r y2, r x1", weak.ReadCommitted},
		"back in a transaction": {"a: w x1\na: w x2\nb: r x2, r x1", weak.ReadCommitted},
		"new, then null":        {"a: w x1, w y1\nb: r y1, r x0", weak.ReadCommitted},
		"back to null":          {"a: w x1\nb: r x1, r x0", weak.ReadCommitted},
		"there and back":        {"a: w x1\nb: w x2\nc: r x1, r x2, r x1", weak.ReadCommitted},
		"new, then old, unknown": {
			"a: w x1\na?: w x2, w y2\nb: r y2, r x1", weak.ReadCommitted,
		},
		"two disagree": {"a: w x1, w y1\nb: w x2, w y2\nc: r x1, r y2\nd: r x2, r y1", weak.ReadCommitted},

		"old, then new":         {"a: w x1\na: w x2, w y2\nb: r x1, r y2", weak.ReadAtomic},
		"null, then new":        {"a: w x1, w y1\nb: r x0, r y1", weak.ReadAtomic},
		"unrepeatable":          {"a: w x1\na: w x2\nb: r x1, r x2", weak.ReadAtomic},
		"unrepeatable, null":    {"a: w x1\nb: r x0, r x1", weak.ReadAtomic},
		"own session, null":     {"a: w x1\na: r x0", weak.ReadAtomic},
		"own session, old":      {"b: w x1\na: r x1, w x2\na: r x1", weak.ReadAtomic},
		"fractured, unknown":    {"a?: w x1, w y1\nb: r x0, r y1", weak.ReadAtomic},
		"orders of a key":       {"a: w x1\nb: w x2\na: r x2\nb: r x1", weak.ReadAtomic},
		"orders, other readers": {"a: w x1\nb: w x2\nc: r x1\nc: r x2\nd: r x2\nd: r x1", weak.Causal},
		"session, long ago":     {"a: w x1\na: w y1\na: r y1\na: r x0", weak.ReadAtomic},
		"cause, not its effect": {"a: w x1\nb: r x1, w y1\nc: r y1, r x0", weak.Causal},
		"session goes back":     {"a: w x1\na: w x2\nb: r x2\nb: r x1", weak.Causal},
		"session, to null":      {"a: w x1\nb: r x1\nb: r x0", weak.Causal},
		"three sessions":        {"a: w x1\nb: r x1, w y1\nc: r y1, w z1\nd: r z1\nd: r x0", weak.Causal},
		"through an unknown": {
			"a: w x1\na?: w y1\nb: r y1\nb: r x0", weak.Causal,
		},
	}
}

func TestCases(t *testing.T) {
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			h := parse(t, c.history)
			res := weak.Decide(h)
			requireContradiction(t, h, res)
			require.Nil(t, res.Ambiguity)
			require.Equal(t, bruteForce(h), res.Levels)
			for l, v := range res.Levels {
				require.Equal(t, weak.Level(l) >= c.breaks, v == weak.Violated, "%v: %v", weak.Level(l), v)
			}
			if c.breaks <= weak.Causal {
				require.Equal(t, c.breaks, res.Violation.Level)
			} else {
				require.Nil(t, res.Violation)
			}
		})
	}
}

func TestReadsThatNoOrderExplains(t *testing.T) {
	for history, want := range map[string]weak.Violation{
		"a: w x1\nb: r x2":       {Level: weak.ReadUncommitted, Kind: weak.ThinAir, Reader: 1, Writer: weak.Initial, Version: 2},
		"a!: w y1\nb: r y1":      {Level: weak.ReadCommitted, Kind: weak.AbortedRead, Reader: 1, Key: 1, Version: 11},
		"a: w x1, w x2\nb: r x1": {Level: weak.ReadCommitted, Kind: weak.IntermediateRead, Reader: 1, Version: 1},
		"a: r x1, w x1":          {Level: weak.ReadCommitted, Kind: weak.FutureRead, Version: 1},
		"b: w x1\na: w x2, r x1": {Level: weak.ReadCommitted, Kind: weak.OwnWrite, Reader: 1, Version: 1, Own: 2},
	} {
		require.Equal(t, &want, weak.Decide(parse(t, history)).Violation, history)
	}
	res := weak.Decide(parse(t, "a: r x1, w x1\nb: r y2"))
	require.Equal(t, weak.ThinAir, res.Violation.Kind, "the weaker level comes first, though it is seen later")
}

// Of several violations of one level, the first in the history is reported.
func TestTheFirstIsTold(t *testing.T) {
	res := weak.Decide(parse(t, "a!: w x1\na!: w y1\nb: r x1\nc: r y1"))
	require.Equal(t, 2, res.Violation.Reader)
	res = weak.Decide(parse(t, "a: w x1, w y1\nb: r x1, r y0\nc: r y1, r x0"))
	require.Len(t, res.Violation.Edges, 1)
	require.Equal(t, 1, res.Violation.Edges[0].Reader)
}

func TestWitnessesAreShort(t *testing.T) {
	// The sessions between the writes and between the reads are long, but the reported cycle is short.
	long := "a: w x1\n" + strings.Repeat("a: r y0\n", 50) + "a: w x2\nb: r x2\n" + strings.Repeat("b: r z0\n", 50) + "b: r x1"
	h := parse(t, long)
	res := weak.Decide(h)
	requireContradiction(t, h, res)
	require.Equal(t, weak.Causal, res.Violation.Level)
	require.Equal(t, []weak.Edge{
		{Kind: weak.Session, From: 0, To: 51},
		{Kind: weak.Commit, From: 51, To: 0, Version: 1, Reader: 103, Path: []weak.Edge{
			{Kind: weak.WriteRead, From: 51, To: 52, Version: 2}, {Kind: weak.Session, From: 52, To: 103},
		}},
	}, res.Violation.Edges)
}

// If a version was written twice, its reads are left out, and the rest is judged.
func TestAmbiguousVersions(t *testing.T) {
	type verdicts = [weak.NumLevels]weak.Verdict
	const holds, violated, open = weak.Holds, weak.Violated, weak.Undecided
	for _, c := range []struct {
		history string
		want    verdicts
	}{
		{"a: w x1\nb: w x1", verdicts{}},
		{"a: w x0, r x0\nb: w x1, r x1", verdicts{}},
		{"a: w x1\nb: w x1\nc: r x1", verdicts{holds, open, open, open}},
		{"a: w x1\nb!: w x1\nc: r x1", verdicts{holds, open, open, open}},
		{"a: w x1, w x1\nc: r x1", verdicts{holds, open, open, open}},
		{"a: w x0\nc: r x0", verdicts{holds, open, open, open}},
		{"a: w x1\nb: w x1\nc: r x1\nd: w y1\nd: r y0", verdicts{holds, open, violated, violated}},
		{"a: w x1\nb: w x1\nc: r x1\nd: w y1, w z1\ne: r y1, r z0", verdicts{holds, violated, violated, violated}},
		{"a: w x1\nb: w x1\nc: r x1\nd: r y1", verdicts{violated, violated, violated, violated}},
	} {
		res := weak.Decide(parse(t, c.history))
		require.Equal(t, c.want, res.Levels, c.history)
		require.Equal(t, c.want == verdicts{}, res.Ambiguity == nil, c.history)
	}
}

// A history that satisfies a level still does so after a removal: of the last operation of a transaction, if it is a read; of any
// transaction that no other read from; or of a transaction that is not known to have happened.
func TestLessIsNoWorse(t *testing.T) {
	cut := 0
	for seed := range 5000 {
		h := maker{rand.New(rand.NewPCG(uint64(seed), 3)), seed % numIsolations}.history()
		before := weak.Decide(h)
		read := make(map[int32]bool)
		for _, txn := range h.Txns {
			for _, op := range txn.Ops {
				read[op.Version] = read[op.Version] || !op.Write
			}
		}
		for i, txn := range h.Txns {
			less := &weak.History{Keys: h.Keys, Versions: h.Versions}
			less.Txns = append(less.Txns, h.Txns[:i]...)
			keep := false
			for _, op := range txn.Ops {
				keep = keep || op.Write && read[op.Version]
			}
			if last := len(txn.Ops) - 1; keep && !txn.Ops[last].Write {
				less.Txns = append(less.Txns, weak.Txn{Session: txn.Session, Outcome: txn.Outcome, Ops: txn.Ops[:last]})
			} else if keep {
				continue
			}
			less.Txns = append(less.Txns, h.Txns[i+1:]...)
			for l, v := range weak.Decide(less).Levels {
				if before.Levels[l] == weak.Holds {
					cut++
					require.Equal(t, weak.Holds, v, "%v without a part of T%d:\n%s", weak.Level(l), i, text(h))
				}
			}
		}
	}
	require.Greater(t, cut, 10_000)
}
