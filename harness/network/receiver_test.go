package network

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// run delivers all messages under way, each when it is due, and returns their events in the journal.
func run(n *Network, journal *[]Event) []string {
	for {
		due, ok := n.NextDue()
		if !ok {
			break
		}
		n.Deliver(due)
	}
	if n.BytesInFlight() != 0 {
		panic("bytes are under way, and no messages")
	}
	var got []string
	for _, e := range *journal {
		if e.Kind != Sent {
			got = append(got, fmt.Sprintf("%v %s %s>%s", e.Time, e.Kind, e.Src, e.Dest))
		}
	}
	return got
}

func newBlocking(latency time.Duration) (*Network, *[]Event) {
	journal := new([]Event)
	return newCluster(3, Config{Latency: latency, Blocking: true, Journal: func(e Event) error {
		*journal = append(*journal, e)
		return nil
	}}), journal
}

// A request waits for the message on which its node sleeps. It is then taken before messages that are due later. It delays no
// other receiver.
func TestReceiverSleeps(t *testing.T) {
	n, journal := newBlocking(100 * ms)
	send(t, n, 0, "n1", "n0")
	send(t, n, 10*ms, "n2", "n0")
	send(t, n, 20*ms, "c0", "n0")
	send(t, n, 20*ms, "c0", "n1")
	send(t, n, 30*ms, "n0", "lin-kv")
	send(t, n, 40*ms, "c0", "lin-kv") // services have receivers, too
	require.Equal(t, 6, n.InFlight())
	require.Equal(t, []string{
		"20ms recv c0>n1", "100ms recv n1>n0", "100ms recv c0>n0", "110ms recv n2>n0", "130ms recv n0>lin-kv", "130ms recv c0>lin-kv",
	}, run(n, journal))
	require.Zero(t, n.InFlight())
}

// A sleeping receiver is not woken by a message that is due earlier.
func TestReceiverIsNotWoken(t *testing.T) {
	n, journal := newBlocking(100 * ms)
	require.NoError(t, n.Impair(0, "slow", []Link{{Dest: "n0", Src: "n1"}}, Impairment{Delay: 900 * ms}))
	send(t, n, 0, "n1", "n0")
	send(t, n, 1*ms, "n2", "n0")
	require.Equal(t, []string{"1s recv n1>n0", "1s recv n2>n0"}, run(n, journal))
}

// The state of a link counts when the receiver takes the message. If the link is cut then, the message is lost at once, and
// delays no other message.
func TestReceiverLooksBeforeItSleeps(t *testing.T) {
	n, journal := newBlocking(100 * ms)
	send(t, n, 0, "n1", "n0") // is taken at once
	require.NoError(t, cut(n, 10*ms, []Link{{Dest: "n0", Src: "n1"}, {Dest: "n2", Src: "n1"}}))
	send(t, n, 20*ms, "n1", "n0") // waits, and is taken after the heal
	send(t, n, 20*ms, "n1", "n2") // is taken during the cut
	send(t, n, 25*ms, "c0", "n2")
	n.Deliver(25 * ms)
	heal(n, 30*ms)
	require.Equal(t, []string{"20ms drop n1>n2", "25ms recv c0>n2", "100ms recv n1>n0", "120ms recv n1>n0"}, run(n, journal))
	require.Equal(t, 1, n.Dropped())
}

// A message that a fault loses delays no other message, and both copies of a duplicated message are taken.
func TestReceiverUnderLinkFaults(t *testing.T) {
	n, journal := newBlocking(100 * ms)
	impair(t, n, "loss", Impairment{Loss: 1})
	send(t, n, 0, "n0", "n1")
	send(t, n, 10*ms, "c0", "n1")
	n.Deliver(10 * ms)
	n.Mend(20*ms, "loss")
	impair(t, n, "twice", Impairment{Duplicate: 1})
	send(t, n, 30*ms, "n0", "n1")
	require.Equal(t, []string{"0s drop n0>n1", "10ms recv c0>n1", "130ms recv n0>n1", "130ms recv n0>n1"}, run(n, journal))
}

// Latencies and sleeps are whole milliseconds, rounded down.
func TestReceiverCountsMilliseconds(t *testing.T) {
	const half = ms / 2
	n, journal := newBlocking(10*ms + half)
	send(t, n, 0, "n1", "n0")
	send(t, n, 2*ms+half, "n2", "n0") // due at 12.5 ms, taken at 10 ms
	require.Equal(t, []string{"10ms recv n1>n0", "12ms recv n2>n0"}, run(n, journal))
}

