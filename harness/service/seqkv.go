package service

import (
	"encoding/json"
	"math/rand/v2"

	"glomers/harness/internal/jsonvalue"
	"glomers/node"
)

// window is how many states seq-kv keeps.
const window = 32

// seqKV is the sequentially consistent store. Its states are numbered 0, 1, 2, …; the last 32 are
// kept, and every client has a position among them, which never goes back.
//
// An operation is first tried on a state drawn uniformly from the client's position to the newest, both
// included. If it changes nothing there (a read, a cas that fails, a write of the value that is there), that is its
// outcome and the position moves to that state. If it would change something, it is carried out on the
// newest state instead, the result is the next state, and the position moves there. So
// reads may be stale, and writes never are.
//
// While nobody writes, repeated reads reach the newest state: of d states ahead, each read skips half on average. A single
// read promises nothing; writing a value that was never there before brings a client up to date at once.
//
// The reference does the same as long as the client's position is among the states that are kept. Where it is not, the
// reference's buffer wraps around, and the reads of a client go back; here such a client is at the oldest state that is kept.
type seqKV struct {
	rng      *rand.Rand
	newest   int            // state
	position map[string]int // by client; a client whose state is no longer kept is at the oldest that is
	keys     map[string]*register
	bytes    int // of keys and versions

	// changed[i%window] is what state i changed, nil for nothing, of the states that are kept.
	changed [window]*register
}

// A register is a key's past: what the kept states need of it, and no more, so
// that 32 states together take little more room than one.
//
// Invariant: states increase; only the first may be before the oldest state that is kept.
type register struct {
	versions []version
}

// A version is a value and the first state that had it.
type version struct {
	state int
	value json.RawMessage
}

func newSeqKV(rng *rand.Rand) *seqKV {
	return &seqKV{rng: rng, position: make(map[string]int), keys: make(map[string]*register)}
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

// pick returns the state on which the client's next operation is tried.
func (s *seqKV) pick(client string) int {
	from := max(s.position[client], s.oldest())
	return from + s.rng.IntN(s.newest-from+1)
}

// advance makes the next state, in which key has that value. Nil leaves the key as it is: the
// operation failed on the newest state after all, yet counts as a state.
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
	// The state before the oldest is no longer kept. What it alone needed is the value
	// that the oldest replaced.
	if r := s.changed[s.oldest()%window]; r != nil {
		s.bytes -= r.forget(s.oldest())
	}
}

func (s *seqKV) size() int { return s.bytes }

func (s *seqKV) oldest() int { return max(0, s.newest-window+1) }

// at returns the value in a state, nil if the key did not exist then.
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

// forget drops the values that were gone in the oldest state that is kept, and returns their size.
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
