package elle_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/internal/corpus"
)

func TestDecidedInWords(t *testing.T) {
	for name, c := range map[string]struct{ history, level, want string }{
		"causal": {
			`0 ok [["w",8,1],["w",9,1]]
			 1 ok [["r",8,null],["r",9,null]]`,
			"causal consistency",
			"decided completely: read committed, read atomic and causal consistency hold",
		},
		"thin air": {
			`0 ok [["w",8,1]]
			 1 ok [["r",8,2]]`,
			"none",
			"decided completely: read uncommitted is violated (and with it read committed, read atomic and causal consistency): " +
				"T1 (op 1, process 1) read 2 from key 8, which nobody wrote",
		},
		"aborted": {
			`0 fail [["w",8,1]]
			 1 ok [["r",8,1]]`,
			"read uncommitted",
			"decided completely: read committed is violated (and with it read atomic and causal consistency): " +
				"T1 (op 1, process 1) read 1 from key 8, a write of T2 (op 0, process 0), which failed",
		},
		"intermediate": {
			`0 ok [["w",8,1],["w",8,2]]
			 1 ok [["r",8,1]]`,
			"read uncommitted",
			"decided completely: read committed is violated (and with it read atomic and causal consistency): " +
				"T1 (op 1, process 1) read 1 from key 8, a write of T2 (op 0, process 0), which overwrote it itself",
		},
		"own write": {
			`0 ok [["w",8,1],["r",8,null]]`,
			"read uncommitted",
			"decided completely: read committed is violated (and with it read atomic and causal consistency): " +
				"T1 (op 0, process 0) read null from key 8, to which it had written 1 itself",
		},
		"future": {
			`0 ok [["r",8,1],["w",8,1]]`,
			"read uncommitted",
			"decided completely: read committed is violated (and with it read atomic and causal consistency): " +
				"T1 (op 0, process 0) read 1 from key 8, which it wrote itself only later",
		},
		"new, then old": {
			`0 ok [["w",8,1]]
			 0 ok [["w",8,2],["w",9,2]]
			 1 ok [["r",9,2],["r",8,1]]`,
			"read uncommitted",
			"decided completely: read committed is violated (and with it read atomic and causal consistency): " +
				"process 0 ran T1 (op 0, process 0) before T2 (op 1, process 0); T3 (op 2, process 1) knew of T2, which wrote key 8 " +
				"(T2 wrote 2 to key 9, which T3 read), but read 1 from the key, a write of T1: so T2 precedes T1",
		},
		"fractured": {
			`0 ok [["w",8,1],["w",9,1]]
			 1 ok [["r",8,null],["r",9,1]]`,
			"read committed",
			"decided completely: read committed holds; read atomic is violated (and with it causal consistency): " +
				"T1 (op 1, process 1) knew of T2 (op 0, process 0), which wrote key 8 (T2 wrote 1 to key 9, which T1 read), but read null from the key",
		},
		"fractured, of unknown outcome": {
			`0 info [["w",8,1],["r",7,null],["w",9,1]]
			 1 ok [["r",8,null],["r",9,1]]`,
			"read committed",
			"decided completely: read committed holds; read atomic is violated (and with it causal consistency): " +
				"T1 (op 1, process 1) knew of T2 (op 0, process 0), which wrote key 8 (T2 wrote 1 to key 9, which T1 read), but read null from the key",
		},
		"effect without cause": {
			`0 ok [["w",8,1]]
			 1 ok [["r",8,1],["w",9,1]]
			 2 ok [["r",9,1]]
			 2 ok [["r",8,null]]`,
			"read atomic",
			"decided completely: read committed and read atomic hold; causal consistency is violated: " +
				"T1 (op 3, process 2) knew of T2 (op 0, process 0), which wrote key 8 (T2 wrote 1 to key 8, which T3 (op 1, process 1) read, " +
				"T3 wrote 1 to key 9, which T4 (op 2, process 2) read, process 2 ran T4 before T1), but read null from the key",
		},
		"written twice": {
			`0 ok [["w",8,1]]
			 1 fail [["w",8,1]]
			 2 ok [["r",8,1]]`,
			"undecided",
			"undecided: T1 (op 2, process 2) read 1 from key 8, which both T2 (op 0, process 0) and T3 (op 1, process 1) wrote",
		},
		"twice by one": {
			`0 ok [["w",8,1],["w",8,1]]
			 2 ok [["r",8,1]]`,
			"undecided",
			"undecided: T1 (op 1, process 2) read 1 from key 8, which T2 (op 0, process 0) wrote twice",
		},
		"null written": {
			`0 ok [["w",8,null]]
			 2 ok [["r",8,null]]`,
			"undecided",
			"undecided: T1 (op 1, process 2) read null from key 8, which may be what T2 (op 0, process 0) wrote, or no value at all",
		},
		"malformed": {
			`0 ok [["w",8]]
			 2 ok [["r",8,1]]`,
			"undecided",
			"undecided: op 0 is not a transaction: want [f, key, value], not 2 elements",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := ops(t, c.history)
			d := elle.Register(h, elle.Options{}).Decided
			require.Equal(t, c.want, d.Text)
			require.Equal(t, c.level, d.Level())
		})
	}
}

