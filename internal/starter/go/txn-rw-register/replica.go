package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"time"

	"glomers/node"
)

// gossipEvery is the time between two ticks of a replica.
const gossipEvery = 200 * time.Millisecond

// A replica decides what a node says, and when: it is a node.Machine. Events come in, and the messages to send come back,
// so it is tested as a function.
//
// Transactions run one at a time and wait for nobody, so no one sees half of another, and all are served while links are cut.
// The last write of a register wins on all nodes, by a Lamport clock (Lamport 1978).
type replica struct {
	id        string
	others    []string           // the ids of the other nodes
	registers map[string]version // by key
	clock     int64              // the highest one that was seen
	tickAt    time.Duration      // when the next tick is due
}

func newReplica(id string, others []string) *replica {
	return &replica{id: id, others: others, registers: make(map[string]version)}
}

// A version is the value of a register, and the transaction that wrote it.
type version struct {
	Value json.RawMessage `json:"value"`
	Clock int64           `json:"clock"`
	Node  string          `json:"node"`
}

// after reports whether v is later than w. Equal clocks are ordered by the node, so that all nodes agree.
func (v version) after(w version) bool {
	return cmp.Or(cmp.Compare(v.Clock, w.Clock), cmp.Compare(v.Node, w.Node)) > 0
}

// A gossip is the one message between nodes.
type gossip struct {
	Registers map[string]version `json:"registers"` // everything that the sender has
}

type envelope = node.Envelope[gossip]

// An op reads or writes a register. In JSON it is ["r", key, value] or ["w", key, value].
type op struct {
	f          string
	key, value json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (o op) MarshalJSON() ([]byte, error) { return json.Marshal([]any{o.f, o.key, o.value}) }

// UnmarshalJSON implements json.Unmarshaler.
func (o *op) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&o.f, &o.key, &o.value})
}

// run runs a transaction, and returns its operations with the values that were read.
func (r *replica) run(txn []op) []op {
	r.clock++
	done := make([]op, len(txn))
	for i, o := range txn {
		if o.f == "w" {
			r.registers[string(o.key)] = version{o.value, r.clock, r.id}
		} else {
			o.value = r.registers[string(o.key)].Value // null if nothing was written
		}
		done[i] = o
	}
	return done
}

// Receive takes a message from another node, and has no answer.
func (r *replica) Receive(_ string, g gossip, _ time.Duration) []envelope {
	for key, v := range g.Registers {
		r.clock = max(r.clock, v.Clock)
		if v.after(r.registers[key]) {
			r.registers[key] = v
		}
	}
	return nil
}

// Tick tells the others everything, every gossipEvery.
func (r *replica) Tick(now time.Duration) (out []envelope) {
	if now < r.tickAt {
		return nil
	}
	r.tickAt = now + gossipEvery
	for _, id := range r.others {
		out = append(out, envelope{Dest: id, Message: gossip{maps.Clone(r.registers)}})
	}
	return out
}

// Next returns when to call Tick.
func (r *replica) Next() time.Duration { return r.tickAt }
