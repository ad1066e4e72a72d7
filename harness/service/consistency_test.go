package service

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/node"
)

// readInt returns the value that src reads of a key, or -1 if the key does not exist.
func readInt(t require.TestingT, s Service, src, key string) int {
	r := ask(t, s, src, readBody(key))
	if r.Code == node.KeyDoesNotExist {
		return -1
	}
	v, err := strconv.Atoi(string(r.Value))
	require.NoError(t, err)
	return v
}

// Increments by compare-and-set, from several clients, distinguish a store that keeps every acknowledged write from one that
// does not.
func TestLostWrites(t *testing.T) {
	for _, c := range []struct {
		name  string
		loses bool
	}{{node.LinKV, false}, {node.SeqKV, false}, {node.LWWKV, true}} {
		for seed := range uint64(20) {
			s := newService(t, c.name, seed)
			ask(t, s, "n0", writeBody(`"sum"`, 0))
			settle(t, s, "n0")
			acknowledged := 0
			for i := range 300 {
				src := fmt.Sprintf("n%d", i%3)
				v := readInt(t, s, src, `"sum"`)
				if ask(t, s, src, casBody(`"sum"`, v, v+1)).Type == "cas_ok" {
					acknowledged++
				}
			}
			ask(t, s, "n0", writeBody(`"barrier"`, 1)) // brings n0 up to date in seq-kv
			settle(t, s, "n0")
			final := readInt(t, s, "n0", `"sum"`)
			require.Greater(t, acknowledged, 100, "%s, seed %d", c.name, seed)
			if c.loses {
				require.Less(t, final, acknowledged, "%s, seed %d", c.name, seed)
			} else {
				require.Equal(t, acknowledged, final, "%s, seed %d", c.name, seed)
			}
		}
	}
}

// Readers in seq-kv lag behind by at most 31 states, but never go back: neither for one key, nor from a later write of one key
// to an earlier write of another.
func TestSequentialReads(t *testing.T) {
	const readers = 3
	stale, worst := 0, 0
	for seed := range uint64(20) {
		s := newService(t, node.SeqKV, seed)
		rng := rand.New(rand.NewPCG(seed, 0))
		var seen [readers]int // the last value that each has seen of either key
		for i := range 500 {
			// One state each; y is never ahead of x.
			ask(t, s, "writer", writeBody(`"x"`, 2*i+1))
			ask(t, s, "writer", writeBody(`"y"`, 2*i+2))
			require.Equal(t, 2*i+1, readInt(t, s, "writer", `"x"`), "reads its own writes")
			if rng.IntN(4) > 0 {
				continue
			}
			reader := rng.IntN(readers)
			src := fmt.Sprintf("n%d", reader)
			for _, key := range []string{`"y"`, `"x"`} {
				v := readInt(t, s, src, key)
				require.GreaterOrEqual(t, v, seen[reader]-1, "seed %d: %s goes back in %s", seed, src, key)
				seen[reader] = max(seen[reader], v)
				if lag := 2*i + 2 - v; lag > 1 { // else v is the key's last value
					stale++
					worst = max(worst, lag)
				}
			}
		}
	}
	require.Greater(t, stale, 1000)
	require.Greater(t, worst, window/2)
	require.LessOrEqual(t, worst, window, "31 states, and one more in which the other key was written")
}

// The first read of a new client comes from one of the 32 kept states, with equal probability.
func TestSequentialWindow(t *testing.T) {
	s := newService(t, node.SeqKV, 1)
	const newest, perState = 100, 200
	for i := range newest {
		ask(t, s, "writer", writeBody(`"x"`, i+1)) // makes state i+1
	}
	seen := map[int]int{}
	for i := range window * perState {
		seen[readInt(t, s, fmt.Sprintf("c%d", i), `"x"`)]++
	}
	require.Len(t, seen, window)
	for state := newest - window + 1; state <= newest; state++ {
		require.InDelta(t, perState, seen[state], 5*math.Sqrt(perState), "state %d", state)
	}
}

