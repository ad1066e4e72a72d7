package main

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/internal/virtualdisk"
	"glomers/node"
	"glomers/node/nodetest"
)

// startOnDisk starts a life of n1. begun is called when a write begins.
func startOnDisk(t *testing.T, d *virtualdisk.Disk, begun func()) *nodetest.Client {
	c := nodetest.NewOnDisk(t, d.Begin(begun), onDisk)
	c.Init("n1")
	return c
}

const askForOne = `{"src":"c1","dest":"n1","body":{"type":"generate","msg_id":1}}`

// In a bubble the clock stands still between one life and the next, as one that is set back does. All ids differ all the same, also if a kill
// comes between the reservation of a block and the sync.
func TestClockStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		last := int64(-1)
		for life := range 10 {
			c := startOnDisk(t, &d, func() {})
			for range 3 {
				c.Deliver(askForOne)
			}
			synctest.Wait()
			require.Empty(t, c.Sent(), "before the sync")
			bytes, _ := d.Writing()
			if life%2 == 0 {
				d.Kill(bytes * life / 10)
				c.Close()
				continue
			}
			d.End()
			for range 3 {
				id := nodetest.Body[generated](c, c.Expect("c1", "generate_ok")).ID
				require.Greater(t, id, last)
				last = id
			}
			d.Kill(0)
			c.Close()
		}
	})
}

// One write is enough for a block of ids.
func TestBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		writes := 0
		c := startOnDisk(t, &d, func() { writes++; go d.End() })
		first := generate(c)
		for range block - 1 {
			c.Deliver(askForOne)
		}
		synctest.Wait()
		require.Equal(t, 1, writes)
		require.Equal(t, first+block*maxNodes, generate(c))
		require.Equal(t, 2, writes)
	})
}

// On a full disk ids that are reserved are given out, and no others.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		d.SetFull(true)
		c := startOnDisk(t, &d, d.EndSoon)
		c.Deliver(askForOne) // the disk is known to be full after this one
		synctest.Wait()
		c.ExpectError(node.TemporarilyUnavailable, "generate", nil)
		d.SetFull(false)
		c.Expect("c1", "generate_ok")
		d.SetFull(true)
		generate(c)
	})
}

func TestDiskOfAnotherProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := nodetest.NewOnDisk(t, d.Begin(d.EndSoon), func(n *node.Node) {
			s := node.OpenStore(n, "")
			node.HandleRPC(n, "write", func(ctx context.Context, _ struct{}) (struct{}, error) {
				s.Append([]byte("x"))
				return struct{}{}, s.Sync(ctx)
			})
		})
		c.Init("n1")
		nodetest.Request[struct{}](c, "write", nil)
		c.Close()
		c = nodetest.NewOnDisk(t, d.Begin(d.EndSoon), onDisk)
		require.Contains(t, c.ExpectError(node.Crash, "init", initBody("n1", "n1")).Text, `"x"`)
	})
}