// Without Strict, the decision does not affect the verdict; with Strict, the level that the models require must hold.
func TestDecidedCounts(t *testing.T) {
	fractured := ops(t, `
		0 invoke [["w",8,1],["w",9,1]]
		0 ok [["w",8,1],["w",9,1]]
		1 invoke [["r",8,null],["r",9,null]]
		1 ok [["r",8,null],["r",9,1]]`)
	ambiguous := ops(t, `
		0 ok [["w",8,1]]
		1 info [["w",8,1]]
		2 ok [["r",8,1]]`)
	for _, c := range []struct {
		model    elle.Model
		required elle.Model
		want     check.Verdict
	}{
		{elle.ReadUncommitted, elle.ReadUncommitted, check.Valid},
		{elle.StrongReadUncommitted, elle.ReadUncommitted, check.Valid},
		{elle.ReadCommitted, elle.ReadCommitted, check.Valid},
		{"monotonic-atomic-view", elle.ReadCommitted, check.Valid},
		{elle.SessionCommitted, elle.ReadCommitted, check.Valid},
		{elle.RepeatableRead, elle.ReadCommitted, check.Invalid}, // by the reference
		{"read-atomic", "read-atomic", check.Invalid},
		{"update-atomic", "read-atomic", check.Invalid},
		{"causal-cerone", "causal-cerone", check.Invalid},
		{"prefix", "causal-cerone", check.Invalid},
		{elle.Serializable, "causal-cerone", check.Invalid},
		{elle.StrongSerializable, "causal-cerone", check.Invalid},
	} {
		o := elle.Options{Models: []elle.Model{c.model}}
		lenient := elle.Register(fractured, o)
		o.Strict = true
		strict := elle.Register(fractured, o)
		require.Equal(t, c.required, strict.Decided.Required, c.model)
		require.Equal(t, c.want, strict.Valid, c.model)
		require.Equal(t, c.required != elle.ReadUncommitted && c.required != elle.ReadCommitted, strict.Decided.Error, c.model)
		require.Equal(t, strict.Decided.Error, slices.Contains(strict.Reasons(), strict.Decided.Text), c.model)
		require.False(t, lenient.Decided.Error)
		require.Equal(t, strict.Decided.Error, slices.Contains(lenient.Cautions(), lenient.Decided.Text), "it is a warning at least")
		require.NotContains(t, strict.Cautions(), strict.Decided.Text)
		lenient.Valid, lenient.Decided.Error = strict.Valid, strict.Decided.Error
		require.Equal(t, lenient, strict)

		unclear := elle.Register(ambiguous, o)
		want, said := check.Unknown, 1
		if c.required == elle.ReadUncommitted {
			want, said = check.Valid, 0
		}
		require.Equal(t, want, unclear.Valid, "%s: %v", c.model, unclear.Reasons())
		require.Equal(t, said, strings.Count(strings.Join(unclear.Reasons(), " "), "which both T2"))
	}
	o := elle.Options{Models: []elle.Model{elle.ReadCommitted, "read-atomic"}}
	require.Equal(t, elle.Model("read-atomic"), elle.Register(fractured, o).Decided.Required, "the strongest of them")
}

func TestDecidedInJSON(t *testing.T) {
	b, err := json.Marshal(elle.Register(ops(t, `
		0 ok [["w",8,1],["w",9,1]]
		1 ok [["r",8,null],["r",9,1]]`), elle.Options{Models: []elle.Model{elle.ReadCommitted}}).Decided)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"read-uncommitted": true, "read-committed": true, "read-atomic": false, "causal": false, "required": "read-committed", "error": false,
		"text": "decided completely: read committed holds; read atomic is violated (and with it causal consistency): T1 (op 1, process 1) knew of T2 (op 0, process 0), which wrote key 8 (T2 wrote 1 to key 9, which T1 read), but read null from the key",
		"violation": {"ops": [1, 0], "text": "T1 (op 1, process 1) knew of T2 (op 0, process 0), which wrote key 8 (T2 wrote 1 to key 9, which T1 read), but read null from the key"}
	}`, string(b))
}

// A serial execution whose order agrees with the processes satisfies all levels.
func TestSerialHistoriesAreCausal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := record(drawSerial(t), perProcess, rapid.Uint64().Draw(t, "seed"))
		require.Equal(t, "causal consistency", elle.Register(h, elle.Options{}).Decided.Level(), text(h))
	})
}

// If the reference finds an anomaly that contradicts even read committed, there is no commit order. The reason: the reference
// infers edges from write to read, and, from transactions that read a key and then wrote it, edges from write to write. All of
// these are edges of every commit order.
func TestDecidedAgreesWithTheReference(t *testing.T) {
	dirty := []elle.Anomaly{elle.G1a, elle.G1b, "G0", "G1c", elle.CyclicVersions}
	broken, levels := 0, make(map[string]int)
	for _, c := range corpus.Read[corpusCase](t, "rwregister") {
		r := elle.Register(c.History, elle.Options{Models: []elle.Model{elle.Serializable}})
		levels[r.Decided.Level()]++
		for _, a := range dirty {
			if r.Counts[a] > 0 {
				broken++
				require.NotEqual(t, check.Valid, r.Decided.ReadCommitted, "%s: %s", c.Name, a)
			}
		}
	}
	t.Log(broken, levels)
	require.Greater(t, broken, 50)
	for _, level := range []string{"none", "read uncommitted", "read committed", "read atomic", "causal consistency"} {
		require.Positive(t, levels[level], level)
	}
}
