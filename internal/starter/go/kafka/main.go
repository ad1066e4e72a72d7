// A node of the workload kafka: logs to which clients append, one for each key.
//
// One node leads: it has all logs, in log.go, and the other nodes pass requests on to it. So there is nothing to agree on. The
// price is that nodes which cannot reach the leader cannot serve anybody.
package main

import (
	"context"
	"encoding/json"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n)
	node.Main(n)
}

type (
	sendRequest struct {
		Key string          `json:"key"`
		Msg json.RawMessage `json:"msg"` // any JSON value
	}
	sendReply struct {
		Offset int `json:"offset"`
	}
	offsets struct {
		Offsets map[string]int `json:"offsets"` // by key
	}
	pollReply struct {
		Msgs map[string][]entry `json:"msgs"` // by key
	}
	listRequest struct {
		Keys []string `json:"keys"`
	}
)

// serve registers the handlers of a log node.
func serve(n *node.Node) {
	logs := newStore()
	lead(n, "send", func(req sendRequest) sendReply { return sendReply{logs.append(req.Key, req.Msg)} })
	lead(n, "poll", func(req offsets) pollReply { return pollReply{logs.poll(req.Offsets)} })
	lead(n, "commit_offsets", func(req offsets) struct{} { logs.commit(req.Offsets); return struct{}{} })
	lead(n, "list_committed_offsets", func(req listRequest) offsets { return offsets{logs.list(req.Keys)} })
}

// lead registers a handler that the leader runs. On other nodes, the handler asks the leader and passes its reply on.
func lead[Req, Resp any](n *node.Node, typ string, handle func(Req) Resp) {
	node.HandleRPC(n, typ, func(ctx context.Context, req Req) (Resp, error) {
		if leader := n.NodeIDs()[0]; leader != n.ID() {
			return node.Call[Resp](ctx, n, leader, typ, req) // not repeated: the leader would append twice
		}
		return handle(req), nil
	})
}
