package service

import (
	"encoding/json"
	"fmt"

	"glomers/harness/internal/jsonvalue"
	"glomers/node"
)

// kv is the backend of a key/value service. What the three have in common is here; they differ in the
// state that an operation acts on, which is the store's to say.
type kv struct {
	store store
}

// A store holds the keys, and maybe some of their past.
type store interface {
	// do carries out op for client and returns the value that it read, nil if it read none.
	do(client string, op operation) (json.RawMessage, *node.RPCError)
	// size returns how many bytes the keys and values take.
	size() int
}

// What a key and a value cost besides their bytes, roughly.
const (
	keyCost   = 128
	valueCost = 48
)

func (k kv) size() int { return k.store.size() }

func (k kv) serve(client string, r request) (payload, *node.RPCError) {
	op, fault := parseOperation(r)
	if fault != nil {
		return payload{}, fault
	}
	value, fault := k.store.do(client, op)
	return payload{"value", value}, fault
}

// The kinds of operations.
const (
	read  = "read"
	write = "write"
	cas   = "cas"
)

// An operation is what a request asks a store for.
type operation struct {
	kind   string
	key    string          // canonical
	name   json.RawMessage // the key as the client wrote it
	from   json.RawMessage // of a cas
	to     json.RawMessage // of a cas or a write
	create bool            // a cas may create the key
}

func parseOperation(r request) (op operation, unknown *node.RPCError) {
	op.kind = r.kind
	switch op.kind {
	case read, write, cas:
	default:
		return op, r.unsupported("read, write or cas")
	}
	op.name = r.field("key")
	op.key = jsonvalue.Key(op.name)
	switch op.kind {
	case write:
		op.to = r.field("value")
	case cas:
		op.from, op.to, op.create = r.field("from"), r.field("to"), r.flag("create_if_not_exists")
	}
	return op, nil
}

// An outcome is what an operation comes to.
type outcome struct {
	value json.RawMessage // that it read; nil for none
	store json.RawMessage // what the key's value is to be; nil to leave it
}

// apply decides what the operation comes to if the key's value is current, nil if it has none. It
// has no effect itself.
func (op operation) apply(current json.RawMessage) (outcome, *node.RPCError) {
	missing := current == nil
	switch {
	case op.kind == write:
		return outcome{store: op.to}, nil
	case missing && !(op.kind == cas && op.create):
		text := fmt.Sprintf("key %s does not exist", clip(op.name))
		return outcome{}, node.NewRPCError(node.KeyDoesNotExist, text)
	case op.kind == read:
		return outcome{value: current}, nil
	case !missing && !jsonvalue.Equal(current, op.from):
		text := fmt.Sprintf("current value %s of key %s is not %s", clip(current), clip(op.name), clip(op.from))
		return outcome{}, node.NewRPCError(node.PreconditionFailed, text)
	default:
		return outcome{store: op.to}, nil
	}
}

// linKV is the linearizable store: one state, on which every operation acts when it comes.
type linKV struct {
	values map[string]json.RawMessage
	bytes  int // of keys and values
}

func newLinKV() *linKV { return &linKV{values: make(map[string]json.RawMessage)} }

func (l *linKV) size() int { return l.bytes }

func (l *linKV) do(_ string, op operation) (json.RawMessage, *node.RPCError) {
	current, exists := l.values[op.key]
	out, fault := op.apply(current)
	if out.store != nil {
		if !exists {
			l.bytes += len(op.key) + keyCost
		}
		l.bytes += len(out.store) - len(current)
		l.values[op.key] = out.store
	}
	return out.value, fault
}
