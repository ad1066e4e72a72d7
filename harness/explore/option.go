package explore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"hash/maphash"
	"time"
)

// A Kind is a kind of action.
type Kind uint8

// The kinds of actions.
const (
	Deliver   Kind = iota // a message to its receiver
	Begin                 // a client's next operation
	Start                 // a node that was killed
	Heal                  // the partition
	Fire                  // the earliest timer of a node
	Lose                  // a message that was just sent
	Duplicate             // a message that was just sent
	Kill                  // a node
	Cut                   // the nodes into two groups
	End                   // of the explored part, where there is nothing left to do but to kill a node or, in a debugger, other faults
	Sync                  // of what a node's disk is writing
	Final                 // no option: an operation of the final phase
	Pick                  // no action: one of the states that a service may show, in the course of an action
)

var kindNames = [...]string{"deliver", "begin", "start", "heal", "fire", "lose", "duplicate", "kill", "cut", "end", "sync", "final", "pick"}

// String returns the name of the kind, as in "deliver".
func (k Kind) String() string { return kindNames[k] }

// The classes of ready options, in the canonical order.
const (
	begunFirst = iota
	messages
	syncs // a disk is fast: what a node has written is safe before its clients or timers go on
	starts
	begins
	heals
	timers
)

// An option is an action that the world offers.
type option struct {
	kind  Kind
	index int    // of the message in the bag, the client, the node or the cut
	id    uint64 // the same for the same action in another state
	turn  turnOf
	roll  int           // of a timer: the number of its series of random numbers
	kept  bool          // of a kill: the write under way has reached the disk
	due   time.Duration // of a timer
	class int

	beyond bool // the scope does not allow it
}

func (o option) compare(p option) int {
	return cmp.Or(cmp.Compare(o.turn.round, p.turn.round), cmp.Compare(o.class, p.class), cmp.Compare(o.due, p.due), cmp.Compare(o.turn.seq, p.turn.seq))
}

// isFault reports whether an action of the kind is a fault.
func (k Kind) isFault() bool { return k >= Lose && k <= Cut }

// A footprint is what an action has touched. Two actions that touch different things commute.
type footprint struct {
	node      int  // the receiver: a node or, after the nodes, a service
	invokes   bool // an operation has begun
	completes bool // an operation has completed
	draws     bool // an operation has been drawn from the numbers that all clients share
	global    bool // everything
}

// independent reports whether two actions that are both enabled lead to the same state in either order. Of operations, it only
// matters which had completed when another began: no checker sees more of their order.
func (f footprint) independent(g footprint) bool {
	return !f.global && !g.global && f.node != g.node && !(f.invokes && g.completes) && !(f.completes && g.invokes) && !(f.draws && g.draws)
}

// A message is under way between two parties.
type message struct {
	src, dest string
	from, to  int // receivers: nodes, then services
	service   bool
	line      []byte
	body      json.RawMessage
	decoded   any    // the line; nil until it is needed
	id        uint64 // the hash of the line
	turn      turnOf
	fresh     bool // the latest action has sent it
	was       bool // fresh before the latest action
	idle      bool // it has changed nothing when the receiver's key was idleAt
	idleAt    uint64
}

func (m *message) same(o *message) bool { return m.id == o.id && bytes.Equal(m.line, o.line) }

// Hashes are of one process: another one has other hashes of the same states, but the same number of different states.
var hashSeed = maphash.MakeSeed()

func hashBytes(b []byte) uint64 { return maphash.Bytes(hashSeed, b) }

// mix combines two hashes; the order matters (splitmix64: Steele, Lea, Flood 2014).
func mix(h, v uint64) uint64 {
	h = h*0x9e3779b97f4a7c15 + v + 0x7f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// actionID returns the id of an action that is no delivery.
func actionID(k Kind, numbers ...int) uint64 {
	h := uint64(k) + 1
	for _, n := range numbers {
		h = mix(h, uint64(n))
	}
	return h
}
