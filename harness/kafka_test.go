package harness

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/node"
)

type offsetsBody struct {
	Offsets map[string]int `json:"offsets"`
}

// registerLog makes n, which must be the only node, a log that shows only a limited number of messages of each key.
func registerLog(n *node.Node, shown int) {
	type sendBody struct {
		Key string          `json:"key"`
		Msg json.RawMessage `json:"msg"`
	}
	type polledBody struct {
		Msgs map[string][][2]any `json:"msgs"`
	}
	logs := make(map[string][]json.RawMessage)
	committed := make(map[string]int)
	node.HandleRPC(n, "send", func(_ context.Context, b sendBody) (map[string]int, error) {
		logs[b.Key] = append(logs[b.Key], b.Msg)
		return map[string]int{"offset": 1000 * len(logs[b.Key])}, nil
	})
	node.HandleRPC(n, "poll", func(_ context.Context, b offsetsBody) (polledBody, error) {
		msgs := make(map[string][][2]any)
		for key, from := range b.Offsets {
			for i, msg := range logs[key] {
				if offset := 1000 * (i + 1); offset >= from && i < shown {
					msgs[key] = append(msgs[key], [2]any{offset, msg})
				}
			}
		}
		return polledBody{msgs}, nil
	})
	node.HandleRPC(n, "commit_offsets", func(_ context.Context, b offsetsBody) (struct{}, error) {
		for key, offset := range b.Offsets {
			committed[key] = max(committed[key], offset)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "list_committed_offsets", func(context.Context, struct{}) (offsetsBody, error) {
		return offsetsBody{committed}, nil
	})
}

// kafkaTest is a run with three workers of one node.
func kafkaTest(shown int) Test {
	return Test{
		Workload: "kafka", NodeCount: 1, Concurrency: 3, Rate: 100, TimeLimit: 30 * time.Second,
		Program: InProcess(func(n *node.Node) { registerLog(n, shown) }), Seed: 11,
	}
}

func TestKafka(t *testing.T) {
	test := kafkaTest(math.MaxInt)
	test.Store = t.TempDir()
	res := virtually(t, test)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Greater(t, res.Stats.ByF["crash"].InfoCount, 3, "besides those of the final phase")
	require.Equal(t, res.Stats.Count-res.Stats.ByF["crash"].Count, res.Stats.OKCount)

	// In the final phase each worker gets a new process, which reads everything and stops at once.
	final := make(map[history.Process][]history.Op)
	for _, op := range readHistory(t, res) {
		if op.Final && op.Type != history.Invoke {
			final[op.Process] = append(final[op.Process], op)
		}
	}
	require.Len(t, final, 6)
	crashed := 0
	for _, ops := range final {
		if ops[0].F == workload.Crash {
			require.Len(t, ops, 1)
			crashed++
			continue
		}
		require.Equal(t, "assign", ops[0].F)
		require.Equal(t, "poll", ops[1].F)
		require.Len(t, ops, 2)
	}
	require.Equal(t, 3, crashed)

	again := virtually(t, test)
	require.Equal(t, readHistory(t, res), readHistory(t, again))
}

// A worker that cannot see everything gives up after ten seconds.
func TestKafkaShowsTooLittle(t *testing.T) {
	test := kafkaTest(2)
	test.Store = t.TempDir()
	res := virtually(t, test)
	require.Equal(t, check.Invalid, res.Valid)
	require.Contains(t, res.Reasons[0], "unseen: message 3 of key ")

	var polls []int64
	for _, op := range readHistory(t, res) {
		if op.Final && op.Type == history.Invoke && op.F == "poll" {
			polls = append(polls, op.Time)
		}
	}
	lasted := time.Duration(polls[len(polls)-1] - polls[0])
	require.Less(t, lasted, 10*time.Second)
	require.Greater(t, lasted, 9*time.Second)
	require.InDelta(t, 3*10/0.2, len(polls), 40, "each worker polls five times a second")
}
