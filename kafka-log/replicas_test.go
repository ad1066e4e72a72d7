package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

// A replicas runs its members over a simulated network in virtual time: the same seed, the same run. After every
// step it polls the replica that did it, and fails the test if what is shown contradicts
// what was shown before, by whichever node.
type replicas struct {
	puresim.Queue

	t       *testing.T
	rng     *rand.Rand
	nodes   []string
	timing  settings
	members []*member

	latency func() time.Duration
	copies  func(from, to int) int // how often a message that is sent now arrives
	sent    int                    // messages so far
	log     func(from int, m envelope)

	keys    []string // those in use
	left    []int    // how many messages each of them gets before it is replaced
	lastKey int
	sends   map[string]*sending // by message
	count   map[string]int      // of messages, by key

	// order is, by key, what has been shown to anybody, in the order that all must follow.
	order map[string][]string
}

// A sending is a client's message.
type sending struct {
	key    string
	node   int
	offset int64
	end    int  // the length of the journal with it
	acked  bool // it was at all nodes before its own was killed
}

// A member is a node: a replica with consumers who read everything that it shows.
type member struct {
	*replica
	tickAt  time.Duration
	down    bool
	next    map[string]int64 // by key, the offset to be polled next
	seen    map[string]int   // by key, the number of messages
	behind  map[string]bool  // the keys of which it may not have seen everything
	pending []*sending       // not yet stable
}

// caughtUp tells whether every node has shown everything.
func (s *replicas) caughtUp() bool {
	return !slices.ContainsFunc(s.members, func(m *member) bool { return len(m.behind) > 0 })
}

// The keys are those of the harness: some at a time, each for a number of messages.
const (
	activeKeys   = 10
	writesPerKey = 16
)

func newReplicas(t *testing.T, n int, seed uint64, hop time.Duration) *replicas {
	return newReplicasWith(t, settings{pace: pace, alone: never}, n, seed, hop)
}

func newReplicasWith(t *testing.T, timing settings, n int, seed uint64, hop time.Duration) *replicas {
	s := &replicas{
		t:       t,
		rng:     rand.New(rand.NewPCG(seed, 0)),
		timing:  timing,
		latency: func() time.Duration { return hop },
		copies:  func(int, int) int { return 1 },
		log:     func(int, envelope) {},
		sends:   make(map[string]*sending),
		count:   make(map[string]int),
		order:   make(map[string][]string),
	}
	for i := range n {
		s.nodes = append(s.nodes, fmt.Sprintf("n%d", i))
		s.members = append(s.members, &member{down: true})
	}
	for range activeKeys {
		s.keys = append(s.keys, s.newKey())
		s.left = append(s.left, writesPerKey)
	}
	for i := range n {
		s.start(i)
	}
	return s
}

// start starts node i, anew if it was killed.
func (s *replicas) start(i int) {
	s.members[i] = &member{
		replica: newReplica(s.nodes[i], s.nodes, s.timing, int64(s.Now())+1),
		tickAt:  never,
		next:    make(map[string]int64),
		seen:    make(map[string]int),
		behind:  make(map[string]bool),
	}
	for key := range s.count {
		s.members[i].behind[key] = true
	}
	s.step(i, func(r *replica) []envelope { return r.wake(s.Now()) })
}

// kill ends node i.
func (s *replicas) kill(i int) { s.members[i].down = true }

// step lets node i do something, unless it is down.
func (s *replicas) step(i int, do func(r *replica) []envelope) {
	m := s.members[i]
	if m.down {
		return
	}
	before := m.incarnation
	out := do(m.replica)
	if m.incarnation != before {
		m.pending = nil // it has forgotten them
	}
	for _, o := range out {
		s.sent++
		s.log(i, o)
		// Through JSON, as on the wire: replicas must not share memory.
		body, err := json.Marshal(o.Message)
		require.NoError(s.t, err)
		to := slices.Index(s.nodes, o.Dest)
		for range s.copies(i, to) {
			s.At(s.Now()+s.latency(), func() { s.arrive(i, to, body) })
		}
	}
	s.schedule(i)
	for len(m.pending) > 0 && m.pending[0].end <= m.stable {
		m.pending[0].acked = true
		m.pending = m.pending[1:]
	}
	for key := range m.behind {
		s.watch(m, key)
	}
}

func (s *replicas) arrive(from, to int, body []byte) {
	var m message
	require.NoError(s.t, json.Unmarshal(body, &m))
	s.step(to, func(r *replica) []envelope { return r.Receive(s.nodes[from], m, s.Now()) })
}

// schedule sets the timer of node i.
func (s *replicas) schedule(i int) {
	m := s.members[i]
	next := m.replica.Next()
	if next == m.tickAt {
		return
	}
	m.tickAt = next
	if next == never {
		return
	}
	s.At(max(next, s.Now()), func() {
		if s.members[i] == m && m.tickAt == next {
			m.tickAt = never
			s.step(i, func(r *replica) []envelope { return r.Tick(s.Now()) })
		}
	})
}

