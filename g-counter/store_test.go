package main

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// The store begins where the earlier life ended, whatever that had been able to write.
func TestStoreChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kv nodetest.KV
		kv.Set("g-counter/n1", map[string]int{"n1@1": 40, "n2@1": 2})
		c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: inSeqKV}) })
		c.Service(node.SeqKV, kv.Serve)
		c.Init("n1")
		synctest.Wait()
		require.Equal(t, "42", read(c))

		// A swap of the earlier life arrives late, just before the next of this one.
		kv.Set("g-counter/n1", map[string]int{"n1@1": 41, "n2@1": 2})
		add(c, 7)
		require.Equal(t, "50", read(c))
		saved := kv.Get("g-counter/n1").(map[string]any)
		require.Equal(t, json.Number("41"), saved["n1@1"])
		require.Len(t, saved, 3)
	})
}

// A value under the key that is not ours is left alone.
func TestForeignValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kv nodetest.KV
		kv.Set("g-counter/n1", "x")
		c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: inSeqKV}) })
		c.Service(node.SeqKV, kv.Serve)
		c.Init("n1")
		require.Contains(t, c.ExpectError(node.Timeout, "add", map[string]int{"delta": 1}).Text, "perhaps not durable")
		require.Equal(t, "x", kv.Get("g-counter/n1"))
	})
}

// Requests to seq-kv and replies get lost, and nodes are killed and started again. What was acknowledged is
// there in the end, and nothing twice.
func TestFlakySeqKV(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rng, losses := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(1, 2))
		var kv nodetest.KV
		flaky := func(req node.Message) any { // in a goroutine of its own
			if losses.IntN(3) == 0 {
				return nil
			}
			reply := kv.Serve(req)
			if losses.IntN(3) == 0 {
				return nil
			}
			return reply
		}
		acknowledged, attempted := 0, 0
		for range 30 {
			c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: inSeqKV}) })
			c.Service(node.SeqKV, flaky)
			c.Timeout = 10 * node.DefaultTimeout
			c.Init("n1")
			for range rng.IntN(8) {
				attempted++
				var reply struct{ Type string }
				require.NoError(t, json.Unmarshal(c.Do("add", map[string]int{"delta": 1}).Body, &reply))
				if reply.Type == "add_ok" {
					acknowledged++
				}
			}
			c.Close()
			time.Sleep(time.Second)
		}
		c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: inSeqKV}) })
		c.Service(node.SeqKV, kv.Serve)
		c.Init("n1")
		synctest.Wait()
		var sum int
		require.NoError(t, json.Unmarshal([]byte(read(c)), &sum))
		require.GreaterOrEqual(t, sum, acknowledged)
		require.LessOrEqual(t, sum, attempted)
		require.Greater(t, acknowledged, 10)
	})
}

// Without seq-kv a node is as available as with it. Only -durable waits, and says that it does not know.
func TestWithoutSeqKV(t *testing.T) {
	for _, durable := range []durability{inMemory, inSeqKV} {
		synctest.Test(t, func(t *testing.T) {
			c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: durable}) })
			c.Timeout = 3 * node.DefaultTimeout
			c.Service(node.SeqKV, func(node.Message) any { return nil })
			c.Init("n1", "n2")
			if durable == inSeqKV {
				c.ExpectError(node.Timeout, "add", map[string]int{"delta": 3})
			} else {
				add(c, 3)
			}
			require.Equal(t, "3", read(c))
			c.Expect("n2", "gossip") // hello
			told := nodetest.Body[gossip](c, c.Expect("n2", "gossip"))
			require.Equal(t, "3", told.Totals.value().String(), "others are told of what is not durable, too")
		})
	}
}

// Adds that wait together share one swap.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const adds = 100
		c := nodetest.New(t, func(n *node.Node) { serve(n, settings{durable: inSeqKV}) })
		c.Init("n1")
		c.Reply(c.Expect(node.SeqKV, "cas"), nil) // that of the start
		for range adds {
			c.Send("c1", "add", map[string]int{"delta": 1})
		}
		first := c.Expect(node.SeqKV, "cas")
		synctest.Wait()
		c.Reply(first, nil)
		others := c.Expect(node.SeqKV, "cas")
		synctest.Wait()
		c.Reply(others, nil)
		synctest.Wait()
		require.Contains(t, string(first.Body), `":1}`)
		require.Contains(t, string(others.Body), `":100}`)
		require.Empty(t, c.Sent(), "no third swap")
	})
}
