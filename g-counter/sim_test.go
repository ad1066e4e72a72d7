package main

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"hash"
	"hash/fnv"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/service"
	"glomers/node"
)

// A sim runs whole nodes and seq-kv over a simulated network, in a synctest bubble: the same seed, the same
// run. Time goes in steps of a millisecond, at whose ends messages are taken and delivered.
type sim struct {
	t       *testing.T
	seed    uint64
	durable bool
	rng     *rand.Rand
	ids     []string
	lives   []*life // current ones; nil where the node is dead
	seqkv   service.Service
	queue   events
	made    int
	journal hash.Hash64
	start   time.Time

	latency  func() time.Duration
	drops    func(from, to int) bool // tells whether a message between nodes that arrives now is lost
	repeats  func() bool             // tells whether a message is delivered twice
	kvAbsent bool                    // seq-kv gets nothing

	ops, servers int // operations invoked; messages between servers
	calls        []*call
}

// A life is a node from its start until it is killed.
type life struct {
	mem *node.Mem

	mu  sync.Mutex
	out []line
}

// A line is what a node wrote, and when.
type line struct {
	node.Message
	at   time.Time
	text []byte
}

// A call is a client's request.
type call struct {
	node      int
	delta     int64 // of an add
	at        time.Duration
	answered  time.Duration // 0 if it has not been
	errorCode int           // -1 if the reply is no error
	value     *big.Int      // of a read
}

// An event is a line to be delivered.
type event struct {
	at       time.Time
	seq      int
	from, to string
	text     []byte
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// simulate runs play in a bubble, with n nodes.
func simulate(t *testing.T, n int, seed uint64, durable bool, play func(s *sim)) {
	synctest.Test(t, func(t *testing.T) {
		kv, err := service.New(node.SeqKV, seed)
		require.NoError(t, err)
		s := &sim{
			t: t, seed: seed, durable: durable,
			rng: rand.New(rand.NewPCG(seed, 0)), seqkv: kv, journal: fnv.New64a(), start: time.Now(),
			lives:   make([]*life, n),
			latency: func() time.Duration { return 0 },
			drops:   func(int, int) bool { return false },
			repeats: func() bool { return false },
		}
		for i := range n {
			s.ids = append(s.ids, fmt.Sprintf("n%d", i))
		}
		for i := range n {
			s.revive(i)
		}
		defer func() {
			for i := range n {
				s.kill(i)
			}
		}()
		play(s)
	})
}

// now returns the time since the start.
func (s *sim) now() time.Duration { return time.Since(s.start) }

// revive starts node i.
func (s *sim) revive(i int) {
	l := &life{}
	l.mem = node.NewMem(func(text []byte) {
		o := line{at: time.Now(), text: text}
		if err := json.Unmarshal(text, &o.Message); err != nil {
			panic(err) // there is no better way from here
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.out = append(l.out, o)
	})
	n := node.New(node.Options{Transport: l.mem, Seed: s.seed, Logger: slog.New(slog.DiscardHandler)})
	serve(n, s.durable)
	go func() { _ = n.Run() }() // in memory nothing can fail
	s.lives[i] = l
	l.mem.Deliver(fmt.Appendf(nil, `{"src":"c0","dest":%[1]q,"body":{"type":"init","msg_id":1,"node_id":%[1]q,"node_ids":["%[2]s"]}}`,
		s.ids[i], strings.Join(s.ids, `","`)))
}

// kill ends node i: what it has not sent yet is gone.
func (s *sim) kill(i int) {
	if l := s.lives[i]; l != nil {
		s.lives[i] = nil
		l.mem.CloseInput()
	}
}

// run lets the time pass until t.
func (s *sim) run(t time.Duration) {
	for s.now() < t {
		s.step()
	}
}

// step lets a millisecond pass.
func (s *sim) step() {
	time.Sleep(time.Millisecond)
	synctest.Wait()
	s.collect()
	for len(s.queue) > 0 && !s.queue[0].at.After(time.Now()) {
		s.deliver(heap.Pop(&s.queue).(event))
	}
	synctest.Wait()
	s.collect()
}

// collect takes what the nodes have written, node by node, and of each what goes to one destination after what
// goes to another: which of them was first is not for the scheduler of the Go runtime to decide.
func (s *sim) collect() {
	for i, l := range s.lives {
		if l == nil {
			continue
		}
		l.mu.Lock()
		out := l.out
		l.out = nil
		l.mu.Unlock()
		slices.SortStableFunc(out, func(a, b line) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Dest, b.Dest))
		})
		for _, o := range out {
			s.take(i, o)
		}
	}
}

// take takes a line that node i has written.
func (s *sim) take(i int, o line) {
	fmt.Fprintf(s.journal, "%v %s\n", o.at.UnixNano(), o.text)
	switch {
	case o.Dest == node.SeqKV || slices.Contains(s.ids, o.Dest):
		s.send(o.at, s.ids[i], o.Dest, o.text)
	case o.Dest != "c0": // which does not wait for init_ok
		s.answer(o.Message)
	}
}

