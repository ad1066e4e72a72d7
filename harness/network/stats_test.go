package network

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// The figures of a run with a partition, as the reference harness wrote them:
// 98 operations, 220 messages, of which three never arrived.
func TestStatsAsTheReference(t *testing.T) {
	n := newCluster(3, Config{})
	for range 101 {
		send(t, n, 0, "c0", "n0")
		send(t, n, 0, "n0", "c0")
	}
	for range 10 {
		send(t, n, 0, "n0", "n1")
	}
	for range 5 {
		send(t, n, 0, "lin-kv", "n1")
	}
	deliverAll(n, 0)
	require.NoError(t, cut(n, 0, []Link{{Dest: "n2", Src: "n0"}}))
	for range 3 {
		send(t, n, 0, "n0", "n2")
	}
	deliverAll(n, 0)

	require.Equal(t, 220, n.SentCount())
	require.Equal(t, 3, n.Dropped())
	got, err := json.Marshal(n.Stats(98))
	require.NoError(t, err)
	require.JSONEq(t, `{
		"all":     {"send-count":220, "recv-count":217, "msg-count":220, "msgs-per-op":2.2448979591836733},
		"clients": {"send-count":202, "recv-count":202, "msg-count":202},
		"servers": {"send-count":18,  "recv-count":15,  "msg-count":18,  "msgs-per-op":0.1836734693877551}
	}`, string(got))
	// Clojure's float has 32 bits.
	require.Equal(t, float32(2.2448978), float32(n.Stats(98).All.MsgsPerOp))
	require.Equal(t, float32(0.18367347), float32(n.Stats(98).Servers.MsgsPerOp))
}

func TestStatsWithoutOperations(t *testing.T) {
	n := newCluster(2, Config{})
	send(t, n, 0, "n0", "n1")
	require.Zero(t, n.Stats(0).All.MsgsPerOp)
	require.Equal(t, 1, n.Stats(0).All.Sent)
	require.Zero(t, n.Stats(0).All.Received, "under way")
}
