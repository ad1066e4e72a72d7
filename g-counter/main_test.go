package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// start runs a node among others that say nothing, with a seq-kv.
func start(t *testing.T, durable durability, others ...string) *nodetest.Client {
	c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: durable}) })
	c.Service(node.SeqKV, new(nodetest.KV).Serve)
	c.ExpectError(node.TemporarilyUnavailable, "read", nil)
	c.ExpectError(node.TemporarilyUnavailable, "add", map[string]int{"delta": 1})
	c.Send("n2", "gossip", gossip{Totals: counter{"n2@1": 1}})
	c.Init(append([]string{"n1"}, others...)...)
	return c
}

// read returns the value as it is in the JSON.
func read(c *nodetest.Client) string {
	reply := nodetest.Request[struct{ Value json.RawMessage }](c, "read", nil)
	return string(reply.Value)
}

func add(c *nodetest.Client, delta int64) {
	nodetest.Request[struct{}](c, "add", map[string]int64{"delta": delta})
}

func TestServe(t *testing.T) {
	for _, durable := range []durability{inMemory, inSeqKV} {
		synctest.Test(t, func(t *testing.T) {
			c := start(t, durable, "n2")
			require.Equal(t, "0", read(c))
			add(c, 4)
			add(c, 0)
			add(c, 9223372036854775803)
			require.Equal(t, "9223372036854775807", read(c))
			c.ExpectError(node.MalformedRequest, "add", map[string]int{"delta": 1})

			c.Send("n2", "gossip", gossip{Totals: counter{"n2@1": 5}})
			require.Equal(t, "9223372036854775812", read(c))
			require.True(t, nodetest.Body[gossip](c, c.Expect("n2", "gossip")).Ask, "hello")
			require.EqualValues(t, 5, nodetest.Body[gossip](c, c.Expect("n2", "gossip")).Totals["n2@1"])
		})
	}
}

// Two thousand requests that are not quite right change nothing.
func TestMalformedRequests(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	synctest.Test(t, func(t *testing.T) {
		c := start(t, inSeqKV, "n2")
		add(c, 3)
		for range 2000 {
			body := map[string]json.RawMessage{}
			if delta := notADelta(rng); delta != "" {
				body["delta"] = json.RawMessage(delta)
			}
			require.NotEmpty(t, c.ExpectError(node.MalformedRequest, "add", body).Text, "%s", body)
		}
		for _, totals := range []string{`{"n2@1":-1}`, `{"n2@1":0.5}`, `[1]`, `"x"`, `{"n2@1":9223372036854775808}`} {
			c.Deliver(`{"src":"n2","dest":"n1","body":{"type":"gossip","totals":` + totals + `}}`)
		}
		require.Equal(t, "3", read(c))
		c.ExpectError(node.NotSupported, "subtract", map[string]int{"delta": 1})
	})
}

// notADelta returns a random JSON value that is not an integer from 0, or "" for none at all.
func notADelta(rng *rand.Rand) string {
	n := rng.Int64()
	switch rng.IntN(9) {
	case 0:
		return ""
	case 1:
		return "null"
	case 2:
		return fmt.Sprint(-1 - n>>rng.IntN(63))
	case 3:
		return fmt.Sprintf("%d.%d", n>>rng.IntN(63), rng.IntN(10))
	case 4:
		return fmt.Sprintf("%de%d", n%10, rng.IntN(5))
	case 5:
		return fmt.Sprintf("%q", fmt.Sprint(n))
	case 6:
		return fmt.Sprint(rng.IntN(2) == 0)
	case 7:
		return fmt.Sprintf(`[%d]`, n)
	}
	return fmt.Sprintf(`{"%d":%d}`, n, n)
}
