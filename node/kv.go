package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

// The key/value services' node ids.
const (
	LinKV = maelstrom.LinKV // linearizable
	SeqKV = maelstrom.SeqKV // sequentially consistent
	LWWKV = maelstrom.LWWKV // last write wins: it may lose writes
)

// A KV is a client of a key/value service. Its methods may be called concurrently; a
// typed handler passes its own context, and other handlers run while it waits.
//
// Every method gives up after DefaultTimeout, with an *RPCError of code Timeout, or when ctx ends, with its error. A
// Write or CompareAndSwap may then have happened. A read without a reply is repeated until then.
type KV struct {
	service string
	node    *Node
}

// NewKV returns a client of the service with node id service.
func NewKV(service string, n *Node) *KV { return &KV{service, n} }

// NewLinKV returns a client of the linearizable service.
func NewLinKV(n *Node) *KV { return NewKV(LinKV, n) }

// NewSeqKV returns a client of the sequentially consistent service.
func NewSeqKV(n *Node) *KV { return NewKV(SeqKV, n) }

// NewLWWKV returns a client of the last-write-wins service.
func NewLWWKV(n *Node) *KV { return NewKV(LWWKV, n) }

type kvRequest struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
}

type kvCAS struct {
	Key               string `json:"key"`
	From              any    `json:"from"`
	To                any    `json:"to"`
	CreateIfNotExists bool   `json:"create_if_not_exists,omitempty"`
}

type kvValue struct {
	Value json.RawMessage `json:"value"`
}

// Read returns the value of key: as an int if it is an integer that fits, otherwise as encoding/json
// decodes it into an any. A key that does not exist is an *RPCError of code KeyDoesNotExist.
func (kv *KV) Read(ctx context.Context, key string) (any, error) {
	raw, err := kv.read(ctx, key)
	if err != nil {
		return nil, err
	}
	if i, err := strconv.Atoi(string(raw)); err == nil {
		return i, nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("node: value of %q in %s: %w", key, kv.service, err)
	}
	return v, nil
}

// ReadInto decodes the value of key into v, a pointer.
func (kv *KV) ReadInto(ctx context.Context, key string, v any) error {
	raw, err := kv.read(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("node: value of %q in %s: %w", key, kv.service, err)
	}
	return nil
}

// ReadInt returns the value of key, which must be an integer that fits an int: anything else is an error.
func (kv *KV) ReadInt(ctx context.Context, key string) (int, error) {
	var i *int
	if err := kv.ReadInto(ctx, key, &i); err != nil {
		return 0, err
	}
	if i == nil {
		return 0, fmt.Errorf("node: value of %q in %s is null, not an integer", key, kv.service)
	}
	return *i, nil
}

// read returns the value of key as JSON.
func (kv *KV) read(ctx context.Context, key string) (json.RawMessage, error) {
	request := struct {
		Key string `json:"key"`
	}{key}
	reply, err := Call[kvValue](ctx, kv.node, kv.service, "read", request, Idempotent(Retry{}))
	if err != nil {
		return nil, err
	}
	if reply.Value == nil {
		return json.RawMessage("null"), nil
	}
	return reply.Value, nil
}

// Write sets the value of key.
func (kv *KV) Write(ctx context.Context, key string, value any) error {
	_, err := Call[struct{}](ctx, kv.node, kv.service, "write", kvRequest{key, value})
	return err
}

// CompareAndSwap sets the value of key to to if it is from; values are compared as JSON. If the key does
// not exist, createIfNotExists makes it; otherwise the error is an
// *RPCError of code KeyDoesNotExist. For a value other than from, its code is PreconditionFailed.
func (kv *KV) CompareAndSwap(ctx context.Context, key string, from, to any, createIfNotExists bool) error {
	_, err := Call[struct{}](ctx, kv.node, kv.service, "cas", kvCAS{key, from, to, createIfNotExists})
	return err
}

// Update replaces the value v of key by change(v), and returns the new value. The value of a key that does not
// exist is initial. If the value changes between Update's read and its write, Update reads it again and
// calls change again, until ctx ends; change must therefore only compute. After
// an error of code Timeout the update may have happened.
func Update[T any](ctx context.Context, kv *KV, key string, initial T, change func(T) T) (T, error) {
	var zero T
	for attempt := 0; ; attempt++ {
		from, old := any(initial), initial
		raw, err := kv.read(ctx, key)
		switch {
		case err == nil:
			if err := json.Unmarshal(raw, &old); err != nil {
				return zero, fmt.Errorf("node: value of %q in %s: %w", key, kv.service, err)
			}
			from = raw
		case ErrorCode(err) != KeyDoesNotExist:
			return zero, err
		}
		next := change(old)
		err = kv.CompareAndSwap(ctx, key, from, next, true)
		if err == nil {
			return next, nil
		}
		if ErrorCode(err) != PreconditionFailed {
			return zero, err
		}
		if err := kv.node.Sleep(ctx, kv.node.backoff(attempt)); err != nil {
			return zero, err
		}
	}
}

// A TSO is a client of lin-tso, the linearizable timestamp oracle. It may be used concurrently.
type TSO struct{ node *Node }

// LinTSO is the timestamp oracle's node id.
const LinTSO = "lin-tso"

// NewLinTSO returns a client of lin-tso.
func NewLinTSO(n *Node) *TSO { return &TSO{n} }

// Next returns a timestamp that is greater than all timestamps that any client got before the call of Next. A
// request without a reply is repeated, which leaves a gap.
func (ts *TSO) Next(ctx context.Context) (int64, error) {
	reply, err := Call[struct {
		TS *int64 `json:"ts"`
	}](ctx, ts.node, LinTSO, "ts", struct{}{}, Idempotent(Retry{}))
	if err != nil {
		return 0, err
	}
	if reply.TS == nil {
		return 0, errors.New("node: lin-tso's reply has no ts")
	}
	return *reply.TS, nil
}
