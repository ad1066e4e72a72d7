package harness

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// TestVirtualTime runs the engine in a synctest bubble: the same seed must give the same run, to
// the byte of the journal.
func TestVirtualTime(t *testing.T) {
	store := t.TempDir()
	once := func(seed uint64, faithful bool) (digest [sha256.Size]byte, res Result) {
		synctest.Test(t, func(t *testing.T) {
			var err error
			res, err = Run(t.Context(), Test{
				Workload: "broadcast", Program: InProcess(registerBroadcast), NodeCount: 5, Rate: 20, TimeLimit: 10 * time.Second,
				Latency: 20 * time.Millisecond, LatencyDist: "exponential", Nemesis: []string{"partition"}, NemesisInterval: 2 * time.Second,
				Seed: seed, Faithful: faithful, Store: store, Settle: synctest.Wait,
			})
			require.NoError(t, err)
		})
		journal, err := os.ReadFile(filepath.Join(res.Dir, "journal.jsonl"))
		require.NoError(t, err)
		history, err := os.ReadFile(filepath.Join(res.Dir, "history.jsonl"))
		require.NoError(t, err)
		return sha256.Sum256(append(journal, history...)), res
	}
	seen := map[[sha256.Size]byte]bool{}
	for _, faithful := range []bool{false, true} {
		first, res := once(7, faithful)
		require.Equal(t, check.Valid, res.Valid, res.Reasons)
		require.Positive(t, res.Nemesis.Dropped)
		require.Zero(t, res.Lag.Max)
		second, _ := once(7, faithful)
		require.Equal(t, first, second)
		other, _ := once(8, faithful)
		seen[first], seen[other] = true, true
	}
	require.Len(t, seen, 4)
}
