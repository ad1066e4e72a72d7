package mutants

import (
	"context"
	"encoding/json"

	"glomers/node"
)

// linCache passes requests on to the service lin-kv, and keeps the values that it has seen, to answer reads itself. The other nodes
// change values without telling it.
func linCache(n *node.Node) {
	type request struct {
		Key   json.RawMessage `json:"key"`
		Value json.RawMessage `json:"value,omitempty"`
		From  json.RawMessage `json:"from,omitempty"`
		To    json.RawMessage `json:"to,omitempty"`
	}
	type reply struct {
		Value json.RawMessage `json:"value,omitempty"`
	}
	cache := make(map[string]json.RawMessage)
	// pass makes the request of the service and, if that succeeds, remembers what the value is then.
	pass := func(ctx context.Context, typ string, req request, value func(reply) json.RawMessage) (reply, error) {
		r, err := node.Call[reply](ctx, n, node.LinKV, typ, req)
		if err == nil {
			cache[string(req.Key)] = value(r)
		}
		return r, err
	}
	node.HandleRPC(n, "read", func(ctx context.Context, req request) (reply, error) {
		if value, ok := cache[string(req.Key)]; ok {
			return reply{value}, nil
		}
		return pass(ctx, "read", req, func(r reply) json.RawMessage { return r.Value })
	})
	node.HandleRPC(n, "write", func(ctx context.Context, req request) (reply, error) {
		return pass(ctx, "write", req, func(reply) json.RawMessage { return req.Value })
	})
	node.HandleRPC(n, "cas", func(ctx context.Context, req request) (reply, error) {
		return pass(ctx, "cas", req, func(reply) json.RawMessage { return req.To })
	})
}
