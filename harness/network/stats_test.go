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
		"all":     {"send-count":220, "recv-count":217, "msg-count":220, "msgs-per-op":2.2448979591836733, "byte-count":2640, "largest-bytes":12, "bytes-per-op":26.93877551020408},
		"clients": {"send-count":202, "recv-count":202, "msg-count":202, "byte-count":2424, "largest-bytes":12, "bytes-per-op":24.73469387755102},
		"servers": {"send-count":18,  "recv-count":15,  "msg-count":18,  "msgs-per-op":0.1836734693877551, "byte-count":216, "largest-bytes":12, "bytes-per-op":2.204081632653061,
			"busiest": {"node":"n1", "msg-count":15, "byte-count":180, "msg-share":0.8333333333333334, "byte-share":0.8333333333333334}}
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

// Sizes are those of the bodies as written. The load of a node counts its messages from and to nodes and services.
func TestBytes(t *testing.T) {
	n := newCluster(3, Config{})
	bodies := map[[2]string]string{
		{"n0", "n1"}: `{"a":1}`, {"n1", "n0"}: `{ "a" : 1 }`, {"n2", "n0"}: `1`,
		{"c0", "n0"}: `"twelve bytes"`, {"n1", "lin-kv"}: `[]`, {"n2", "n2"}: `"1234567"`,
	}
	for at, body := range bodies {
		_, err := n.Send(0, at[0], at[1], json.RawMessage(body))
		require.NoError(t, err)
	}
	s := n.Stats(4)
	require.Equal(t, int64(14), s.Clients.Bytes)
	require.Equal(t, 3.5, s.Clients.BytesPerOp)
	require.Equal(t, int64(7+11+1+2+9), s.Servers.Bytes)
	require.Equal(t, 7.5, s.Servers.BytesPerOp)
	require.Equal(t, 11, s.Servers.Largest)
	require.Equal(t, 14, s.All.Largest)
	require.Equal(t, int64(44), s.All.Bytes)
	require.Equal(t, 11.0, s.All.BytesPerOp)
	require.Equal(t, Busiest{"n1", Load{3, 20}, 3.0 / 5, 20.0 / 30}, s.Servers.Busiest, "its client's are not in it, a service's are")
}

func TestBusiestIsOneOfTheEquallyBusy(t *testing.T) {
	n := newCluster(3, Config{})
	require.Equal(t, Busiest{}, n.Stats(1).Servers.Busiest)
	send(t, n, 0, "c0", "n0")
	require.Equal(t, Busiest{}, n.Stats(1).Servers.Busiest, "nothing between servers")
	send(t, n, 0, "n1", "n2")
	require.Equal(t, Busiest{"n1", Load{1, 12}, 1, 1}, n.Stats(1).Servers.Busiest)
	_, err := n.Send(0, "n2", "n2", json.RawMessage{})
	require.NoError(t, err)
	require.Equal(t, Busiest{"n2", Load{2, 12}, 1, 1}, n.Stats(1).Servers.Busiest)
}
