package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/virtualdisk"
	"glomers/node"
	"glomers/node/nodetest"
)

// Any nodes are killed, also all of them at once, and come back with their disks. Nothing that was sent is lost, and nothing that was shown
// moves, with any kind of acknowledgement and any number of copies.
func TestKillWithDisks(t *testing.T) {
	for _, o := range []settings{{pace: pace}, {pace: pace, orderOnly: true}, {pace: paceAll, acksAll: true}} {
		for n := 1; n <= 3; n++ {
			rng := rand.New(rand.NewPCG(7, uint64(n)))
			s := newReplicasOn(t, true, o, n, 1, 0)
			s.Latency = func() time.Duration { return time.Duration(rng.ExpFloat64() * float64(20*time.Millisecond)) }
			s.Copies = func(int, int) int { return min(1, rng.IntN(10)) + rng.IntN(10)/9 }
			s.load(200, 5*time.Second)
			for s.Now() < 5*time.Second {
				s.Run(s.Now() + time.Duration(rng.Int64N(int64(500*time.Millisecond))))
				victims := 1 + rng.IntN(1<<n-1) // a set of nodes
				for i := range n {
					if victims>>i&1 == 1 {
						s.Kill(i)
					}
				}
				s.Run(s.Now() + time.Duration(rng.Int64N(int64(100*time.Millisecond))))
				for i := range n {
					if victims>>i&1 == 1 {
						s.restart(i)
					}
				}
			}
			s.Copies = connected
			s.Run(s.Now() + 3*time.Second)
			require.Greater(t, len(s.sends), 200)
			s.requireAll(always)
		}
	}
}

// A disk that is lost is made up for by the other nodes, for what they have; the node waits until it has heard all of them.
func TestLostDisk(t *testing.T) {
	s := newReplicasOn(t, true, settings{pace: pace}, 3, 1, time.Millisecond)
	s.Run(time.Second)
	for range 10 {
		s.send(0)
	}
	s.Run(2 * time.Second)
	s.Kill(0)
	s.loseDisk(0)
	s.Copies = severed
	s.restart(0)
	s.Run(time.Minute)
	require.False(t, s.writes(0))
	s.Copies = connected
	s.Run(s.Now() + time.Second)
	require.True(t, s.writes(0))
	s.requireAll(always)
}

// A node that was killed while the other nodes made up for its lost disk has only a part of its past on the new disk, so it still waits.
func TestKillAfterLostDisk(t *testing.T) {
	s := newReplicasOn(t, true, settings{pace: pace}, 3, 1, time.Millisecond)
	s.Run(time.Second)
	without := func(other int) {
		s.Copies = func(from, to int) int {
			if from+to == other { // nodes 0 and other
				return 0
			}
			return 1
		}
	}
	s.send(0)
	s.Run(s.Now() + time.Second)
	without(1)
	for range 10 {
		s.send(0) // node 2 gets them, and passes nothing on
	}
	s.Run(s.Now() + time.Second)
	s.Kill(0)
	s.loseDisk(0)
	without(2)
	s.restart(0)
	s.Run(s.Now() + time.Second)
	require.NotEmpty(t, s.Machine(0).own(), "what node 1 has")
	require.False(t, s.writes(0))

	s.Kill(0)
	s.restart(0)
	s.Run(s.Now() + time.Minute)
	require.NotEmpty(t, s.Machine(0).own(), "on the disk")
	require.False(t, s.writes(0))
	s.Copies = connected
	s.Run(s.Now() + time.Second)
	require.True(t, s.send(0))
	s.Run(s.Now() + time.Second)
	s.requireAll(always)
}

// A node that has joined but written nothing goes on at once when it starts again, even if it reaches nobody.
func TestKillBeforeFirstWrite(t *testing.T) {
	s := newReplicasOn(t, true, settings{pace: pace}, 2, 1, time.Millisecond)
	s.Run(time.Second)
	s.Kill(0)
	s.Copies = severed
	s.restart(0)
	require.Empty(t, s.Machine(0).own())
	require.True(t, s.send(0))
	s.Copies = connected
	s.Run(s.Now() + time.Second)
	s.requireAll(always)
}

// A clock that is set back makes no incarnation one that peers take for an earlier life.
func TestIncarnationsAscend(t *testing.T) {
	life := func(clock int64, records ...[]byte) *replica {
		r := newReplica("n0", []string{"n0", "n1"}, settings{pace: pace}, clock)
		require.NoError(t, r.restore(nil, records))
		return r
	}
	first := life(100)
	second := life(50, first.Unsaved()...)
	require.Greater(t, second.incarnation, first.incarnation)
	require.EqualValues(t, 1000, life(1000, second.State()).incarnation)
}

