package main

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

// guesser is a node that takes a message for its offset. In this workload the messages of a key are 1, 2, 3, …, so whoever has been sent one knows all
// before it, and their order, and the nodes need not speak.
func guesser(n *node.Node) {
	highest, committed := make(map[string]int64), make(map[string]int64)
	node.HandleRPC(n, "send", func(_ context.Context, req sendRequest) (sendReply, error) {
		msg, err := strconv.ParseInt(string(req.Msg), 10, 64)
		highest[*req.Key] = max(highest[*req.Key], msg)
		return sendReply{msg}, err
	})
	node.HandleRPC(n, "poll", func(_ context.Context, req offsetsRequest) (map[string]any, error) {
		msgs := make(map[string][][2]int64)
		for key, from := range req.Offsets {
			for o := max(*from, 1); o <= highest[key]; o++ {
				msgs[key] = append(msgs[key], [2]int64{o, o})
			}
		}
		return map[string]any{"msgs": msgs}, nil
	})
	node.HandleRPC(n, "commit_offsets", func(_ context.Context, req offsetsRequest) (struct{}, error) {
		for key, o := range req.Offsets {
			committed[key] = max(committed[key], *o)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "list_committed_offsets", func(_ context.Context, req keysRequest) (offsetsReply, error) {
		reply := offsetsReply{make(map[string]int64)}
		for _, key := range req.Keys {
			if o, ok := committed[*key]; ok {
				reply.Offsets[*key] = o
			}
		}
		return reply, nil
	})
}

// TestGuessedMessages: challenge 5c is passed without a message between nodes. The bounds are of programs to which a message may be anything.
func TestGuessedMessages(t *testing.T) {
	test := challenge5b(false)
	test.Program = harness.InProcess(guesser)
	res := sim.Check(t, test)
	require.Zero(t, res.Net.Servers.Messages)
}