// If the harness is late, receivers poll late.
func TestReceiverInRealTime(t *testing.T) {
	n, _ := newBlocking(100 * ms)
	first := send(t, n, 0, "n1", "n0")
	second := send(t, n, 50*ms, "n1", "n0")
	got, due, ok := n.Deliver(101*ms + 1)
	require.True(t, ok)
	require.Equal(t, first, got)
	require.Equal(t, 100*ms, due)
	next, _ := n.NextDue()
	require.Equal(t, 101*ms+1+48*ms, next)
	got, _, _ = n.Deliver(next)
	require.Equal(t, second, got)
}

// A thread is a model of the reference harness's receiver: a list of waiting messages, and possibly one message on which it
// sleeps.
type thread struct {
	waiting []letter
	holds   *letter
	until   time.Duration
}

type letter struct {
	id, src string
	due     time.Duration
}

// TestReceiversAreThreads compares the network with threads that look at the clock every quarter of a millisecond.
func TestReceiversAreThreads(t *testing.T) {
	const tick = ms / 4
	rapid.Check(t, func(t *rapid.T) {
		var (
			ids     = []string{"n0", "n1", "n2", "c0", "lin-kv"}
			party   = rapid.SampledFrom(ids)
			node    = rapid.SampledFrom(ids[:3])
			latency = time.Duration(rapid.IntRange(0, 8).Draw(t, "latency")) * tick
			threads = map[string]*thread{}
			blocked = map[Link]bool{}
			slow    = map[Link]time.Duration{}
			want    = map[string][]string{} // by receiver
			got     = map[string][]string{}
			now     time.Duration
		)
		note := func(log map[string][]string, dest, id, kind string) {
			log[dest] = append(log[dest], fmt.Sprint(now, " ", kind, " ", id))
		}
		n := newCluster(3, Config{Latency: latency, Blocking: true, Journal: func(e Event) error {
			if e.Kind != Sent {
				note(got, e.Dest, fmt.Sprint(e.ID), e.Kind)
			}
			return nil
		}})
		for _, id := range ids {
			threads[id] = &thread{}
		}
		for range rapid.IntRange(0, 4).Draw(t, "slow links") {
			l := Link{Dest: node.Draw(t, "dest"), Src: node.Draw(t, "src")}
			delay := time.Duration(rapid.IntRange(1, 20).Draw(t, "delay")) * tick
			if n.Impair(0, "slow", []Link{l}, Impairment{Delay: delay}) == nil {
				slow[l] += delay
			}
		}
		// step lets a thread do everything that it can do at this time.
		step := func(id string) {
			r := threads[id]
			for {
				if r.holds != nil {
					if r.until > now {
						return
					}
					note(want, id, r.holds.id, Received)
					r.holds = nil
				}
				if len(r.waiting) == 0 {
					return
				}
				first := slices.MinFunc(r.waiting, func(a, b letter) int {
					if a.due != b.due {
						return int(a.due - b.due)
					}
					return slices.Index(ids, a.src) - slices.Index(ids, b.src)
				})
				r.waiting = slices.DeleteFunc(r.waiting, func(l letter) bool { return l == first })
				if blocked[Link{Dest: id, Src: first.src}] {
					note(want, id, first.id, Dropped)
					continue
				}
				r.holds, r.until = &first, now+max(0, first.due-now)/ms*ms
			}
		}
		// advance moves the time forward, tick by tick.
		advance := func(ticks int) {
			for range ticks {
				now += tick
				for _, id := range ids {
					step(id)
				}
				deliverAll(n, now)
			}
		}
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			switch rapid.IntRange(0, 5).Draw(t, "event") {
			default:
				src, dest := party.Draw(t, "src"), party.Draw(t, "dest")
				m := send(t, n, now, src, dest)
				took := latency + slow[Link{Dest: dest, Src: src}]
				if src == "c0" || dest == "c0" {
					took = 0
				}
				r := threads[dest]
				r.waiting = append(r.waiting, letter{fmt.Sprint(m.ID), src, now + took/ms*ms})
				if r.holds == nil {
					step(dest)
				}
				deliverAll(n, now)
				for _, id := range ids {
					step(id)
				}
			case 3:
				advance(rapid.IntRange(1, 12).Draw(t, "ticks"))
			case 4:
				l := Link{Dest: node.Draw(t, "dest"), Src: node.Draw(t, "src")}
				if cut(n, now, []Link{l}) == nil {
					blocked[l] = true
				}
			case 5:
				heal(n, now)
				clear(blocked)
			}
		}
		advance(1000)
		require.Zero(t, n.InFlight())
		require.Equal(t, want, got)
	})
}