// A state stands for the records before it, also if messages have characters that JSON may write in other ways.
func TestStateStandsForRecords(t *testing.T) {
	life := func(state []byte, records ...[]byte) *replica {
		r := newReplica("n0", []string{"n0", "n1"}, settings{pace: pace}, 1)
		require.NoError(t, r.restore(state, records))
		r.state = joined
		return r
	}
	r := life(nil)
	require.Len(t, r.Unsaved(), 1, "the incarnation")
	require.Empty(t, r.Unsaved())
	r.send("k", json.RawMessage(`"<&>"`), 0)
	r.Receive("n1", message{Incarnation: 1, Of: 1, Length: 1, Mine: run{0, []item{{opSend, "k", 1, json.RawMessage(`1e400`)}}}}, 0)
	require.Len(t, r.Unsaved(), 1, "one for both journals")
	state := r.State()
	require.Contains(t, string(state), `"<&>"`)
	r.send("k", json.RawMessage(`null`), 0)
	r.commit([]keyOffset{{"k", 1}}, 0)
	require.Equal(t, r.journals, life(state, r.Unsaved()...).journals)
}

func TestRestoreRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"journals":[{"node":2,"from":0,"items":[{"op":"promise","key":"k","offset":0}]}]}`: "journal of node 2 at 0",
		`{"journals":[{"node":0,"from":1,"items":[{"op":"promise","key":"k","offset":0}]}]}`: "journal of node 0 at 1",
		`{"journals":[{"node":1,"from":0,"items":[{"op":"send","key":"k","offset":0}]}]}`:    "journal of node 1 at 0",
		`[]`: "is no record",
	} {
		r := newReplica("n0", []string{"n0", "n1"}, settings{pace: pace}, 1)
		require.ErrorContains(t, r.restore(nil, [][]byte{[]byte(text)}), want)
	}
}

// startOnDisk starts a life of n1, which is alone.
func startOnDisk(t *testing.T, d *virtualdisk.Disk, begun func(), orderOnly bool) *nodetest.Client {
	c := nodetest.NewOnDisk(t, d.Begin(begun), func(n *node.Node) { serve(n, timings(false, orderOnly), node.OpenStore(n, "")) })
	c.Init("n1")
	return c
}

func send(c *nodetest.Client, msg int) int64 {
	return nodetest.Request[sendReply](c, "send", map[string]any{"key": "k", "msg": msg}).Offset
}

// A kill before the sync: no client has been told of the message, and another may have its offset. After the sync it is there for ever.
func TestKillBetweenSendAndSync(t *testing.T) {
	for _, orderOnly := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var d virtualdisk.Disk
			c := startOnDisk(t, &d, d.EndSoon, orderOnly)
			require.EqualValues(t, 0, send(c, 7))
			c.Close()

			c = startOnDisk(t, &d, func() {}, orderOnly)
			for id, body := range []string{`"type":"send","key":"k","msg":8`, `"type":"poll","offsets":{"k":1}`} {
				c.Deliver(fmt.Sprintf(`{"src":"c1","dest":"n1","body":{%s,"msg_id":%d}}`, body, id+1))
			}
			time.Sleep(patience / 2)
			for _, m := range c.Sent() {
				require.NotEqual(t, "send_ok", m.Type(), "before the sync")
				require.NotContains(t, string(m.Body), "8", "before the sync")
			}
			d.Kill(20)
			c.Close()

			c = startOnDisk(t, &d, d.EndSoon, orderOnly)
			require.EqualValues(t, 1, send(c, 9))
			poll := nodetest.Request[json.RawMessage](c, "poll", map[string]any{"offsets": map[string]int{"k": 0}})
			require.Contains(t, string(poll), `{"k":[[0,7],[1,9]]}`)
		})
	}
}

// Who waits for the disk too long is told that nothing is known, and who comes after that, that the disk is full.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d virtualdisk.Disk
		c := startOnDisk(t, &d, d.EndSoon, false)
		send(c, 1)
		d.SetFull(true)
		body := map[string]any{"key": "k", "msg": 2}
		require.Contains(t, c.ExpectError(node.Timeout, "send", body).Text, "may be stored")
		c.ExpectError(node.TemporarilyUnavailable, "send", body)
		d.SetFull(false)
		time.Sleep(time.Second)
		require.EqualValues(t, 2, send(c, 3))
	})
}