// send puts a message between servers on the network, once or twice.
func (s *sim) send(at time.Time, from, to string, text []byte) {
	s.servers++
	copies := 1
	if s.repeats() {
		copies = 2
	}
	for range copies {
		s.made++
		heap.Push(&s.queue, event{at.Add(s.latency()), s.made, from, to, text})
	}
}

// deliver brings a message to where it is sent.
func (s *sim) deliver(e event) {
	if e.to == node.SeqKV {
		if s.kvAbsent {
			return
		}
		var m node.Message
		require.NoError(s.t, json.Unmarshal(e.text, &m))
		reply, err := json.Marshal(node.Message{Src: e.to, Dest: e.from, Body: s.seqkv.Handle(e.from, m.Body)})
		require.NoError(s.t, err)
		s.send(time.Now(), e.to, e.from, reply)
		return
	}
	from, to := slices.Index(s.ids, e.from), slices.Index(s.ids, e.to)
	if s.lives[to] == nil || from >= 0 && s.drops(from, to) {
		return
	}
	s.lives[to].mem.Deliver(slices.Clone(e.text))
}

// request makes a client's request to node i, which must be alive.
func (s *sim) request(i int, body string) *call {
	c := &call{node: i, at: s.now()}
	s.calls = append(s.calls, c)
	s.ops++
	s.lives[i].mem.Deliver(fmt.Appendf(nil, `{"src":"c%[1]d","dest":%[2]q,"body":{"msg_id":%[1]d,%[3]s}}`, len(s.calls), s.ids[i], body))
	return c
}

// answer takes a reply to a request.
func (s *sim) answer(m node.Message) {
	var body struct {
		Type  string
		Reply int `json:"in_reply_to"`
		Code  int
		Value *big.Int
	}
	require.NoError(s.t, json.Unmarshal(m.Body, &body))
	c := s.calls[body.Reply-1]
	c.answered, c.errorCode, c.value = s.now(), -1, body.Value
	if body.Type == "error" {
		c.errorCode = body.Code
	}
}

// add requests an add of delta from node i.
func (s *sim) add(i int, delta int64) *call {
	c := s.request(i, fmt.Sprintf(`"type":"add","delta":%d`, delta))
	c.delta = delta
	return c
}

// read returns what node i says the sum is.
func (s *sim) read(i int) int64 {
	c := s.request(i, `"type":"read"`)
	s.step()
	require.NotNil(s.t, c.value)
	return c.value.Int64()
}

// load lets clients be busy until the time end: perSecond operations on average, with the gaps of the
// harness, half of them adds of 0 to 4, to random nodes that live. At each of them faults is called first.
func (s *sim) load(perSecond float64, end time.Duration, faults func()) {
	next := s.now()
	for {
		next += time.Duration(s.rng.Float64() * 2 / perSecond * float64(time.Second))
		if next >= end {
			s.run(end)
			return
		}
		s.run(next)
		faults()
		i := s.rng.IntN(len(s.ids))
		switch {
		case s.lives[i] == nil:
		case s.rng.IntN(2) == 0:
			s.request(i, `"type":"read"`)
		default:
			s.add(i, s.rng.Int64N(5))
		}
	}
}

// sums returns what all adds that pass come to: those that were acknowledged, and all.
func (s *sim) sums(pass func(c *call) bool) (acknowledged, attempted int64) {
	for _, c := range s.calls {
		if !pass(c) {
			continue
		}
		attempted += c.delta
		if c.answered > 0 && c.errorCode < 0 {
			acknowledged += c.delta
		}
	}
	return acknowledged, attempted
}

func all(*call) bool { return true }

// requireExact checks that every node reads the sum of all adds, which were all acknowledged.
func (s *sim) requireExact() {
	s.t.Helper()
	acknowledged, attempted := s.sums(all)
	require.Equal(s.t, attempted, acknowledged, "seed %d", s.seed)
	for i := range s.ids {
		require.Equal(s.t, acknowledged, s.read(i), "%s, seed %d", s.ids[i], s.seed)
	}
}

// requireWithin checks that all nodes read the same, and that it is at least the sum of the
// acknowledged adds and at most that of all.
func (s *sim) requireWithin() {
	s.t.Helper()
	acknowledged, attempted := s.sums(all)
	sum := s.read(0)
	require.GreaterOrEqual(s.t, sum, acknowledged, "seed %d", s.seed)
	require.LessOrEqual(s.t, sum, attempted, "seed %d", s.seed)
	for i := range s.ids {
		require.Equal(s.t, sum, s.read(i), "%s, seed %d", s.ids[i], s.seed)
	}
}
