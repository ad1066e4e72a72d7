// Package service holds the services that a cluster can use: lin-kv, seq-kv, lww-kv and lin-tso. To
// a node they are parties that answer requests, as other nodes do; partitions do not touch them.
//
//	lin-kv, seq-kv, lww-kv
//	    read {key}                                    → read_ok {value}
//	    write {key, value}                            → write_ok
//	    cas {key, from, to, create_if_not_exists?}    → cas_ok
//	lin-tso
//	    ts                                            → ts_ok {ts}
//
// Keys and values are any JSON, null included, and are compared as JSON values: the order of an object's
// keys, spaces and escapes do not matter. An integer differs from a number with a fraction or an
// exponent, so 1 is not 1.0; integers are exact at any size. Values come back as they were written.
//
// A field that is missing is null: a read without key reads the key null. The names of fields are matched exactly, so "Key" is
// no key. create_if_not_exists is on unless it is false, null or missing.
//
// The errors are 20 (no such key), 22 (cas found another value than from), 12 (no type, or none that is a string) and
// 10 (no such type). All are definite: what is refused has changed nothing. The reference does not answer a request of a type that
// its service does not know, so the node waits until it gives up; here it is told.
//
// # What each promises
//
//   - lin-kv is linearizable: a request acts on the one current state.
//   - seq-kv is sequentially consistent: all clients see the same states in the same order, and none
//     goes back, but each may be up to 31 states behind. A client that reads again and again gets to the newest state.
//   - lww-kv is eventually consistent; the last write wins, and may be older than one that was
//     acknowledged before it. It loses writes. Its cas never creates a key.
//   - lin-tso gives 0, 1, 2, …, each number once.
//
// # Concurrency
//
// A Service is for a single owner, who calls Handle for one request at a time. It has no goroutines,
// clocks or I/O: one seed and one sequence of requests give one sequence of replies.
package service

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"glomers/node"
)

// A Service answers the requests that nodes send to it.
type Service interface {
	// Name returns the id under which nodes reach the service.
	Name() string
	// Handle carries out a request that src sent, and returns the body of the reply. Every request gets
	// one; its in_reply_to is the request's msg_id, whatever that was, or null. A body that has an in_reply_to and is
	// no request that the service knows is a reply: Handle does nothing and returns nil. It does not keep body.
	Handle(src string, body json.RawMessage) json.RawMessage
	// Size returns how many bytes the service holds, roughly: keys, values, and what either costs.
	Size() int
}

// Names returns the names of the services.
func Names() []string { return []string{node.LinKV, node.SeqKV, node.LWWKV, node.LinTSO} }

// New returns a service by its name; see Names. Its choices follow from seed and name. An error says
// what is accepted.
func New(name string, seed uint64) (Service, error) {
	b := newBackend(name, generator(seed, name))
	if b == nil {
		return nil, fmt.Errorf("service: no service %q: want %s", name, strings.Join(Names(), ", "))
	}
	return &server{name, b}, nil
}

// All returns one of each service, in the order of Names.
func All(seed uint64) []Service {
	var all []Service
	for _, name := range Names() {
		all = append(all, &server{name, newBackend(name, generator(seed, name))})
	}
	return all
}

// newBackend returns nil for a name that is not one of Names.
func newBackend(name string, rng *rand.Rand) backend {
	switch name {
	case node.LinKV:
		return kv{newLinKV()}
	case node.SeqKV:
		return kv{newSeqKV(rng)}
	case node.LWWKV:
		return kv{newLWWKV(rng)}
	case node.LinTSO:
		return &oracle{}
	}
	return nil
}

// generator returns a stream of random numbers that is a service's own, whatever others draw.
func generator(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// A server takes requests apart and puts replies together; its backend does what they ask for.
type server struct {
	name    string
	backend backend
}

// A backend carries out requests.
type backend interface {
	// serve returns what the reply tells, or why there is nothing to tell.
	serve(client string, r request) (payload, *node.RPCError)
	size() int
}

// Name implements Service.
func (s *server) Name() string { return s.name }

// Size implements Service.
func (s *server) Size() int { return s.backend.size() }

// Handle implements Service.
func (s *server) Handle(src string, body json.RawMessage) json.RawMessage {
	var p payload
	r, fault := parseRequest(body)
	if fault == nil {
		p, fault = s.backend.serve(src, r)
	}
	switch {
	case fault == nil:
		return r.answer(p)
	case r.isReply() && (fault.Code == node.NotSupported || fault.Code == node.MalformedRequest):
		return nil
	default:
		return r.refuse(fault)
	}
}
