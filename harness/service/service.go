// Package service implements the services that a cluster can use: lin-kv, seq-kv, lww-kv and lin-tso. A node sends requests to a
// service as it does to other nodes. Partitions do not affect services.
//
//	lin-kv, seq-kv, lww-kv
//	    read {key}                                    → read_ok {value}
//	    write {key, value}                            → write_ok
//	    cas {key, from, to, create_if_not_exists?}    → cas_ok
//	lin-tso
//	    ts                                            → ts_ok {ts}
//
// Keys and values are any JSON, including null, and are compared as JSON values: the order of an object's keys, spaces and
// escapes do not matter. An integer differs from a number with a fraction or an exponent, so 1 is not 1.0. Integers are exact
// at any size. A read returns a value as it was written.
//
// A missing field is null: a read without key reads the key null. The names of fields are matched exactly, so "Key" is not key.
// create_if_not_exists is on unless it is false, null or missing.
//
// The error codes are 20 (no such key), 22 (cas found a value other than from), 12 (the type is missing or is not a string) and
// 10 (unknown type). All are definite: a refused request has changed nothing. The reference does not answer a request of an
// unknown type, so its node waits until it gives up; here the node gets an error.
//
// # Guarantees
//
//   - lin-kv is linearizable: every request acts on the one current state.
//   - seq-kv is sequentially consistent: all clients see the same states in the same order, and no client goes back to an earlier
//     state, but a client may be up to 31 states behind. A client that reads again and again reaches the newest state.
//   - lww-kv is eventually consistent: the write with the highest stamp wins, and it may be older than another write that was
//     acknowledged. So the service loses writes. Its cas never creates a key.
//   - lin-tso returns 0, 1, 2, …, each number once.
//
// # Concurrency
//
// A Service has a single owner, which calls Handle for one request at a time. A Service has no goroutines, clocks or I/O: the
// same decisions and the same sequence of requests give the same replies.
package service

import (
	"encoding/json"
	"fmt"
	"strings"

	"glomers/harness/choice"
	"glomers/node"
)

// A Service answers the requests that nodes send to it.
type Service interface {
	// Name returns the id under which nodes reach the service.
	Name() string
	// Handle carries out a request from src and returns the body of the reply. Every request gets a reply; its in_reply_to is the
	// msg_id of the request, whatever its type, or null. A body that has an in_reply_to, and is not a valid request, is a reply:
	// Handle ignores it and returns nil. Handle does not keep body.
	Handle(src string, body json.RawMessage) json.RawMessage
	// Size returns the approximate size of the service's state in bytes: keys, values and their overhead.
	Size() int
}

// Names returns the names of the services.
func Names() []string { return []string{node.LinKV, node.SeqKV, node.LWWKV, node.LinTSO} }

// New returns the service with this name; see Names. The service asks the gate for its random choices. The error lists the
// accepted names.
func New(name string, gate choice.Gate) (Service, error) {
	b := newBackend(name, gate.Stream(name))
	if b == nil {
		return nil, fmt.Errorf("service: no service %q: want %s", name, strings.Join(Names(), ", "))
	}
	return &server{name, b}, nil
}

// All returns one of each service, in the order of Names.
func All(gate choice.Gate) []Service {
	var all []Service
	for _, name := range Names() {
		all = append(all, &server{name, newBackend(name, gate.Stream(name))})
	}
	return all
}

// newBackend returns nil for a name that is not one of Names.
func newBackend(name string, choices choice.Stream) backend {
	switch name {
	case node.LinKV:
		return kv{newLinKV()}
	case node.SeqKV:
		return kv{newSeqKV(choices)}
	case node.LWWKV:
		return kv{newLWWKV(choices)}
	case node.LinTSO:
		return &oracle{}
	}
	return nil
}

// A server parses requests and builds replies. Its backend carries the requests out.
type server struct {
	name    string
	backend backend
}

// A backend carries out requests.
type backend interface {
	// serve carries out a request and returns the payload of the reply, or an error.
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
