package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// Each violation of the rules is detected within a few seeds.
func TestReplayCatchesUnrulyNodes(t *testing.T) {
	for name, register := range map[string]func(*node.Node){
		"map order": mapOrder, "timer tie": timerTie, "shared random numbers": sharedRand,
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) {
				test := broadcast(register)
				test.Seed = seed
				if err := Replay(t, test); err != nil {
					require.ErrorContains(t, err, "gives different runs: event ")
					return
				}
			}
			require.Fail(t, "the node was not caught")
		})
	}
}

func TestReplayLetsOthersPass(t *testing.T) {
	for seed := range uint64(5) {
		test := broadcast(wellBehaved, "partition", "loss", "duplicate", "reorder", "slow", "pause", "kill", "skew")
		test.Seed = seed
		require.NoError(t, Replay(t, test))
	}
}

// A run that is broken cannot be compared.
func TestReplayOfABrokenRun(t *testing.T) {
	err := Replay(t, echo(func(n *node.Node, _ string) { _ = node.Notify(n, "n99", "hello", struct{}{}) }))
	require.ErrorContains(t, err, `sent a message to nobody`)
}
