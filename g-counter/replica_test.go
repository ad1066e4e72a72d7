package main

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A mesh is replicas joined by a network that delivers at once, where it delivers.
type mesh struct {
	t        *testing.T
	replicas map[string]*replica
	deliver  func(from, to string) bool
	now      time.Duration
	trace    []string // "from>to value", with a ? where it asks
}

var ids = []string{"a", "b", "c"}

func newMesh(t *testing.T) *mesh {
	m := &mesh{t: t, replicas: make(map[string]*replica), deliver: func(string, string) bool { return true }}
	for _, id := range ids {
		m.begin(id, 1)
	}
	for _, id := range ids {
		m.send(id, m.replicas[id].Tick(0))
	}
	m.tick()
	m.tick()
	m.trace = nil
	return m
}

// begin starts a life of a replica.
func (m *mesh) begin(id string, start int64) {
	m.replicas[id] = newReplica(id, ids, time.Unix(0, start))
}

// send delivers messages and what they are answered.
func (m *mesh) send(from string, out []envelope) {
	for _, x := range out {
		ask := ""
		if x.Message.Ask {
			ask = "?"
		}
		m.trace = append(m.trace, fmt.Sprintf("%s>%s %v%s", from, x.Dest, x.Message.Totals.value(), ask))
		if m.deliver(from, x.Dest) {
			m.send(x.Dest, m.replicas[x.Dest].Receive(from, x.Message, m.now))
		}
	}
}

// tick lets all replicas tick at the same moment: what they decide does not depend on the others.
func (m *mesh) tick() {
	m.now += gossipEvery
	out := make(map[string][]envelope)
	for _, id := range ids {
		out[id] = m.replicas[id].Tick(m.now)
	}
	for _, id := range ids {
		m.send(id, out[id])
	}
}

// requireTrace checks what was sent since the last time.
func (m *mesh) requireTrace(want ...string) {
	m.t.Helper()
	require.Equal(m.t, want, m.trace)
	m.trace = nil
}

func (m *mesh) add(id string, delta int64) { require.NoError(m.t, m.replicas[id].add(delta)) }

// While all are busy, a message to each peer per tick is all there is.
func TestBusy(t *testing.T) {
	m := newMesh(t)
	for range 5 {
		for _, id := range ids {
			m.add(id, 1)
		}
		m.tick()
		require.Len(t, m.trace, 6)
		m.trace = nil
	}
	m.tick()
	m.requireTrace("a>b 15", "a>c 15", "b>a 15", "b>c 15", "c>a 15", "c>b 15")
	m.tick()
	m.requireTrace()
}

// Of a single add the others are told; they tell each other; who added asks whether it has arrived.
func TestSingleAdd(t *testing.T) {
	m := newMesh(t)
	m.add("a", 7)
	m.tick()
	m.requireTrace("a>b 7", "a>c 7")
	m.tick()
	m.requireTrace("a>b 7?", "b>a 7", "a>c 7?", "c>a 7", "b>c 7", "c>b 7")
	m.tick()
	m.requireTrace()
}

// What is lost is repeated until it arrives, and a third node relays what cannot go the direct way.
func TestLoss(t *testing.T) {
	m := newMesh(t)
	m.deliver = func(from, to string) bool { return from+to != "ab" && from+to != "ba" }
	m.add("a", 7)
	m.tick()
	m.requireTrace("a>b 7", "a>c 7")
	m.tick()
	m.requireTrace("a>b 7?", "a>c 7?", "c>a 7", "c>b 7")
	require.Equal(t, "7", m.replicas["b"].totals.value().String(), "by way of c")
	m.tick()
	m.requireTrace("a>b 7?", "b>a 7", "c>b 7?", "b>c 7")
	m.deliver = func(string, string) bool { return true }
	m.tick()
	m.requireTrace("a>b 7?", "b>a 7", "b>a 7?", "a>b 7")
	m.tick()
	m.requireTrace()
}

// A new life does not touch the total of the one before, and gets all totals back although the others thought
// that it had them.
func TestNewLife(t *testing.T) {
	m := newMesh(t)
	for i, id := range ids {
		m.add(id, int64(10*(i+1)))
	}
	m.tick()
	m.tick()
	m.trace = nil

	m.begin("a", 2)
	m.add("a", 5)
	m.deliver = func(string, string) bool { return false }
	m.send("a", m.replicas["a"].Tick(m.now))
	m.requireTrace("a>b 5?", "a>c 5?")
	m.deliver = func(string, string) bool { return true }
	m.tick()
	m.requireTrace("a>b 5?", "b>a 65", "a>c 5?", "c>a 65")
	require.Equal(t, counter{"a@1": 10, "a@2": 5, "b@1": 20, "c@1": 30}, m.replicas["a"].totals)
}

// A message of a life that has ended says that a has something that its new life has not. It is not taken for
// the new one's, as it does not know of that.
func TestMessageOfAnEarlierLife(t *testing.T) {
	m := newMesh(t)
	m.deliver = func(string, string) bool { return false }
	m.add("a", 10)
	late := m.replicas["a"].Tick(m.now + gossipEvery)[0]
	m.begin("a", 2)
	m.deliver = func(from, to string) bool { return from != "c" && to != "c" } // where a and b could learn it
	m.send("a", m.replicas["a"].Tick(m.now))
	m.send("a", []envelope{late})
	m.trace = nil
	m.tick()
	require.Contains(t, m.trace, "b>a 10")
	require.Equal(t, "10", m.replicas["a"].totals.value().String())
}

func TestAddUpToTheLimit(t *testing.T) {
	r := newReplica("a", ids, time.Unix(0, 1))
	require.NoError(t, r.add(math.MaxInt64-3))
	require.EqualError(t, r.add(4), "g-counter: 4 more than 9223372036854775804 is beyond 64 bits")
	require.NoError(t, r.add(3))
	r.Receive("b", gossip{Totals: counter{"b@1": math.MaxInt64}}, 0)
	require.Equal(t, "18446744073709551614", r.totals.value().String())
}

func TestStrangersAreIgnored(t *testing.T) {
	r := newReplica("a", ids, time.Unix(0, 1))
	for _, from := range []string{"a", "c1", "seq-kv", ""} {
		require.Empty(t, r.Receive(from, gossip{Totals: counter{"x": 3}, Ask: true}, 0))
	}
	require.Equal(t, counter{"a@1": 0}, r.totals)
}
