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

type simulation = puresim.Cluster[message, *replica]

// A replicas is a cluster whose nodes have consumers that read everything. After each event of a node its consumers poll it, and the test
// fails if they are shown anything that contradicts what was shown before, by whichever node.
type replicas struct {
	*simulation

	t         *testing.T
	rng       *rand.Rand
	timing    settings
	durable   bool        // the nodes have disks
	lost      []int       // by node, the number of records on a disk that it has lost
	consumers []*consumer // by node

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

// A consumer reads everything that a node shows in one of its lives.
type consumer struct {
	incarnation int64
	next        map[string]int64 // by key, the offset to be polled next
	seen        map[string]int   // by key, the number of messages
	behind      map[string]bool  // the keys of which it may not have seen everything
	pending     []*sending       // by the node, and not yet everywhere
}

// caughtUp reports whether every node has shown everything.
func (s *replicas) caughtUp() bool {
	return !slices.ContainsFunc(s.consumers, func(c *consumer) bool { return len(c.behind) > 0 })
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
	return newReplicasOn(t, false, timing, n, seed, hop)
}

// newReplicasOn starts replicas with disks or without.
func newReplicasOn(t *testing.T, durable bool, timing settings, n int, seed uint64, hop time.Duration) *replicas {
	s := &replicas{
		durable:   durable,
		lost:      make([]int, n),
		t:         t,
		rng:       rand.New(rand.NewPCG(seed, 0)),
		timing:    timing,
		consumers: make([]*consumer, n),
		sends:     make(map[string]*sending),
		count:     make(map[string]int),
		order:     make(map[string][]string),
	}
	for range activeKeys {
		s.keys = append(s.keys, s.newKey())
		s.left = append(s.left, writesPerKey)
	}
	s.simulation = puresim.New(n, s.begin)
	s.Latency = func() time.Duration { return hop }
	s.After = s.watch
	for i := range n {
		s.Do(i, (*replica).wake)
	}
	return s
}

// begin returns the replica of a life of node i, and gives it a consumer.
func (s *replicas) begin(c *simulation, i int) *replica {
	r := begin(s.timing)(c, i)
	if s.durable {
		require.NoError(s.t, r.restore(nil, c.Records(i)[s.lost[i]:]))
	}
	s.consumers[i] = &consumer{r.incarnation, make(map[string]int64), make(map[string]int), make(map[string]bool), nil}
	for key := range s.count {
		s.consumers[i].behind[key] = true
	}
	return r
}

// begin returns a function that makes the replica of a life of node i.
func begin(o settings) func(c *simulation, i int) *replica {
	return func(c *simulation, i int) *replica { return newReplica(c.IDs[i], c.IDs, o, int64(c.Now())+1) }
}

// loseDisk gives node i, which is down, an empty disk.
func (s *replicas) loseDisk(i int) { s.lost[i] = len(s.Records(i)) }

// restart begins a new life of node i, to which a client comes at once.
func (s *replicas) restart(i int) {
	s.Start(i)
	s.Do(i, (*replica).wake)
}

// watch looks at node i after an event.
func (s *replicas) watch(i int) {
	r, c := s.Machine(i), s.consumers[i]
	if r.incarnation != c.incarnation {
		c.incarnation, c.pending = r.incarnation, nil // it has forgotten them
	}
	for _, p := range r.peers {
		asks := p.state == asked || p.state == suspected
		require.True(s.t, p.acked <= p.sent && p.sent <= len(r.own()) && !(asks && p.acked < p.sent), r)
		require.False(s.t, r.state == joined && (p.state == asked || p.state == fetching), r)
		require.False(s.t, r.state == joining && p.state == suspected, r)
	}
	for len(c.pending) > 0 && c.pending[0].end <= r.stable {
		c.pending[0].acked = true
		c.pending = c.pending[1:]
	}
	for key := range c.behind {
		s.read(i, key)
	}
}

// read reads on in a key, and compares with what others have read.
func (s *replicas) read(i int, key string) {
	c := s.consumers[i]
	for _, e := range s.Machine(i).poll(key, c.next[key]) {
		require.GreaterOrEqual(s.t, e.offset, c.next[key])
		shown := string(e.msg)
		if c.seen[key] == len(s.order[key]) {
			s.order[key] = append(s.order[key], shown)
		}
		require.Equal(s.t, s.order[key][c.seen[key]], shown, "key %s at %v", key, s.Now())
		require.Equal(s.t, s.sends[shown].offset, e.offset)
		c.seen[key]++
		c.next[key] = e.offset + 1
	}
	if c.seen[key] == s.count[key] {
		delete(c.behind, key)
	}
}

// writes reports whether node i can take messages.
func (s *replicas) writes(i int) bool { return !s.Members[i].Down && s.Machine(i).writes() }

// send gives node i a message for a random key, and reports whether the node took it.
func (s *replicas) send(i int) bool {
	if !s.writes(i) {
		return false
	}
	k := min(int(s.rng.ExpFloat64()*2), activeKeys-1)
	msg := strconv.Itoa(len(s.sends) + 1)
	x := &sending{key: s.keys[k], node: i}
	s.sends[msg] = x
	s.count[x.key]++
	for _, c := range s.consumers {
		c.behind[x.key] = true
	}
	if s.left[k]--; s.left[k] == 0 {
		s.keys[k], s.left[k] = s.newKey(), writesPerKey
	}
	return s.Do(i, func(r *replica, now time.Duration) (out []envelope) {
		x.offset, out = r.send(x.key, json.RawMessage(msg), now)
		x.end = len(r.own())
		s.consumers[i].pending = append(s.consumers[i].pending, x)
		return out
	})
}

func (s *replicas) newKey() string {
	s.lastKey++
	return keyName(s.lastKey)
}

func keyName(k int) string { return fmt.Sprintf("k%d", k) }

// commit commits what the consumers of node i have read.
func (s *replicas) commit(i int) {
	if !s.writes(i) {
		return
	}
	var offsets []keyOffset
	for _, key := range s.keys {
		if next := s.consumers[i].next[key]; next > 0 {
			offsets = append(offsets, keyOffset{key, next - 1})
		}
	}
	s.Do(i, func(r *replica, now time.Duration) []envelope { return r.commit(offsets, now) })
}

// load plans operations at random nodes until the time end: sends and polls with a commit, half of each, at perSecond
// with the gaps of the harness. It returns their number.
func (s *replicas) load(perSecond float64, end time.Duration) (ops int) {
	for t := s.Now(); ; ops++ {
		t += time.Duration(s.rng.Float64() * 2 / perSecond * float64(time.Second))
		if t >= end {
			return ops
		}
		i := s.rng.IntN(len(s.IDs))
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
	for i, c := range s.consumers {
		shown := make(map[string]bool)
		for key := range s.count {
			c.next[key], c.seen[key] = 0, 0
			for more := true; more; {
				before := c.seen[key]
				s.read(i, key)
				more = c.seen[key] > before
			}
			require.Len(s.t, s.order[key], c.seen[key], "node %d, key %s", i, key)
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
			o, _ := s.Machine(i).committed(keyName(k + 1))
			last = append(last, o)
		}
		if i > 0 {
			require.Equal(s.t, lasts, last, "committed offsets of node %d", i)
		}
		lasts = last
	}
}

// The states of a network.
func connected(int, int) int { return 1 }
func severed(int, int) int   { return 0 }
