package node

import (
	"context"
	"encoding/json"
	"fmt"
)

// HandleRPC registers f for requests of type typ. The body is decoded into a Req, and
// the Resp that f returns is sent as a body of type typ_ok; the node sets the fields type, msg_id and in_reply_to.
// A body that cannot be decoded is answered with error 12, malformed-request.
//
// An error of f is the reply: an *RPCError anywhere in its chain as it is, an expired
// deadline as code 0 (timeout), any other error, and a panic, as code 13 (crash).
//
// f runs with the node's turn: alone, except while it waits; see the package documentation. HandleRPC panics if typ has a
// handler. Call it before Run.
func HandleRPC[Req, Resp any](n *Node, typ string, f func(ctx context.Context, req Req) (Resp, error)) {
	ok := typ + "_ok"
	n.register(typ, handler{typed: func(t *task) {
		raw, err := protected(t, func(req Req) ([]byte, error) {
			resp, err := f(t, req)
			if err != nil {
				return nil, err
			}
			return marshalObject(resp)
		})
		if err != nil {
			n.fail(&t.e, err)
			return
		}
		n.reply(&t.e, ok, raw)
	}})
}

// Receive registers f for one-way messages of type typ, which get no reply. From(ctx) is the sender. A
// message that cannot be decoded is reported and ignored. f runs with the node's turn. Receive panics if typ has a
// handler. Call it before Run.
func Receive[M any](n *Node, typ string, f func(ctx context.Context, m M)) {
	n.register(typ, handler{typed: func(t *task) {
		_, err := protected(t, func(m M) ([]byte, error) {
			f(t, m)
			return nil, nil
		})
		if ErrorCode(err) == MalformedRequest {
			n.log.Warn("ignoring a malformed message", "type", typ, "from", From(t), "err", err)
		}
	}})
}

// Notify sends dest a one-way message of type typ with the fields of body, an object or struct. The sender does not
// learn whether it arrives. An error means that body cannot be encoded, or that the output is broken.
func Notify(n *Node, dest, typ string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("node: message to %s: %w", dest, err)
	}
	return n.send(dest, raw, reserved{typ: typ})
}

// protected decodes the body of t's message and calls f with it; a panic becomes an error.
func protected[T any](t *task, f func(T) ([]byte, error)) (raw []byte, err error) {
	var body T
	if err := decode(t.e.body, &body); err != nil {
		return nil, malformed(err)
	}
	err = t.n.protect("the handler of "+string(t.e.typ), func() error {
		raw, err = f(body)
		return err
	})
	return raw, err
}

// marshalObject is json.Marshal for bodies, which must be objects.
func marshalObject(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err == nil && raw[0] != '{' {
		err = fmt.Errorf("node: a body must be an object, not %s", raw)
	}
	return raw, err
}

// decode decodes a body into v; an empty struct needs nothing of it.
func decode(raw []byte, v any) error {
	if _, empty := v.(*struct{}); empty {
		return nil
	}
	return json.Unmarshal(raw, v)
}

// malformed returns the error for a body without the fields that its type needs.
func malformed(err error) error {
	return NewRPCError(MalformedRequest, err.Error())
}

func mustMarshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only for types of our own, which have no such values
	}
	return raw
}
