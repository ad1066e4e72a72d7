package elle_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// ops reads a history from lines of "process type value". A line "@d" sets the time of the next event to the
// duration d; events are 1 ms apart.
func ops(t testing.TB, lines string) []history.Op {
	t.Helper()
	var h []history.Op
	var base time.Duration
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if at, ok := strings.CutPrefix(line, "@"); ok {
			d, err := time.ParseDuration(at)
			require.NoError(t, err)
			base = d - time.Duration(len(h))*time.Millisecond
			continue
		}
		if line == "" {
			continue
		}
		f := strings.SplitN(line, " ", 3)
		op := history.Op{
			Index: len(h), Time: int64(base) + int64(len(h))*1e6, Type: history.Type(f[1]), F: "txn", Value: json.RawMessage(f[2]),
		}
		require.NoError(t, json.Unmarshal([]byte(f[0]), &op.Process))
		if op.Process == history.Nemesis {
			op.F, op.Value = f[2], nil
		}
		h = append(h, op)
	}
	return h
}

func TestExplanations(t *testing.T) {
	for _, c := range []struct {
		name, history string
		model         elle.Model
		want          check.Verdict
		reasons       []string
	}{
		{"empty", ``, elle.ReadCommitted, check.Invalid, []string{
			"empty-transaction-graph: no transaction depends on another, so the history tests nothing",
		}},
		{"fine", `
			0 invoke [["w",8,3]]
			0 ok [["w",8,3]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,3]]
			"nemesis" info start-partition`, elle.StrongSerializable, check.Valid, nil},
		{"G1c", `
			0 invoke [["w",8,3],["r",9,null]]
			1 invoke [["r",8,null],["w",9,1]]
			0 ok [["w",8,3],["r",9,1]]
			1 ok [["r",8,3],["w",9,1]]`, elle.ReadCommitted, check.Invalid, []string{
			"G1c: T1 (op 2, process 0) wrote 3 to key 8, which T2 (op 3, process 1) read; T2 wrote 1 to key 9, which T1 read",
		}},
		{"of one transaction", `
			0 invoke [["r",8,null],["w",8,3]]
			0 ok [["r",8,3],["w",8,3]]
			1 invoke [["r",8,null]]
			1 ok [["r",8,3]]`, elle.ReadCommitted, check.Invalid, []string{
			"G1c: T1 (op 1, process 0) wrote 3 to key 8, which it read",
		}},
		{"stale read", `
			0 invoke [["w","k",3]]
			0 ok [["w","k",3]]
			1 invoke [["r","k",null]]
			1 ok [["r","k",null]]`, elle.StrongSerializable, check.Invalid, []string{
			`G-single-item-realtime: T1 (op 1, process 0) was acknowledged 0.001 s before T2 (op 3, process 1) began; ` +
				`T2 read key "k" before it existed, and T1 wrote 3 to it`,
		}},
		{"own write not seen", `
			0 invoke [["w",8,3]]
			0 ok [["w",8,3]]
			0 invoke [["r",8,null]]
			0 ok [["r",8,null]]`, elle.SessionSerializable, check.Invalid, []string{
			"G-single-item-process: process 0 ran T1 (op 1, process 0) before T2 (op 3, process 0); " +
				"T2 read key 8 before it existed, and T1 wrote 3 to it",
		}},
		{"lost update", `
			0 invoke [["w",8,3]]
			0 ok [["w",8,3]]
			1 invoke [["r",8,null],["w",8,4]]
			2 invoke [["r",8,null],["w",8,5]]
			1 ok [["r",8,3],["w",8,4]]
			2 ok [["r",8,3],["w",8,5]]`, elle.Serializable, check.Invalid, []string{
			"lost-update: T1 (op 4, process 1), T2 (op 5, process 2) all read 3 from key 8 and then wrote the key",
			"G2-item: T1 (op 4, process 1) read 3 from key 8, which T2 (op 5, process 2) overwrote with 5; T2 read 3 from key 8, which T1 overwrote with 4",
		}},
		{"writes in a cycle", `
			0 invoke [["r",8,null],["w",8,4],["w",9,1]]
			1 invoke [["w",8,3],["r",9,null],["w",9,2]]
			0 ok [["r",8,3],["w",8,4],["w",9,1]]
			1 ok [["w",8,3],["r",9,1],["w",9,2]]`, elle.ReadUncommitted, check.Invalid, []string{
			"PL-1-cycle-exists: 2 transactions, of which T1 (op 2, process 0) is the first, contradict this level, though no single cycle shows it",
		}},
		{"G1a, G1b and internal", `
			0 invoke [["w",8,3],["w",8,4]]
			0 fail [["w",8,3],["w",8,4]]
			1 invoke [["r",8,null],["r",8,null]]
			1 ok [["r",8,3],["r",8,4]]`, "read-atomic", check.Invalid, []string{
			"G1a: T1 (op 3, process 1) read 3 from key 8, a write of T2 (op 1, process 0), which failed",
			"G1b: T1 (op 3, process 1) read 3 from key 8, a write of T2 (op 1, process 0), which overwrote it itself",
			"empty-transaction-graph: no transaction depends on another, so the history tests nothing",
			"internal: T1 (op 3, process 1) read 4 from key 8, which was 3 in the same transaction just before",
			"G1a: T1 (op 3, process 1) read 4 from key 8, a write of T2 (op 1, process 0), which failed",
		}},
		{"cyclic versions", `
			0 invoke [["r",8,null],["w",8,4]]
			1 invoke [["r",8,null],["w",8,5]]
			0 ok [["r",8,5],["w",8,4]]
			1 ok [["r",8,4],["w",8,5]]`, elle.ReadUncommitted, check.Invalid, []string{
			"cyclic-versions: each of the values 5, 4 of key 8 was written by a transaction that had read another of them",
		}},
		{"no transactions", `
			0 invoke [["w",8,3]]
			0 ok [["w",8,3]]
			0 invoke [["r",8,null]]
			0 ok [["r",8,3]]
			1 invoke [["x",8,3]]
			1 ok [["x",8,3]]
			1 invoke 7
			1 invoke [["r",8]]`, elle.ReadUncommitted, check.Unknown, []string{
			`op 5 is not a transaction: unknown micro-operation "x"`,
			"op 6 is not a transaction: want an array of arrays: json: cannot unmarshal number into Go value of type [][]json.RawMessage",
			"op 7 is not a transaction: want [f, key, value], not 2 elements",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := elle.Register(ops(t, c.history), elle.Options{Models: []elle.Model{c.model}})
			requireResult(t, r)
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, c.reasons, r.Reasons())
		})
	}
}

