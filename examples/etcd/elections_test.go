package etcd

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/internal/rsmtest"
)

// Both engines elect a leader within two election timeouts after a kill, at the median, and read without a log entry.
func TestElectionsAndReads(t *testing.T) {
	var ours, theirs []time.Duration
	for seed := range uint64(*seedsFlag) {
		ours, theirs = append(ours, rsmtest.Election(t, seed, rsmtest.Raft)), append(theirs, rsmtest.Election(t, seed, start))
	}
	for engine, times := range map[string][]time.Duration{"raft": ours, "etcd": theirs} {
		slices.Sort(times)
		m := float64(times[len(times)/2]) / float64(rsmtest.ElectionTimeout)
		t.Logf("%s: election after a kill: median %.2f, longest %.2f election timeouts", engine, m, float64(times[len(times)-1])/float64(rsmtest.ElectionTimeout))
		require.Less(t, m, 2.0)
	}
	require.Zero(t, rsmtest.Reading(t, 100, rsmtest.Raft))
	require.Zero(t, rsmtest.Reading(t, 100, start))
}
