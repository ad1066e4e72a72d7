package main

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func startCluster(t *testing.T, ids ...string) *nodetest.Cluster {
	return nodetest.StartCluster(t, func(n *node.Node) { serve(n, newPlan(defaultBudget), nil) }, ids...)
}

func read(t *testing.T, c *nodetest.Client) []int64 {
	r := nodetest.Request[struct{ Messages []int64 }](c, "read", nil)
	require.NotNil(t, r.Messages, "an empty set is [], not null")
	return r.Messages
}

func TestClusterSpreadsValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := []string{"n1", "n2", "n3", "n4"}
		c := startCluster(t, ids...)
		nodetest.Request[struct{}](c.Node("n1"), "topology", json.RawMessage(`{"topology":{"n1":["n2"]}}`))
		require.Empty(t, read(t, c.Node("n3")))

		want := []int64{-9223372036854775808, 7, 9223372036854775807}
		for i, v := range want {
			at := c.Node(ids[i])
			nodetest.Request[struct{}](at, "broadcast", map[string]int64{"message": v})
			require.Contains(t, read(t, at), v, "acknowledged means stored here")
		}
		time.Sleep(defaultBudget)
		synctest.Wait()
		for _, id := range ids {
			require.Equal(t, want, read(t, c.Node(id)))
		}
	})
}

func TestMalformedBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCluster(t, "n1").Node("n1")
		for _, body := range []string{
			`{}`, `{"message":null}`, `{"message":1.5}`, `{"message":1.0}`, `{"message":1e3}`, `{"message":"1"}`,
			`{"message":[1]}`, `{"message":true}`, `{"message":9223372036854775808}`,
		} {
			c.ExpectError(node.MalformedRequest, "broadcast", json.RawMessage(body))
			require.Empty(t, read(t, c), body)
		}
	})
}

func TestMalformedGossipIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCluster(t, "n1", "n2").Node("n1")
		for _, have := range []string{`[[2,1]]`, `[1]`, `"x"`, `[[0,1],[1,2]]`} {
			c.Send("n2", "gossip", json.RawMessage(`{"have":`+have+`}`))
		}
		require.Empty(t, read(t, c))
		c.Send("n2", "gossip", json.RawMessage(`{"have":[[3,4]]}`))
		require.Equal(t, []int64{3, 4}, read(t, c))
	})
}