// An anomaly that the model allows is reported, but does not count.
func TestTolerated(t *testing.T) {
	h := ops(t, `
		0 invoke [["r",8,null],["w",9,1]]
		1 invoke [["r",9,null],["w",8,1]]
		0 ok [["r",8,null],["w",9,1]]
		1 ok [["r",9,null],["w",8,1]]`)
	r := elle.Register(h, elle.Options{Models: []elle.Model{elle.SnapshotIsolation}})
	require.Equal(t, check.Valid, r.Verdict())
	require.Equal(t, []elle.Anomaly{"G2-item"}, r.Tolerated)
	require.Equal(t, []elle.Model{elle.RepeatableRead}, r.Not)

	r = elle.Register(h, elle.Options{Models: []elle.Model{elle.SnapshotIsolation, elle.RepeatableRead}})
	require.Equal(t, check.Invalid, r.Verdict(), "one of the models forbids it")
}

func TestReasonsAreCounted(t *testing.T) {
	var lines strings.Builder
	for range 20 {
		lines.WriteString("0 invoke [[\"r\",8,3],[\"r\",8,4]]\n0 ok [[\"r\",8,3],[\"r\",8,4]]\n")
	}
	r := elle.Register(ops(t, lines.String()), elle.Options{})
	require.Equal(t, 20, r.Counts[elle.Internal])
	require.Len(t, r.Cases[elle.Internal], 8)
	require.Len(t, r.Reasons(), 8)
}