// All states from a client's position to the newest, both included, are drawn with equal probability.
func TestSequentialDraw(t *testing.T) {
	const ahead, draws = 4, 5000
	seen := map[int]int{}
	for seed := range uint64(draws) {
		s := newService(t, node.SeqKV, seed)
		ask(t, s, "n2", writeBody(`"x"`, 0))
		for i := range ahead {
			ask(t, s, "n1", writeBody(`"x"`, i+1))
		}
		seen[readInt(t, s, "n2", `"x"`)]++
	}
	for state := range ahead + 1 {
		require.InDelta(t, draws/(ahead+1), seen[state], 5*math.Sqrt(draws/(ahead+1)), "state %d", state)
	}
}

// While no client writes, a client that goes on reading reaches the newest state, in a number of reads that is about the
// logarithm of the distance, and stays there. A single read may be stale; a write of a new value is a barrier.
func TestReadersReachTheNewestState(t *testing.T) {
	const seeds = 300
	first, total := 0, 0
	for seed := range uint64(seeds) {
		s := newService(t, node.SeqKV, seed)
		for i := range 100 {
			ask(t, s, "n1", writeBody(`"x"`, i))
		}
		reads := 1
		for ; readInt(t, s, "n2", `"x"`) < 99; reads++ {
			require.Less(t, reads, 100, "seed %d", seed)
		}
		if reads == 1 {
			first++
		}
		total += reads
		for range 10 {
			require.Equal(t, 99, readInt(t, s, "n2", `"x"`), "seed %d", seed)
		}

		require.Equal(t, "20", ask(t, s, "n3", casBody(`"z"`, 0, 1)).outcome(), "fails wherever n3 is, and is no barrier")
		require.Equal(t, "ok", ask(t, s, "n3", writeBody(`"barrier"`, 1)).outcome())
		require.Equal(t, 99, readInt(t, s, "n3", `"x"`))
	}
	require.Less(t, first, seeds/8, "most first reads are stale: 1 in 32 is not")
	// From d states behind, uniform draws take 1 + (1 + 1/2 + … + 1/d) reads on average: 5 if d is 31.
	require.InDelta(t, 5, float64(total)/seeds, 0.5)
}

// A cas in seq-kv that would succeed on an old state, but not on the newest, fails; so
// two clients cannot both take the same step.
func TestSequentialCAS(t *testing.T) {
	for seed := range uint64(100) {
		s := newService(t, node.SeqKV, seed)
		ask(t, s, "n1", writeBody(`"x"`, 0))
		require.Equal(t, "ok", ask(t, s, "n1", casBody(`"x"`, 0, 1)).outcome())
		outcome := ask(t, s, "n2", casBody(`"x"`, 0, 2)).outcome()
		require.Contains(t, []string{"20", "22"}, outcome, "seed %d", seed)
		ask(t, s, "n2", writeBody(`"barrier"`, 1))
		require.Equal(t, 1, readInt(t, s, "n2", `"x"`))
	}
}

// lww-kv may lose the last write of a client even if there is no other client.
func TestLWWForgetsOwnWrites(t *testing.T) {
	lost := 0
	for seed := range uint64(100) {
		s := newService(t, node.LWWKV, seed)
		for i := range 5 {
			ask(t, s, "n1", writeBody(`"x"`, i))
		}
		settle(t, s, "n1")
		if readInt(t, s, "n1", `"x"`) != 4 {
			lost++
		}
	}
	require.Greater(t, lost, 5)
	require.Less(t, lost, 95, "most often the last write does win")
}

// If two values have the same stamp, a merge overwrites the value of the destination.
func TestLWWTies(t *testing.T) {
	for dest := range replicas {
		l := newLWWKV(choice.Seeded(0).Stream(node.LWWKV))
		for at, value := range []string{`"a"`, `"b"`} {
			op := operation{kind: write, key: `"x"`, to: []byte(value)}
			_, fault := l.doAt(at, op)
			require.Nil(t, fault)
		}
		l.merge(1-dest, dest)
		require.Empty(t, l.diverged)
		require.Equal(t, l.keys[`"x"`][0], l.keys[`"x"`][1])
		require.Equal(t, []string{`"b"`, `"a"`}[dest], string(l.keys[`"x"`][0].value))
	}
}
