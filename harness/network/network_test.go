package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// newCluster returns a network of nodes n0 … n(k-1), client c0 and service lin-kv.
func newCluster(k int, cfg Config) *Network {
	n := New(cfg)
	for i := range k {
		n.Add(fmt.Sprintf("n%d", i), Node)
	}
	n.Add("c0", Client)
	n.Add("lin-kv", Service)
	return n
}

func send(t require.TestingT, n *Network, now time.Duration, src, dest string) Message {
	m, err := n.Send(now, src, dest, json.RawMessage(`{"type":"x"}`))
	require.NoError(t, err)
	return m
}

// deliverAll returns the messages delivered at now, as "src>dest".
func deliverAll(n *Network, now time.Duration) []string {
	var got []string
	for {
		m, _, ok := n.Deliver(now)
		if !ok {
			return got
		}
		got = append(got, m.Src+">"+m.Dest)
	}
}

func TestSendAndDeliver(t *testing.T) {
	n := newCluster(2, Config{Latency: 100 * ms})
	_, ok := n.NextDue()
	require.False(t, ok)

	first := send(t, n, 5*ms, "n0", "n1")
	second := send(t, n, 6*ms, "n0", "n1")
	require.Equal(t, Message{ID: 0, Src: "n0", Dest: "n1", Body: json.RawMessage(`{"type":"x"}`)}, first)
	require.EqualValues(t, 1, second.ID)
	require.Equal(t, 2, n.InFlight())

	due, ok := n.NextDue()
	require.True(t, ok)
	require.Equal(t, 105*ms, due)
	_, _, ok = n.Deliver(105*ms - 1)
	require.False(t, ok, "not due yet")

	got, due, ok := n.Deliver(107 * ms) // late, as in real time
	require.True(t, ok)
	require.Equal(t, first, got)
	require.Equal(t, 105*ms, due)
	got, _, _ = n.Deliver(107 * ms)
	require.Equal(t, second, got)
	require.Zero(t, n.InFlight())
}

func TestLatencyByRole(t *testing.T) {
	for _, tc := range []struct {
		src, dest string
		want      time.Duration
	}{
		{"n0", "n1", 100 * ms},
		{"n0", "n0", 100 * ms},
		{"n0", "lin-kv", 100 * ms},
		{"lin-kv", "n0", 100 * ms},
		{"c0", "n0", 0},
		{"n0", "c0", 0},
		{"c0", "lin-kv", 0},
	} {
		n := newCluster(2, Config{Latency: 100 * ms})
		send(t, n, 0, tc.src, tc.dest)
		due, _ := n.NextDue()
		require.Equal(t, tc.want, due, "%s>%s", tc.src, tc.dest)
	}
}

// Ties are broken by sender, then receiver, then order of sending: not by the spelling of names, which puts n10 before n2, nor
// by the interleaving of senders.
func TestOrderOfTies(t *testing.T) {
	n := newCluster(11, Config{Latency: 10 * ms})
	bodies := map[string]int{}
	for _, l := range [][2]string{{"n10", "n2"}, {"n2", "n10"}, {"n2", "n3"}, {"n0", "n1"}, {"n2", "n3"}, {"n0", "n1"}} {
		link := l[0] + ">" + l[1]
		bodies[link]++
		_, err := n.Send(0, l[0], l[1], fmt.Appendf(nil, `%d`, bodies[link]))
		require.NoError(t, err)
	}
	var got []string
	for {
		m, _, ok := n.Deliver(10 * ms)
		if !ok {
			break
		}
		got = append(got, fmt.Sprintf("%s>%s:%s", m.Src, m.Dest, m.Body))
	}
	require.Equal(t, []string{"n0>n1:1", "n0>n1:2", "n2>n3:1", "n2>n3:2", "n2>n10:1", "n10>n2:1"}, got)
}

func TestUnknownParties(t *testing.T) {
	n := newCluster(12, Config{})
	n.Add("c1", Client)
	n.Remove("c1")

	_, err := n.Send(0, "n1", "n99", nil)
	var unknown *UnknownDestError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "n99", unknown.Dest)
	require.Len(t, unknown.Known, 13)
	require.Equal(t, 1, unknown.Clients, "c1 has gone")
	require.EqualError(t, err, `network: n1 sent to "n99", which does not exist: `+
		`there are n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, … (3 more) and 1 clients`)

	_, err = n.SendAs(0, "n1", "n77", "n2", nil)
	var nobody *UnknownSrcError
	require.ErrorAs(t, err, &nobody)
	require.Equal(t, "n77", nobody.Src)
	require.Len(t, nobody.Known, 13)
	require.ErrorContains(t, err, `network: n1 sent as "n77", which does not exist: there are n0, n1,`)
	require.Zero(t, n.SentCount(), "nothing was sent")
	require.Zero(t, n.InFlight())
}

