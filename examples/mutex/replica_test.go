package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var abc = []string{"a", "b", "c"}

// cluster returns the replicas of nodes, which have joined, by their ids.
func cluster(ids []string) map[string]*replica {
	all := make(map[string]*replica)
	for i, id := range ids {
		all[id] = newReplica(id, ids, int64(100+i))
	}
	for _, id := range ids {
		deliver(all, id, all[id].askAgain())
	}
	return all
}

// deliver gives messages of a node to those that they are for, the answers to it, and so on until all is said.
func deliver(all map[string]*replica, from string, out []envelope) {
	for _, m := range out {
		deliver(all, m.Dest, all[m.Dest].receive(from, m.Message))
	}
}

// Rules 1 to 5 of the paper, one after the other.
func TestAlone(t *testing.T) {
	all := cluster(abc)
	a := all["a"]
	out := a.ask()
	require.Len(t, out, 2, "to request the resource, a process sends the message to every other process")
	require.False(t, a.first(), "it has received no message from every other process timestamped later")
	deliver(all, "a", out[:1])
	require.False(t, a.first())
	deliver(all, "a", out[1:])
	require.True(t, a.first())
	deliver(all, "a", a.release())
	require.False(t, a.first())
}

func TestEarlierRequestGoesFirst(t *testing.T) {
	all := cluster(abc)
	a, c := all["a"], all["c"]
	early, late := c.ask(), a.ask() // concurrent and at the same clock: the order of the nodes decides
	require.Less(t, a.own, c.own)
	deliver(all, "c", early)
	deliver(all, "a", late)
	require.True(t, a.first())
	require.False(t, c.first())

	deliver(all, "a", a.ask()) // a new request, which says that the old one is over
	require.False(t, a.first())
	require.True(t, c.first())
}

// A request is behind all that its node has heard of.
func TestRequestsRespectCausality(t *testing.T) {
	all := cluster(abc)
	c := all["c"]
	deliver(all, "c", c.ask())
	first := c.own
	deliver(all, "a", all["a"].ask())
	require.Greater(t, all["a"].own, first)
}

func TestTickAsksOnlyThoseInTheWay(t *testing.T) {
	all := cluster(abc)
	a := all["a"]
	require.Empty(t, a.askAgain())
	deliver(all, "a", a.ask()[:1]) // what is for c gets lost
	again := a.askAgain()
	require.Len(t, again, 1)
	require.Equal(t, "c", again[0].Dest)
	deliver(all, "a", again)
	require.True(t, a.first())
	require.Empty(t, a.askAgain())
}

func TestOldMessagesAndStrangersAreIgnored(t *testing.T) {
	all := cluster(abc)
	a := all["a"]
	deliver(all, "a", a.ask())
	old := envelope{Dest: "b", Message: state{From: a.life, To: all["b"].life, Time: a.time, Request: a.own}}
	deliver(all, "a", a.release())
	deliver(all, "a", []envelope{old})
	deliver(all, "b", all["b"].ask())
	require.True(t, all["b"].first())
	require.Empty(t, a.receive("z", state{From: 1, Time: 1 << 40, Ask: true}))
	require.Less(t, a.time, int64(1<<40))
}

// A node that was started again has to be told of what it has forgotten, and that its last life is over.
func TestRestart(t *testing.T) {
	all := cluster(abc)
	deliver(all, "b", all["b"].ask())
	require.True(t, all["b"].first())
	old := all["a"].ask()
	all["a"] = newReplica("a", abc, 200)
	a := all["a"]
	require.True(t, a.joining())
	deliver(all, "a", a.askAgain())
	require.False(t, a.joining())
	require.Greater(t, a.time, all["b"].own)
	deliver(all, "a", old)
	deliver(all, "b", all["b"].release())
	deliver(all, "c", all["c"].ask())
	require.True(t, all["c"].first(), "nobody waits for the last life")
}

func TestWordForThePreviousLifeDoesNotCount(t *testing.T) {
	all := cluster(abc)
	late := all["b"].tell(all["b"].peers, false)
	all["a"] = newReplica("a", abc, 200)
	deliver(all, "b", late)
	deliver(all, "c", all["c"].tell(all["c"].peers, false))
	require.True(t, all["a"].joining())
}

func TestASingleNodeIsFirst(t *testing.T) {
	r := newReplica("a", []string{"a"}, 1)
	require.False(t, r.first())
	require.False(t, r.joining())
	require.Empty(t, r.ask())
	require.True(t, r.first())
}

// Whatever is lost, repeated, overtaken or forgotten, no two are in at the same time. And requests are granted in their
// order; if nodes forget, as long as the wall clock is faster than Lamport's.
func TestSafety(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type sent struct {
			from string
			envelope
		}
		ids := abc[:rapid.IntRange(2, 3).Draw(t, "nodes")]
		all := cluster(ids)
		var wire []sent              // that may still arrive
		in, highest := "", int64(-1) // who is in; the highest request that was granted
		life, second := int64(1000), rapid.SampledFrom([]int64{1, 1000}).Draw(t, "second")
		restarts := rapid.IntRange(0, 20).Draw(t, "restarts") // of a hundred steps
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			id := rapid.SampledFrom(ids).Draw(t, "node")
			r := all[id]
			var out []envelope
			switch what := rapid.IntRange(0, 99).Draw(t, "what"); {
			case what < restarts:
				if in != id { // the silence is over
					life += second
					all[id] = newReplica(id, ids, life)
				}
			case what < 30 && in == id:
				in = ""
				out = r.release()
			case what < 30 && r.own == 0 && !r.joining():
				out = r.ask()
			case what < 35:
				out = r.askAgain()
			case len(wire) > 0:
				i := rapid.IntRange(0, len(wire)-1).Draw(t, "message")
				m := wire[i]
				if what < 90 { // or else it comes again
					wire = append(wire[:i], wire[i+1:]...)
				}
				id = m.Dest
				out = all[id].receive(m.from, m.Message)
			}
			for _, m := range out {
				wire = append(wire, sent{id, m})
			}
			for _, id := range ids {
				if r := all[id]; r.first() && in != id {
					require.Empty(t, in, "is in, and now %s is", id)
					require.True(t, r.own > highest || second == 1)
					in, highest = id, r.own
				}
			}
		}
	})
}
