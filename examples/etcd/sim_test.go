package etcd

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/examples/internal/rsmtest"
	"glomers/examples/raft/rsm"
)

var seedsFlag = flag.Int("seeds", 60, "simulate so many seeds")

func start(id string, voters []string, rng *rand.Rand, state []byte, records [][]byte) (rsm.Engine[Message], error) {
	return Restore(Config{ID: id, Voters: voters, Rand: rng, ElectionTimeout: rsmtest.ElectionTimeout}, state, records)
}

func TestPromises(t *testing.T) { rsmtest.Promises(t, *seedsFlag, start) }

// The same seed is the same run, although the library draws from a source of its own.
func TestDeterminism(t *testing.T) {
	for seed := range uint64(5) {
		require.Equal(t, rsmtest.Run(t, seed, start), rsmtest.Run(t, seed, start))
	}
}

// Clusters of both kinds are given the same schedule of clients and faults. Both keep all promises (see rsmtest.Run), and every command of a node
// that was not killed later is applied by both. The order may differ: it is that of arrivals at the leader, and leaders differ.
func TestBothEngines(t *testing.T) {
	var certain, orders int
	for seed := range uint64(*seedsFlag) {
		ours, theirs := rsmtest.Run(t, seed, rsmtest.Raft), rsmtest.Run(t, seed, start)
		require.Equal(t, ours.Commands, theirs.Commands, "seed %d: clients have asked for the same", seed)
		for _, c := range ours.Commands {
			if !c.Lost {
				certain++
				require.Contains(t, ours.Journal, c.Number, "seed %d", seed)
				require.Contains(t, theirs.Journal, c.Number, "seed %d", seed)
			}
		}
		if len(ours.Journal) > 0 && !slices.Equal(ours.Journal, theirs.Journal) {
			orders++
		}
	}
	t.Logf("%d seeds: %d commands must be applied by both; in %d seeds the orders differ", *seedsFlag, certain, orders)
	require.Greater(t, certain, 30**seedsFlag)
}
