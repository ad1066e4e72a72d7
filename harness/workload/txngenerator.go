package workload

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/bits"

	"glomers/harness/choice"
)

// A txnGenerator draws transactions as the reference does.
type txnGenerator struct {
	rand      choice.Stream
	write     string // the function of a write
	maxLength int
	maxWrites int
	active    []int       // the keys in use
	newest    int         // the highest key so far
	writes    map[int]int // writes to each active key so far
}

func newTxnGenerator(write string, c Config) (txnGenerator, error) {
	keys := cmp.Or(c.KeyCount, 10)
	g := txnGenerator{
		rand:      c.Rand,
		write:     write,
		maxLength: cmp.Or(c.MaxTxnLength, 4),
		maxWrites: cmp.Or(c.MaxWritesPerKey, 16),
		newest:    keys - 1,
		writes:    make(map[int]int),
	}
	if keys < 1 || g.maxWrites < 1 || g.maxLength < 1 {
		return g, fmt.Errorf("workload: %d keys with %d writes per key in transactions of up to %d: want at least 1 of each",
			keys, g.maxWrites, g.maxLength)
	}
	for key := range keys {
		g.active = append(g.active, key)
	}
	return g, nil
}

// next returns a transaction of 1 to maxLength micro-operations.
func (g *txnGenerator) next() json.RawMessage {
	txn := []byte{'['}
	for i := range 1 + g.rand.IntN(g.maxLength) {
		if i > 0 {
			txn = append(txn, ',')
		}
		txn = g.appendMicroOp(txn)
	}
	return append(txn, ']')
}

// appendMicroOp draws a read or a write with equal probability. If the key of a write already has all its writes, a new key
// takes its place, and everything is drawn again. The values written to a key are 1, 2, 3, …
func (g *txnGenerator) appendMicroOp(b []byte) []byte {
	for {
		write := g.rand.IntN(2) == 1
		i := g.place()
		key := g.active[i]
		if !write {
			return fmt.Appendf(b, `["r",%d,null]`, key)
		}
		if g.writes[key] == g.maxWrites {
			delete(g.writes, key)
			g.newest++
			g.active[i] = g.newest
			continue
		}
		g.writes[key]++
		return fmt.Appendf(b, `[%q,%d,%d]`, g.write, key, g.writes[key])
	}
}

// place draws the index of an active key. Each index is drawn twice as often as the one before it.
func (g *txnGenerator) place() int {
	for {
		back := bits.TrailingZeros64(g.rand.Uint64()) // n with probability 2^-(n+1)
		if back < len(g.active) {
			return len(g.active) - 1 - back
		}
	}
}
