package network

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/choice"
)

// A model is a simple reference network without heap, counters or interning: it has a list of all messages and a set of the cut
// links.
type model struct {
	now    time.Duration
	cut    map[Link]bool
	gone   map[string]bool
	sent   []Message
	fate   map[int64]string // by id, once known
	events []Event
}

// Every message is received or lost exactly once, in the order of due times, depending on the state of the network when it is
// due; and the statistics add up.
func TestEveryMessageHasOneFate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{cut: map[Link]bool{}, gone: map[string]bool{}, fate: map[int64]string{}}
		n := newCluster(4, Config{
			Latency: rapid.SampledFrom([]time.Duration{0, 1, 10}).Draw(t, "latency"), // ns: many ties
			Dist:    rapid.SampledFrom([]Dist{Constant, Uniform, Exponential}).Draw(t, "dist"),
			Gate:    choice.Seeded(rapid.Uint64().Draw(t, "seed")),
			Journal: func(e Event) error { m.events = append(m.events, e); return nil },
		})
		party := rapid.SampledFrom([]string{"n0", "n1", "n2", "n3", "c0", "lin-kv"})
		node := rapid.SampledFrom([]string{"n0", "n1", "n2", "n3"})
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				m.sent = append(m.sent, send(t, n, m.now, party.Draw(t, "src"), party.Draw(t, "dest")))
			},
			"wait": func(t *rapid.T) { m.now += time.Duration(rapid.IntRange(0, 12).Draw(t, "ns")) },
			"cut": func(t *rapid.T) {
				l := Link{Dest: node.Draw(t, "dest"), Src: node.Draw(t, "src")}
				if cut(n, m.now, []Link{l}) == nil {
					m.cut[l] = true
				}
			},
			"heal":    func(*rapid.T) { heal(n, m.now); clear(m.cut) },
			"remove":  func(*rapid.T) { n.Remove("c0"); m.gone["c0"] = true },
			"add":     func(*rapid.T) { n.Add("c0", Client); delete(m.gone, "c0") },
			"deliver": func(t *rapid.T) { m.deliver(t, n) },
			"":        func(t *rapid.T) { m.check(t, n) },
		})
		m.now += time.Hour
		m.deliver(t, n)
		require.Len(t, m.fate, len(m.sent), "every message has met its fate")
		m.check(t, n)
	})
}

// deliver takes all messages that are due and compares them with the journal and the model.
func (m *model) deliver(t *rapid.T, n *Network) {
	before := len(m.events)
	var received []Message
	last := time.Duration(-1)
	for {
		msg, due, ok := n.Deliver(m.now)
		if !ok {
			break
		}
		require.LessOrEqual(t, last, due, "in order of the due times")
		require.LessOrEqual(t, due, m.now)
		last = due
		received = append(received, msg)
	}
	if due, ok := n.NextDue(); ok {
		require.Greater(t, due, m.now)
	}
	for _, e := range m.events[before:] {
		want := Received
		switch {
		case m.cut[Link{Dest: e.Dest, Src: e.Src}]:
			want = Dropped
		case m.gone[e.Dest]:
			want = Gone
		}
		require.Equal(t, want, e.Kind)
		require.Equal(t, m.sent[e.ID], e.Message, "unchanged")
		require.NotContains(t, m.fate, e.ID, "once")
		m.fate[e.ID] = e.Kind
		if e.Kind == Received {
			require.Equal(t, e.Message, received[0])
			received = received[1:]
		}
	}
	require.Empty(t, received, "all that was received is in the journal")
}

func (m *model) check(t *rapid.T, n *Network) {
	var all, clients Counts
	dropped, bytes := 0, 0
	for _, msg := range m.sent {
		client := slices.Contains([]string{msg.Src, msg.Dest}, "c0")
		for _, c := range []struct {
			in bool
			*Counts
		}{{true, &all}, {client, &clients}} {
			if !c.in {
				continue
			}
			c.Sent++
			c.Messages++
			c.Bytes += int64(len(msg.Body))
			c.Largest = max(c.Largest, len(msg.Body))
			if m.fate[msg.ID] == Received {
				c.Received++
			}
		}
		switch m.fate[msg.ID] {
		case Dropped:
			dropped++
		case "":
			bytes += len(msg.Body)
		}
	}
	s := n.Stats(10)
	require.Equal(t, all, s.All.Counts)
	require.Equal(t, clients, s.Clients.Counts)
	require.Equal(t, all.Sent-clients.Sent, s.Servers.Sent)
	require.Equal(t, all.Received-clients.Received, s.Servers.Received)
	require.Equal(t, all.Bytes-clients.Bytes, s.Servers.Bytes)
	require.Equal(t, dropped, n.Dropped())
	require.Equal(t, len(m.sent)-len(m.fate), n.InFlight())
	require.Equal(t, bytes, n.BytesInFlight())
	require.Equal(t, len(m.sent), n.SentCount())
}

// A queue returns its elements sorted, for any interleaving of push and pop.
func TestQueueSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := newCluster(5, Config{})
		var q queue
		var inside []envelope
		for id, due := range rapid.SliceOf(rapid.IntRange(-3, 5)).Draw(t, "due times; negative is pop") {
			if due >= 0 {
				l, err := n.lookup("n0", fmt.Sprintf("n%d", id%5), fmt.Sprintf("n%d", id*7%5))
				require.NoError(t, err)
				e := envelope{due: time.Duration(due), link: l, id: int64(id)}
				q.push(e)
				inside = append(inside, e)
			} else if len(inside) > 0 {
				least := 0
				for i := range inside {
					if inside[i].before(&inside[least]) {
						least = i
					}
				}
				require.Equal(t, inside[least].id, q.pop().id)
				inside = slices.Delete(inside, least, least+1)
			}
			require.Len(t, q, len(inside))
		}
	})
}
