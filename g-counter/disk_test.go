package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
	"glomers/internal/virtualdisk"
	"glomers/node"
	"glomers/node/nodetest"
)

// startOnDisk starts a life of n1 beside n2, which says nothing. begun is called when a write begins.
func startOnDisk(t *testing.T, d *virtualdisk.Disk, begun func()) *nodetest.Client {
	c := nodetest.NewOnDisk(t, d.Begin(begun), func(n *node.Node) { serve(n, settings{durable: onDisk}) })
	c.Init("n1", "n2")
	return c
}

// ask sends a request whose reply the test does not wait for.
func ask(c *nodetest.Client, id int, body string) {
	c.Deliver(fmt.Sprintf(`{"src":"c1","dest":"n1","body":{%s,"msg_id":%d}}`, body, id))
}

// A kill before the sync: nobody has been told of the add. After the sync, the add is there for ever, and it is counted once.
func TestKillBetweenAddAndSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, d.EndSoon)
		add(c, 40)
		c.Close()

		c = startOnDisk(t, &d, func() {})
		synctest.Wait()
		d.End() // the new life's 0
		ask(c, 1, `"type":"add","delta":2`)
		ask(c, 2, `"type":"read"`)
		time.Sleep(3 * gossipEvery)
		for _, m := range c.Sent() {
			require.NotContains(t, []string{"add_ok", "read_ok"}, m.Type(), "before the sync")
			require.NotContains(t, string(m.Body), ":2}", "before the sync")
		}
		d.Kill(3)
		c.Close()

		c = startOnDisk(t, &d, d.EndSoon)
		require.Equal(t, "40", read(c))
		add(c, 5)
		c.Close()
		c = startOnDisk(t, &d, d.EndSoon)
		require.Equal(t, "45", read(c))
	})
}

// What a node has said that it has, it has after a kill.
func TestAckedTotalsSurvive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, d.EndSoon)
		require.Equal(t, "0", read(c))
		c.Expect("n2", "gossip") // hello
		c.Send("n2", "gossip", gossip{Totals: counter{"n2@1": 9}, Ask: true})
		require.EqualValues(t, 9, nodetest.Body[gossip](c, c.Expect("n2", "gossip")).Totals["n2@1"])
		c.Close()
		require.Equal(t, "9", read(startOnDisk(t, &d, d.EndSoon)))
	})
}

// On a full disk adds are refused, and reads go on.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, d.EndSoon)
		add(c, 1)
		d.SetFull(true)
		ask(c, 1, `"type":"add","delta":2`) // the disk is known to be full after this one
		synctest.Wait()
		c.ExpectError(node.TemporarilyUnavailable, "add", map[string]int{"delta": 4})
		d.SetFull(false)
		time.Sleep(time.Second)
		require.Equal(t, "3", read(c))
	})
}

// Kills at random moments leave a random part of a write.
func TestDiskLives(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		acknowledged, attempted := 0, 0
		for range 100 {
			c := startOnDisk(t, &d, func() {})
			for range rng.IntN(6) {
				for range rng.IntN(3) {
					attempted++
					ask(c, attempted, `"type":"add","delta":1`)
				}
				synctest.Wait()
				if rng.IntN(2) == 0 {
					d.End()
				}
				synctest.Wait()
			}
			bytes, _ := d.Writing()
			d.Kill(rng.IntN(bytes + 1))
			for _, m := range c.Sent() {
				if m.Type() == "add_ok" {
					acknowledged++
				}
			}
			c.Close()
		}
		c := startOnDisk(t, &d, d.EndSoon)
		sum, err := strconv.Atoi(read(c))
		require.NoError(t, err)
		require.GreaterOrEqual(t, sum, acknowledged)
		require.LessOrEqual(t, sum, attempted)
		require.Greater(t, acknowledged, 50)
		require.Less(t, acknowledged, attempted)
	})
}

// A state stands for the records before it.
func TestStateStandsForRecords(t *testing.T) {
	life := func(state []byte, records ...[]byte) *replica {
		r := newReplica("a", ids, time.Unix(0, 7))
		require.NoError(t, r.restore(state, records))
		return r
	}
	r := life(nil)
	require.Equal(t, [][]byte{[]byte(`{"a@7":0}`)}, r.Unsaved())
	r.Receive("b", gossip{Totals: counter{"b@1": 3, "c@1": 4}}, 0)
	require.Equal(t, [][]byte{[]byte(`{"b@1":3,"c@1":4}`)}, r.Unsaved())
	require.Empty(t, r.Unsaved())
	state := r.State()
	require.NoError(t, r.add(5))
	require.Equal(t, r.totals, life(state, r.Unsaved()...).totals)
	require.ErrorContains(t, r.restore(nil, [][]byte{[]byte(`{"b@1":-3}`)}), `{\"b@1\":-3}`)
}

func TestFlag(t *testing.T) {
	for value, want := range map[string]durability{"true": inSeqKV, "false": inMemory, "seq-kv": inSeqKV, "disk": onDisk} {
		var d durability
		require.NoError(t, d.Set(value))
		require.Equal(t, want, d)
	}
	require.Error(t, new(durability).Set("yes"))
}

// Any nodes are killed, also all of them at once, and come back with their disks. Every add is counted once.
func TestKillWithDisks(t *testing.T) {
	const n, adds = 3, 600
	rng := rand.New(rand.NewPCG(1, 1))
	c := puresim.New(n, func(c *puresim.Cluster[gossip, *replica], i int) *replica {
		r := newReplica(c.IDs[i], c.IDs, c.Wall(i))
		require.NoError(t, r.restore(nil, c.Records(i)))
		return r
	})
	c.Latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(200*time.Millisecond)) }
	sum := int64(0)
	for at := range adds {
		c.At(time.Duration(at)*20*time.Millisecond, func() {
			if c.Do(rng.IntN(n), func(r *replica, _ time.Duration) []envelope { require.NoError(t, r.add(int64(at))); return nil }) {
				sum += int64(at)
			}
		})
	}
	for c.Now() < adds*20*time.Millisecond {
		c.Run(c.Now() + time.Duration(rng.Int64N(int64(time.Second))))
		victims := 1 + rng.IntN(1<<n-1) // a set of nodes
		for i := range n {
			if victims>>i&1 == 1 {
				before := c.Machine(i).totals.value()
				c.Start(i)
				require.Zero(t, before.Cmp(c.Machine(i).totals.value()), "a read never shows less than one before")
			}
		}
	}
	c.Run(c.Now() + 5*time.Second)
	for i := range n {
		require.Equal(t, sum, c.Machine(i).totals.value().Int64())
	}
}
