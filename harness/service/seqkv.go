package service

import (
	"encoding/json"

	"glomers/harness/choice"
	"glomers/harness/internal/jsonvalue"
	"glomers/node"
)

// window is the number of states that seq-kv keeps.
const window = 32

// seqKV is the sequentially consistent store. Its states are numbered 0, 1, 2, …, and the last 32 are kept. Every client has a
// position among the states, which never moves back.
//
// An operation is first tried on a state drawn uniformly between the client's position and the newest state, both included. If
// the operation changes nothing there (a read, a cas that fails, a write of the value already there), this is its outcome, and
// the client's position moves to that state. If it would change something, the operation is carried out on the newest state
// instead. This makes a new state, to which the client's position moves. So reads may be stale, but writes never act on a stale
// state.
//
// While no client writes, repeated reads reach the newest state: of the states ahead, each read skips half on average. A single
// read guarantees nothing. Writing a value that the key never had before brings the client up to date at once.
//
// The reference behaves in the same way as long as the client's position is among the kept states. If it is not, the reference's
// buffer wraps around, and the reads of the client go back. Here, such a client is moved to the oldest kept state.
type seqKV struct {
	choices  choice.Stream
	newest   int            // number of the newest state
	position map[string]int // by client; a position before the oldest kept state counts as the oldest kept state
	keys     map[string]*register
	bytes    int // size of the keys and versions

	// For each kept state i, changed[i%window] is the register that state i changed; nil if it changed none.
	changed [window]*register
}

// A register holds the versions of a key that the kept states need, and no others. So 32 states together take little more room
// than one.
//
// Invariant: the states of the versions increase; only the first version's state may be before the oldest kept state.
type register struct {
	versions []version
}

// A version is a value and the first state that had it.
type version struct {
	state int
	value json.RawMessage
}

func newSeqKV(choices choice.Stream) *seqKV {
	return &seqKV{choices: choices, position: make(map[string]int), keys: make(map[string]*register)}
}

func (s *seqKV) do(client string, op operation) (json.RawMessage, *node.RPCError) {
	at := s.pick(client)
	r := s.keys[op.key]
	current := r.at(at)
	out, fault := op.apply(current)
	if out.store == nil || current != nil && jsonvalue.Equal(out.store, current) {
		s.position[client] = at
		return out.value, fault
	}
	out, fault = op.apply(r.at(s.newest))
	s.advance(op.key, out.store)
	s.position[client] = s.newest
	return out.value, fault
}

// pick draws the state on which the client's next operation is tried.
func (s *seqKV) pick(client string) int {
	from := max(s.position[client], s.oldest())
	return from + s.choices.IntN(s.newest-from+1)
}

// advance makes the next state, in which key has the given value. A nil value leaves the key as it is: the operation failed on
// the newest state, but still makes a new state.
func (s *seqKV) advance(key string, value json.RawMessage) {
	s.newest++
	var r *register
	if value != nil {
		if r = s.keys[key]; r == nil {
			r = &register{}
			s.keys[key] = r
			s.bytes += len(key) + keyCost
		}
		r.versions = append(r.versions, version{s.newest, value})
		s.bytes += len(value) + valueCost
	}
	s.changed[s.newest%window] = r
	// The state before the oldest is no longer kept. The only value that no other state needs is the one that the oldest state
	// replaced.
	if r := s.changed[s.oldest()%window]; r != nil {
		s.bytes -= r.forget(s.oldest())
	}
}

func (s *seqKV) size() int { return s.bytes }

func (s *seqKV) oldest() int { return max(0, s.newest-window+1) }

// at returns the value in a state, or nil if the key did not exist then.
func (r *register) at(state int) json.RawMessage {
	if r == nil {
		return nil
	}
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := r.versions[i]; v.state <= state {
			return v.value
		}
	}
	return nil
}

// forget drops the versions that were already replaced in the oldest kept state, and returns their size.
func (r *register) forget(oldest int) (bytes int) {
	n := 0
	for n+1 < len(r.versions) && r.versions[n+1].state <= oldest {
		n++
	}
	for _, v := range r.versions[:n] {
		bytes += len(v.value) + valueCost
	}
	if n > 0 {
		kept := copy(r.versions, r.versions[n:])
		clear(r.versions[kept:]) // so that the values are freed
		r.versions = r.versions[:kept]
	}
	return bytes
}
