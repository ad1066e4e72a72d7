package service

import (
	"encoding/json"
	"fmt"

	"glomers/harness/internal/jsonvalue"
	"glomers/node"
)

// kv is the common backend of the three key/value services. The services differ in their store, which decides on which state an
// operation acts.
type kv struct {
	store store
}

// A store holds the keys and their values, possibly including earlier values.
type store interface {
	// do carries out op for client. It returns the value that a read found, and nil for other operations.
	do(client string, op operation) (json.RawMessage, *node.RPCError)
	// size returns the size of the keys and values in bytes.
	size() int
}

// Rough overhead of a key and of a value, in bytes.
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

// An operation is a parsed request to a store.
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

// An outcome is the result of an operation.
type outcome struct {
	value json.RawMessage // the value that a read returns; nil for other operations
	store json.RawMessage // the new value of the key; nil to leave the value as it is
}

// apply returns the outcome of the operation when the key has the value current, which is nil if the key does not exist. It does
// not change any state.
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

// linKV is the linearizable store. It has one state, on which every operation acts at once.
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
