package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/kafka"
	"glomers/harness/sim"
)

// What README.md says of kills: a message that only a killed node had is lost, which shows in no other ways than these. None
// is lost that was acknowledged after replication.
func TestKillsLoseWhatOneNodeHas(t *testing.T) {
	consequences := []string{kafka.Unseen, kafka.LostWrite, kafka.PollSkip, kafka.IntPollSkip, kafka.InconsistentOffsets}
	for seed := range uint64(6) {
		for _, acksAll := range []bool{false, true} {
			test := kills(lighter(challenge5b(acksAll)))
			test.Seed = seed + 1
			res, err := sim.Run(t, test)
			require.NoError(t, err)
			found := res.Workload.(*kafka.Result).BadErrorTypes
			t.Logf("seed %d, acks=all %v: %v %v", test.Seed, acksAll, res.Valid, found)
			if acksAll {
				require.Equal(t, check.Valid, res.Valid)
				continue
			}
			require.Equal(t, check.Invalid, res.Valid)
			require.Subset(t, consequences, found)
			require.Contains(t, found, kafka.Unseen)
		}
	}
}
