package mutants

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"glomers/baselines/internal/logs"
	"glomers/baselines/internal/peers"
	"glomers/node"
)

// logReuse looks for a cell that is free, and then writes to it. Meanwhile another node may have done the same: the check and
// the write must be one step, as in compare-and-set.
func logReuse(n *node.Node) {
	l := logs.New(n)
	l.Append = func(ctx context.Context, key string, msg json.RawMessage) (int, error) {
		for offset := 0; ; offset++ {
			_, err := l.ReadCell(ctx, key, offset)
			if err == nil {
				continue
			}
			if node.ErrorCode(err) != node.KeyDoesNotExist {
				return 0, err
			}
			return offset, l.WriteCell(ctx, key, offset, msg)
		}
	}
}

// logSkip takes offsets from a counter in lin-kv, which is right, and sends each message to all nodes until it has arrived. But a poll
// shows each message that has arrived, even if an earlier one is still missing, and the consumer goes on behind it.
func logSkip(n *node.Node) {
	type placed struct {
		Key    string          `json:"key"`
		Offset int             `json:"offset"`
		Msg    json.RawMessage `json:"msg"`
	}
	kv := node.NewLinKV(n)
	arrived := make(map[string]map[int]json.RawMessage)
	put := func(p placed) {
		if arrived[p.Key] == nil {
			arrived[p.Key] = make(map[int]json.RawMessage)
		}
		arrived[p.Key][p.Offset] = p.Msg
	}
	node.HandleRPC(n, "send", func(ctx context.Context, s logs.Send) (logs.Sent, error) {
		next, err := node.Update(ctx, kv, s.Key, 0, func(next int) int { return next + 1 })
		if err != nil {
			return logs.Sent{}, err
		}
		p := placed{s.Key, next - 1, s.Msg}
		put(p)
		for _, to := range n.Others() {
			peers.Pass(n, to, "replicate", p)
		}
		return logs.Sent{Offset: p.Offset}, nil
	})
	node.HandleRPC(n, "replicate", func(_ context.Context, p placed) (struct{}, error) {
		put(p)
		return struct{}{}, nil
	})
	servePolls(n, func(key string, from int) []logs.Entry { return entriesFrom(arrived[key], from) })
}

// entriesFrom returns messages by their offsets, from an offset on, in order.
func entriesFrom(msgs map[int]json.RawMessage, from int) []logs.Entry {
	var entries []logs.Entry
	for _, offset := range slices.Sorted(maps.Keys(msgs)) {
		if offset >= from {
			entries = append(entries, logs.NewEntry(offset, msgs[offset]))
		}
	}
	return entries
}

// servePolls registers the handlers of a node whose polls read from memory.
func servePolls(n *node.Node, read func(key string, from int) []logs.Entry) {
	node.HandleRPC(n, "poll", func(_ context.Context, req logs.Offsets) (logs.Messages, error) {
		reply := logs.NewMessages()
		for key, from := range req.Offsets {
			reply.Add(key, read(key, from))
		}
		return reply, nil
	})
	serveCommits(n)
}

// serveCommits registers the handlers for committed offsets. Each node has its own, which is poor, but not wrong: consumers may begin
// anywhere.
func serveCommits(n *node.Node) {
	committed := make(map[string]int)
	node.HandleRPC(n, "commit_offsets", func(_ context.Context, req logs.Offsets) (struct{}, error) {
		for key, offset := range req.Offsets {
			committed[key] = max(committed[key], offset)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "list_committed_offsets", func(context.Context, struct{}) (logs.Offsets, error) {
		return logs.Offsets{Offsets: committed}, nil
	})
}

// logBack begins polls at the committed offset, whatever the consumer asks for. But the message there has been processed, so the
// consumer gets it again.
func logBack(n *node.Node) {
	l := logs.New(n)
	l.Read = func(ctx context.Context, key string, from int) ([]logs.Entry, error) {
		committed, ok, err := l.Committed(ctx, key)
		if err != nil {
			return nil, err
		}
		if ok {
			from = committed
		}
		return l.ReadCells(ctx, key, from)
	}
}

// logTail orders messages by Lamport clocks, an order which all nodes agree on. It takes a message's place in that order for the offset,
// as soon as it has the message. A message of another node that comes late may have an earlier place: then everything behind it moves.
func logTail(n *node.Node) {
	type stamped struct {
		Key  string          `json:"key"`
		Msg  json.RawMessage `json:"msg"`
		Time int             `json:"time"`
		Node string          `json:"node"`
	}
	clock := 0
	ordered := make(map[string][]stamped)
	insert := func(m stamped) (offset int) {
		clock = max(clock, m.Time)
		log := ordered[m.Key]
		offset, found := slices.BinarySearchFunc(log, m, func(a, b stamped) int {
			return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Node, b.Node))
		})
		if !found {
			ordered[m.Key] = slices.Insert(log, offset, m)
		}
		return offset
	}
	node.HandleRPC(n, "send", func(_ context.Context, s logs.Send) (logs.Sent, error) {
		m := stamped{s.Key, s.Msg, clock + 1, n.ID()}
		offset := insert(m)
		for _, to := range n.Others() {
			peers.Pass(n, to, "replicate", m)
		}
		return logs.Sent{Offset: offset}, nil
	})
	node.HandleRPC(n, "replicate", func(_ context.Context, m stamped) (struct{}, error) {
		insert(m)
		return struct{}{}, nil
	})
	servePolls(n, func(key string, from int) []logs.Entry {
		var log []json.RawMessage
		for _, m := range ordered[key] {
			log = append(log, m.Msg)
		}
		return logs.From(from, log)
	})
}