// watch reads on in a key, and compares with what others have read.
func (s *replicas) watch(m *member, key string) {
	for _, e := range m.poll(key, m.next[key]) {
		require.GreaterOrEqual(s.t, e.offset, m.next[key])
		shown := string(e.msg)
		if m.seen[key] == len(s.order[key]) {
			s.order[key] = append(s.order[key], shown)
		}
		require.Equal(s.t, s.order[key][m.seen[key]], shown, "key %s at %v", key, s.Now())
		require.Equal(s.t, s.sends[shown].offset, e.offset)
		m.seen[key]++
		m.next[key] = e.offset + 1
	}
	if m.seen[key] == s.count[key] {
		delete(m.behind, key)
	}
}

// send gives node i a message for a random key, and tells whether the node took it.
func (s *replicas) send(i int) bool {
	m := s.members[i]
	if m.down || !m.writes() {
		return false
	}
	k := min(int(s.rng.ExpFloat64()*2), activeKeys-1)
	msg := strconv.Itoa(len(s.sends) + 1)
	x := &sending{key: s.keys[k], node: i}
	s.sends[msg] = x
	m.pending = append(m.pending, x)
	s.count[x.key]++
	for _, m := range s.members {
		if !m.down {
			m.behind[x.key] = true
		}
	}
	if s.left[k]--; s.left[k] == 0 {
		s.keys[k], s.left[k] = s.newKey(), writesPerKey
	}
	s.step(i, func(r *replica) (out []envelope) {
		x.offset, out = r.send(x.key, json.RawMessage(msg), s.Now())
		x.end = len(r.own())
		return out
	})
	return true
}

func (s *replicas) newKey() string {
	s.lastKey++
	return keyName(s.lastKey)
}

func keyName(k int) string { return fmt.Sprintf("k%d", k) }

// commit commits what the consumers of node i have read.
func (s *replicas) commit(i int) {
	m := s.members[i]
	if m.down || !m.writes() {
		return
	}
	var offsets []keyOffset
	for _, key := range s.keys {
		if m.next[key] > 0 {
			offsets = append(offsets, keyOffset{key, m.next[key] - 1})
		}
	}
	s.step(i, func(r *replica) []envelope { return r.commit(offsets, s.Now()) })
}

// load plans operations at random nodes until the time end: sends and polls with a commit, half of each, at perSecond
// with the gaps of the harness. It returns their number.
func (s *replicas) load(perSecond float64, end time.Duration) (ops int) {
	for t := s.Now(); ; ops++ {
		t += time.Duration(s.rng.Float64() * 2 / perSecond * float64(time.Second))
		if t >= end {
			return ops
		}
		i := s.rng.IntN(len(s.nodes))
		if s.rng.IntN(2) == 0 {
			s.At(t, func() { s.send(i) })
		} else {
			s.At(t, func() { s.commit(i) })
		}
	}
}

// requireAll fails the test unless every node shows the messages that want accepts, each of its keys in the
// same order, and knows the same committed offsets.
func (s *replicas) requireAll(want func(x *sending) bool) {
	var lasts []int64
	for i, m := range s.members {
		shown := make(map[string]bool)
		for key := range s.count {
			m.next[key], m.seen[key] = 0, 0
			for more := true; more; {
				before := m.seen[key]
				s.watch(m, key)
				more = m.seen[key] > before
			}
			require.Len(s.t, s.order[key], m.seen[key], "node %d, key %s", i, key)
		}
		for _, order := range s.order {
			for _, msg := range order {
				require.False(s.t, shown[msg], "message %s is shown twice", msg)
				shown[msg] = true
			}
		}
		for msg, x := range s.sends {
			require.True(s.t, !want(x) || shown[msg], "message %s for %s at offset %d of node %d", msg, x.key, x.offset, x.node)
		}
		var last []int64
		for k := range s.lastKey {
			o, _ := m.committed(keyName(k + 1))
			last = append(last, o)
		}
		if i > 0 {
			require.Equal(s.t, lasts, last, "committed offsets of node %d", i)
		}
		lasts = last
	}
}

// cuts returns functions for replicas.copies: random partitions, and one-way ones.
func cuts(n int, rng *rand.Rand) []func(from, to int) int {
	order := rng.Perm(n)
	split := func(size int) func(from, to int) int {
		return func(from, to int) int {
			if (order[from] < size) != (order[to] < size) {
				return 0
			}
			return 1
		}
	}
	return []func(from, to int) int{
		split(1),
		split((n + 1) / 2),
		func(from, to int) int { return min(1, max(0, order[to]-order[from])) }, // one-way
		func(int, int) int { return 0 },
	}
}