// A message that one party writes in the name of another counts as the other party's for latency, faults and statistics. Only
// the events name the writer.
func TestSendAs(t *testing.T) {
	var events []Event
	n := newCluster(3, Config{Latency: time.Second, Journal: func(e Event) error {
		events = append(events, e)
		return nil
	}})
	n.Add("c1", Client)
	require.NoError(t, n.Impair(0, "test", []Link{{Dest: "n2", Src: "n0"}}, Impairment{Cut: true}))

	send := func(writer, src, dest string) {
		_, err := n.SendAs(0, writer, src, dest, json.RawMessage(`{}`))
		require.NoError(t, err)
	}
	send("n0", "c1", "n2") // as a client: at once, and past the partition
	send("n1", "n0", "n2") // as a node that is cut off
	send("n0", "n1", "n2")
	send("n1", "n1", "n2")

	m, due, ok := n.Deliver(0)
	require.True(t, ok)
	require.Zero(t, due)
	require.Equal(t, Message{ID: 0, Src: "c1", Dest: "n2", Writer: "n0", Body: json.RawMessage(`{}`)}, m)
	_, _, ok = n.Deliver(0)
	require.False(t, ok)
	for _, writer := range []string{"n0", ""} {
		m, due, ok = n.Deliver(time.Second)
		require.True(t, ok)
		require.Equal(t, time.Second, due)
		require.Equal(t, "n1", m.Src)
		require.Equal(t, writer, m.Writer)
	}
	require.Equal(t, 1, n.Dropped())

	s := n.Stats(0)
	require.Equal(t, Counts{Sent: 1, Received: 1, Messages: 1, Bytes: 2, Largest: 2}, s.Clients.Counts)
	require.Equal(t, Counts{Sent: 3, Received: 2, Messages: 3, Bytes: 6, Largest: 2}, s.Servers.Counts)
	for _, e := range events {
		require.Equal(t, []string{"n0", "n1", "n0", ""}[e.ID], e.Writer)
	}
}

func TestRemovedReceiver(t *testing.T) {
	var kinds []string
	n := newCluster(1, Config{Journal: func(e Event) error {
		kinds = append(kinds, e.Kind)
		return nil
	}})
	send(t, n, 0, "n0", "c0") // under way when the client goes
	n.Remove("c0")
	n.Remove("nobody")
	require.Empty(t, deliverAll(n, ms))
	send(t, n, ms, "n0", "c0") // after it has gone
	require.Empty(t, deliverAll(n, ms))
	require.Equal(t, []string{Sent, Gone, Sent, Gone}, kinds)
	require.Equal(t, Counts{Sent: 2, Messages: 2, Bytes: 24, Largest: 12}, n.Stats(1).Clients.Counts)
	require.Zero(t, n.Dropped(), "no link was cut")

	n.Add("c0", Client)
	send(t, n, 2*ms, "n0", "c0")
	require.Equal(t, []string{"n0>c0"}, deliverAll(n, 2*ms))
}

func TestJournal(t *testing.T) {
	var events []Event
	n := newCluster(2, Config{Latency: 10 * ms, Journal: func(e Event) error {
		events = append(events, e)
		return nil
	}})
	kept := send(t, n, ms, "n0", "n1")
	lost := send(t, n, 2*ms, "n1", "n0")
	require.NoError(t, cut(n, 3*ms, []Link{{Dest: "n0", Src: "n1"}}))
	require.Equal(t, []string{"n0>n1"}, deliverAll(n, 13*ms))
	require.Equal(t, []Event{
		{Time: ms, Kind: Sent, Message: kept},
		{Time: 2 * ms, Kind: Sent, Message: lost},
		{Time: 13 * ms, Kind: Received, Message: kept},
		{Time: 13 * ms, Kind: Dropped, Message: lost},
	}, events)

	line, err := json.Marshal(events[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"time":1000000,"event":"send","id":0,"src":"n0","dest":"n1","body":{"type":"x"}}`, string(line))
}

func TestJournalError(t *testing.T) {
	full := errors.New("disk full")
	calls := 0
	n := newCluster(2, Config{Journal: func(Event) error { calls++; return full }})
	require.NoError(t, n.Err())
	send(t, n, 0, "n0", "n1")
	require.ErrorIs(t, n.Err(), full)
	require.EqualError(t, n.Err(), "network: journal: disk full")
	require.Equal(t, []string{"n0>n1"}, deliverAll(n, 0), "the network goes on")
	require.Equal(t, 1, calls, "the journal does not")
}

// A network keeps nothing of a message that has arrived.
func TestQueueLetsGo(t *testing.T) {
	n := newCluster(2, Config{})
	for range 100 {
		send(t, n, 0, "n0", "n1")
	}
	deliverAll(n, 0)
	for _, e := range n.queue[:cap(n.queue)] {
		require.Nil(t, e.body)
	}
}
