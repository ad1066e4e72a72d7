package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
	"glomers/internal/virtualdisk"
	"glomers/node"
	"glomers/node/nodetest"
)

// startOnDisk starts a life of n2 beside n1, the hub, which says nothing. begun is called when a write begins.
func startOnDisk(t *testing.T, d *virtualdisk.Disk, begun func()) *nodetest.Client {
	c := nodetest.NewOnDisk(t, d.Begin(begun), func(n *node.Node) { serve(n, newPlan(defaultBudget), node.OpenStore(n, "")) })
	c.Init("n2", "n1")
	return c
}

// ask sends a request whose reply the test does not wait for.
func ask(c *nodetest.Client, id int, body string) {
	c.Deliver(fmt.Sprintf(`{"src":"c1","dest":"n2","body":{%s,"msg_id":%d}}`, body, id))
}

func give(c *nodetest.Client, v int64) {
	nodetest.Request[struct{}](c, "broadcast", map[string]int64{"message": v})
}

// A kill before the sync: neither clients nor nodes have been told of the value. After the sync it is there for ever, and the others are told
// of it, who may have lost it.
func TestKillBetweenBroadcastAndSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, d.EndSoon)
		give(c, -7)
		c.Close()

		c = startOnDisk(t, &d, func() {})
		ask(c, 1, `"type":"broadcast","message":3`)
		ask(c, 2, `"type":"read"`)
		time.Sleep(10 * time.Second)
		for _, m := range c.Sent() {
			require.NotContains(t, []string{"broadcast_ok", "read_ok"}, m.Type(), "before the sync")
			require.NotContains(t, string(m.Body), "[3,3]", "before the sync")
		}
		d.Kill(5)
		c.Close()

		c = startOnDisk(t, &d, d.EndSoon)
		require.Equal(t, []int64{-7}, read(t, c))
		require.Equal(t, set{{-7, -7}}, nodetest.Body[gossip](c, c.Expect("n1", "gossip")).Have)
	})
}

// What others have is shown and passed on without a disk, and asked for again after a kill.
func TestValuesOfOthersAreNotOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, func() { t.Error("a write") })
		c.Send("n1", "gossip", gossip{Have: set{{1, 9}}})
		require.Len(t, read(t, c), 9)
		c.Close()
		c = startOnDisk(t, &d, func() {})
		require.Empty(t, read(t, c))
		require.True(t, nodetest.Body[gossip](c, c.Expect("n1", "gossip")).Ask)
	})
}

// On a full disk broadcasts are refused, and reads go on.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, d.EndSoon)
		give(c, 1)
		d.SetFull(true)
		ask(c, 1, `"type":"broadcast","message":2`) // the disk is known to be full after this one
		synctest.Wait()
		c.ExpectError(node.TemporarilyUnavailable, "broadcast", map[string]int{"message": 3})
		d.SetFull(false)
		time.Sleep(time.Second)
		require.Equal(t, []int64{1, 2}, read(t, c))
	})
}

// A state stands for the records before it.
func TestStateStandsForRecords(t *testing.T) {
	life := func(state []byte, records ...[]byte) *replica {
		r := newReplica(newPlan(defaultBudget), "a", []string{"a", "b"}, rand.New(rand.NewPCG(1, 1)))
		require.NoError(t, r.restore(state, records))
		return r
	}
	r := life(nil)
	r.broadcast(5, 0)
	r.broadcast(-5, 0)
	require.Equal(t, [][]byte{[]byte("5"), []byte("-5")}, r.Unsaved())
	require.Empty(t, r.Unsaved())
	state := r.State()
	r.broadcast(6, 0)
	require.Equal(t, r.have, life(state, r.Unsaved()...).have)
	require.ErrorContains(t, r.restore([]byte(`[[2,1]]`), nil), "is no set")
	require.ErrorContains(t, r.restore(nil, [][]byte{[]byte("5.0")}), `"5.0"`)
}

// Any nodes are killed, also all of them at once, and come back with the values of their clients. Soon every node has every value, with any
// budget.
func TestKillWithDisks(t *testing.T) {
	const n, values = 6, 400
	for _, budget := range budgets {
		rng := rand.New(rand.NewPCG(1, 1))
		c := puresim.New(n, func(c *puresim.Cluster[gossip, *replica], i int) *replica {
			r := newReplica(newPlan(budget), c.IDs[i], c.IDs, rng)
			require.NoError(t, r.restore(nil, c.Records(i)))
			return r
		})
		c.Latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(hop)) }
		var given set
		for v := range int64(values) {
			c.At(time.Duration(v)*20*time.Millisecond, func() {
				if c.Do(rng.IntN(n), func(r *replica, now time.Duration) []envelope { return r.broadcast(v, now) }) {
					given = given.union(set{{v, v}})
				}
			})
		}
		for c.Now() < values*20*time.Millisecond {
			c.Run(c.Now() + time.Duration(rng.Int64N(int64(time.Second))))
			victims := 1 + rng.IntN(1<<n-1) // a set of nodes
			if rng.IntN(4) == 0 {
				victims = 1<<n - 1
			}
			for i := range n {
				if victims>>i&1 == 1 {
					c.Start(i)
				}
			}
		}
		c.Run(c.Now() + 2*exchangeEvery)
		for i := range n {
			require.Equal(t, given, c.Machine(i).have, "%v: n%d", budget, i)
		}
	}
}
