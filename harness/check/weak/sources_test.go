package weak

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A pair of transactions costs no more than the smaller of two numbers: the reads of the reader and the writes of the writer.
// This keeps the time at O(n^3/2). Here, many transactions read little from one that wrote much, and one transaction reads
// much from many that wrote little.
func TestPairsCostTheSmallerSide(t *testing.T) {
	const n = 100
	h := &History{Keys: 2 * n, Versions: 2 * n}
	var wide, reader Txn
	for i := range int32(n) {
		wide.Ops = append(wide.Ops, Op{Write: true, Key: i, Version: i})
	}
	h.Txns = append(h.Txns, wide)
	for i := range int32(n) {
		h.Txns = append(h.Txns, Txn{Session: 1 + int(i), Ops: []Op{{Key: i, Version: i}, {Write: true, Key: n + i, Version: n + i}}})
		reader.Ops = append(reader.Ops, Op{Key: n + i, Version: n + i})
	}
	reader.Session = n + 1
	h.Txns = append(h.Txns, reader)

	x := newIndex(h)
	x.readOps()
	x.commit()
	s := x.sources()
	require.Len(t, s.byReader, n)
	for _, p := range s.byReader {
		require.EqualValues(t, n+1, p.reader)
	}
	require.Len(t, s.byWriter, n)
	for _, p := range s.byWriter {
		require.Zero(t, p.from)
	}
	require.Equal(t, [NumLevels]Verdict{}, Decide(h).Levels)
}