// Many transactions read a key before it existed, and many wrote it: too many for an edge between every pair.
func TestManyOverwrites(t *testing.T) {
	const n = 100
	var reads, updates, writes, invokes, completions strings.Builder
	for i := range n {
		fmt.Fprintf(&reads, "%[1]d invoke [[\"r\",8,null]]\n%[1]d ok [[\"r\",8,null]]\n", i)
		fmt.Fprintf(&writes, "%[1]d invoke [[\"w\",8,%[1]d]]\n%[1]d ok [[\"w\",8,%[1]d]]\n", i)
		fmt.Fprintf(&invokes, "%[1]d invoke [[\"r\",8,null],[\"w\",8,%[1]d]]\n", i)
		fmt.Fprintf(&completions, "%[1]d ok [[\"r\",8,null],[\"w\",8,%[1]d]]\n", i)
	}
	updates.WriteString("200 invoke [[\"r\",8,null],[\"w\",8,200]]\n200 ok [[\"r\",8,null],[\"w\",8,200]]\n")

	r := elle.Register(ops(t, reads.String()+updates.String()+writes.String()), elle.Options{})
	require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
	require.Empty(t, r.Tolerated)

	r = elle.Register(ops(t, reads.String()+updates.String()+writes.String()+reads.String()), elle.Options{})
	require.Equal(t, map[elle.Anomaly]int{"G-single-item-realtime": 1}, r.Counts)
	requireRealCycles(t, ops(t, reads.String()+updates.String()+writes.String()+reads.String()), elle.StrongSerializable, r)

	h := ops(t, invokes.String()+completions.String())
	r = elle.Register(h, elle.Options{})
	require.Equal(t, map[elle.Anomaly]int{"G2-item": 1, "lost-update": 1}, r.Counts)
	require.Len(t, r.Cases["G2-item"][0].Ops, 2)
	requireRealCycles(t, h, elle.StrongSerializable, r)
}

// 1 and 1.0 are two values, wherever they occur, and so are two integers that round to the same float.
func TestNumbersAreNotRounded(t *testing.T) {
	for _, pair := range [][2]string{{"1", "1.0"}, {"[1]", "[1.0]"}, {`{"n":9007199254740992}`, `{"n":9007199254740993}`}} {
		r := elle.Register(ops(t, fmt.Sprintf(`
			0 invoke [["w",8,%[1]s]]
			0 ok [["w",8,%[1]s]]
			0 invoke [["r",8,null],["w",8,%[2]s]]
			0 ok [["r",8,%[1]s],["w",8,%[2]s]]
			0 invoke [["r",8,null]]
			0 ok [["r",8,%[2]s]]`, pair[0], pair[1])), elle.Options{})
		require.Empty(t, r.Reasons(), pair)
		require.Equal(t, check.Valid, r.Valid)
	}
}

// A completion without an invocation is a separate transaction, and does not affect the one before.
func TestCompletionWithoutInvocation(t *testing.T) {
	r := elle.Register(ops(t, `
		0 invoke [["w",8,1]]
		0 ok [["w",8,1]]
		0 ok [["r",8,1]]`), elle.Options{Strict: true})
	require.Empty(t, r.Reasons())
	r = elle.Register(ops(t, `
		0 invoke [["w",8,1]]
		0 ok [["w",8,1]]
		0 ok [["r",8,2]]`), elle.Options{})
	require.Equal(t, []string{"garbage-read: T1 (op 2, process 0) read 2 from key 8, which nobody wrote"}, r.Cautions())
}

// A value that is not a transaction is left out and reported, and the rest is judged.
func TestMalformedTransactionIsLeftOut(t *testing.T) {
	r := elle.Register(ops(t, `
		0 invoke [["w",8,1]]
		0 ok [["w",8,1]]
		1 invoke [["w",8,2],["q",8,3]]
		1 ok [["w",8,2],["q",8,3]]
		0 invoke [["r",8,null]]
		0 ok [["r",8,1]]`), elle.Options{})
	require.Equal(t, check.Unknown, r.Valid)
	require.Equal(t, []string{`op 3 is not a transaction: unknown micro-operation "q"`}, r.Reasons())
}
