package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"glomers/baselines/internal/counter"
	"glomers/baselines/internal/logs"
	"glomers/baselines/internal/relay"
	"glomers/node"
)

// The mutants of this file have disks, and lose something all the same when they are killed.

// onDisk opens the disk of a node, and replays the records in it when the node starts.
func onDisk(n *node.Node, apply func(record []byte) error) *node.Store {
	disk := node.OpenStore(n, "")
	n.OnInit(func(context.Context) error {
		return disk.Replay(func([]byte) error { return errors.New("mutants: there are no states") }, apply)
	})
	return disk
}

// applyNumber returns a function that passes the number in a record to f.
func applyNumber(f func(int64)) func(record []byte) error {
	return func(record []byte) error {
		v, err := strconv.ParseInt(string(record), 10, 64)
		f(v)
		return err
	}
}

// counterEarly writes each add to its disk, and acknowledges it without waiting for the sync.
func counterEarly(n *node.Node) {
	totals := gossipTotals(n, counter.Raise)
	disk := onDisk(n, applyNumber(func(delta int64) { totals[n.ID()] += int(delta) }))
	serveTotals(n, totals, func(delta int) { disk.Append(strconv.AppendInt(nil, int64(delta), 10)) })
}

// idsEarly reserves blocks of ids on its disk, and uses them without waiting for the sync.
func idsEarly(n *node.Node) {
	const block = 10
	var next, reserved int64
	disk := onDisk(n, applyNumber(func(v int64) { next, reserved = v, v }))
	serveIDs(n, func() int64 {
		if next == reserved {
			reserved += block
			disk.Append(strconv.AppendInt(nil, reserved, 10))
		}
		next++
		return next<<10 | int64(n.Index())
	})
}

// broadcastRenumbers numbers its clients' values, and tells every node those that it has not acknowledged. The values are on its
// disk, but after a restart it numbers new ones from 0 again, and others take them for repeats.
func broadcastRenumbers(n *node.Node) {
	type (
		stream struct {
			From   int     `json:"from"` // the number of the first value
			Values []int64 `json:"values"`
		}
		ack struct {
			Have int `json:"have"` // how many values of the stream
		}
	)
	var have relay.Set
	var given []int64             // by their numbers
	heard := make(map[string]int) // how much we have of other nodes' streams
	acked := make(map[string]int) // how much other nodes have of ours
	disk := onDisk(n, applyNumber(func(v int64) { have.Add(v) }))
	relay.IgnoreTopology(n)
	node.HandleRPC(n, "broadcast", func(ctx context.Context, m relay.Message) (struct{}, error) {
		disk.Append(strconv.AppendInt(nil, m.Message, 10))
		if err := disk.Sync(ctx); err != nil {
			return struct{}{}, err
		}
		have.Add(m.Message)
		given = append(given, m.Message)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (relay.List, error) { return have.List(), nil })
	node.Receive(n, "stream", func(ctx context.Context, s stream) {
		from := node.From(ctx)
		if heard[from] >= s.From {
			for _, v := range s.Values[min(heard[from]-s.From, len(s.Values)):] {
				have.Add(v)
				heard[from]++
			}
		}
		_ = node.Notify(n, from, "ack", ack{heard[from]}) // fails only if the node ends
	})
	node.Receive(n, "ack", func(ctx context.Context, a ack) { acked[node.From(ctx)] = min(a.Have, len(given)) })
	n.Every(200*time.Millisecond, func(context.Context) {
		for _, to := range n.Others() {
			_ = node.Notify(n, to, "stream", stream{acked[to], given[acked[to]:]}) // fails only if the node ends
		}
	})
}

// logRecounts has one node keep the log of every key, on its disk. After a restart that node counts offsets from 0 again.
func logRecounts(n *node.Node) {
	type placed struct {
		Key    string          `json:"key"`
		Offset int             `json:"offset"`
		Msg    json.RawMessage `json:"msg"`
	}
	entries := make(map[string]map[int]json.RawMessage)
	next := make(map[string]int)
	put := func(p placed) {
		if entries[p.Key] == nil {
			entries[p.Key] = make(map[int]json.RawMessage)
		}
		entries[p.Key][p.Offset] = p.Msg
	}
	disk := onDisk(n, func(record []byte) error {
		var p placed
		err := json.Unmarshal(record, &p)
		put(p)
		return err
	})
	keeper := func() string { return n.NodeIDs()[0] }
	node.HandleRPC(n, "send", func(ctx context.Context, s logs.Send) (logs.Sent, error) {
		if keeper() != n.ID() {
			return node.Call[logs.Sent](ctx, n, keeper(), "send", s)
		}
		p := placed{s.Key, next[s.Key], s.Msg}
		next[s.Key]++
		record, err := json.Marshal(p)
		if err != nil {
			return logs.Sent{}, err
		}
		disk.Append(record)
		if err := disk.Sync(ctx); err != nil {
			return logs.Sent{}, err
		}
		put(p)
		return logs.Sent{Offset: p.Offset}, nil
	})
	node.HandleRPC(n, "poll", func(ctx context.Context, req logs.Offsets) (logs.Messages, error) {
		if keeper() != n.ID() {
			return node.Call[logs.Messages](ctx, n, keeper(), "poll", req)
		}
		reply := logs.NewMessages()
		for key, from := range req.Offsets {
			reply.Add(key, entriesFrom(entries[key], from))
		}
		return reply, nil
	})
	serveCommits(n)
}
