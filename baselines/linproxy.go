package baselines

import (
	"context"
	"encoding/json"

	"glomers/node"
)

// LinProxy passes each request on to the service lin-kv, as it is, and the reply back. What the service is, linearizable, the
// node then is as well, as long as it keeps nothing to itself: a cache would be the end of it. It costs two messages and a round trip.
func LinProxy(n *node.Node) {
	for _, typ := range []string{"read", "write", "cas"} {
		node.HandleRPC(n, typ, func(ctx context.Context, body json.RawMessage) (json.RawMessage, error) {
			return node.Call[json.RawMessage](ctx, n, node.LinKV, typ, body)
		})
	}
}
