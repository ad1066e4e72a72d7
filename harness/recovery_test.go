package harness

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/node"
)

// Values that nodes pass on five seconds later are there after the reference's recovery, and not after two seconds.
func TestChosenRecovery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		recovery time.Duration
		valid    check.Verdict
		says     string // the beginning of a reason, or of a warning
	}{
		{0, check.Valid, ""},
		{10 * time.Second, check.Valid, ""},
		{2 * time.Second, check.Invalid, "the final operations came 2s after the end of the faults (--recovery; Test.Recovery), where Maelstrom waits 10s: what is missing"},
		{time.Minute, check.Valid, "the final operations came 1m0s after the end of the faults (--recovery; Test.Recovery), where Maelstrom waits 10s: something may"},
	} {
		test := quick("broadcast", InProcess(passLater))
		test.limits.recovery = 0
		test.Recovery, test.Store = c.recovery, t.TempDir()
		res := virtually(t, test)
		require.Equal(t, c.valid, res.Valid, res.Reasons)
		var found []string
		for _, text := range append(res.Reasons, res.Warnings...) {
			if strings.HasPrefix(text, "the final operations came") {
				found = append(found, text)
			}
		}
		meta, err := os.ReadFile(filepath.Join(res.Dir, "test.json"))
		require.NoError(t, err)
		require.Equal(t, c.recovery > 0, strings.Contains(string(meta), `"recovery": "`+c.recovery.String()+`"`))
		if c.says == "" {
			require.Empty(t, found)
			continue
		}
		require.Len(t, found, 1)
		require.True(t, strings.HasPrefix(found[0], c.says), found[0])
	}

	// Without final operations there is nothing to say.
	test := quick("echo", InProcess(registerEcho))
	test.Recovery = time.Minute
	for _, text := range virtually(t, test).Warnings {
		require.NotContains(t, text, "final operations")
	}

	test.Recovery = -1
	_, err := Run(t.Context(), test)
	require.EqualError(t, err, "harness: recovery -1ns: want more than 0")
}

// passLater registers a broadcast node that passes each value on to all others five seconds later.
func passLater(n *node.Node) {
	values := []int{}
	node.HandleRPC(n, "topology", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	node.HandleRPC(n, "read", func(context.Context, struct{}) (valuesBody, error) { return valuesBody{values}, nil })
	node.HandleRPC(n, "broadcast", func(_ context.Context, b valueBody) (struct{}, error) {
		values = append(values, b.Message)
		n.After(5*time.Second, func(context.Context) {
			for _, peer := range n.Others() {
				must(node.Notify(n, peer, "gossip", valuesBody{[]int{b.Message}}))
			}
		})
		return struct{}{}, nil
	})
	node.Receive(n, "gossip", func(_ context.Context, b valuesBody) { values = append(values, b.Messages...) })
}
