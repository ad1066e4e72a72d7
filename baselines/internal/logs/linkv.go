package logs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"glomers/baselines/internal/peers"
	"glomers/node"
)

// A LinKV is a node that keeps its logs in lin-kv. Each message is stored in a cell: a key for the log and the offset, which
// is created with the message and never changed.
//
// The fields may be used only by functions that have the node's turn.
type LinKV struct {
	Node *node.Node
	KV   *node.KV

	// Append appends a message to a log and returns its offset. New sets it to AppendCAS.
	Append func(ctx context.Context, key string, msg json.RawMessage) (int, error)
	// Read returns the entries of a log from an offset on. New sets it to ReadCells.
	Read func(ctx context.Context, key string, from int) ([]Entry, error)

	// full are the first cells of each log, as far as this node knows them. Cells do not change, so known cells need not be
	// read again.
	full map[string][]json.RawMessage
}

// New returns a node with logs in lin-kv. It registers all handlers of kafka on n.
func New(n *node.Node) *LinKV {
	l := &LinKV{Node: n, KV: node.NewLinKV(n), full: make(map[string][]json.RawMessage)}
	l.Append, l.Read = l.AppendCAS, l.ReadCells
	node.HandleRPC(n, "send", func(ctx context.Context, s Send) (Sent, error) {
		offset, err := l.Append(ctx, s.Key, s.Msg)
		return Sent{offset}, err
	})
	node.HandleRPC(n, "poll", l.poll)
	node.HandleRPC(n, "commit_offsets", l.commit)
	node.HandleRPC(n, "list_committed_offsets", l.list)
	return l
}

// cell returns the key of a cell.
func cell(key string, offset int) string { return fmt.Sprintf("log/%s/%d", key, offset) }

// AppendCAS puts msg into the first cell that does not exist. This is agreement on each offset: of all nodes that try to
// fill a cell, only one succeeds.
func (l *LinKV) AppendCAS(ctx context.Context, key string, msg json.RawMessage) (int, error) {
	for offset := len(l.full[key]); ; offset++ {
		// A cell is never null, so this succeeds only if the cell does not exist yet.
		err := l.KV.CompareAndSwap(ctx, cell(key, offset), nil, []json.RawMessage{msg}, true)
		if err == nil {
			l.know(key, offset, msg)
			return offset, nil
		}
		if node.ErrorCode(err) != node.PreconditionFailed {
			return 0, err
		}
	}
}

// ReadCells reads the cells that this node does not know, up to the first one that does not exist.
func (l *LinKV) ReadCells(ctx context.Context, key string, from int) ([]Entry, error) {
	for offset := len(l.full[key]); ; offset++ {
		msg, err := l.ReadCell(ctx, key, offset)
		if node.ErrorCode(err) == node.KeyDoesNotExist {
			return From(from, l.full[key]), nil
		}
		if err != nil {
			return nil, err
		}
		l.know(key, offset, msg)
	}
}

// ReadCell returns the message in a cell.
func (l *LinKV) ReadCell(ctx context.Context, key string, offset int) (json.RawMessage, error) {
	var content [1]json.RawMessage
	err := l.KV.ReadInto(ctx, cell(key, offset), &content)
	return content[0], err
}

// WriteCell puts a message into a cell and overwrites any content.
func (l *LinKV) WriteCell(ctx context.Context, key string, offset int, msg json.RawMessage) error {
	return l.KV.Write(ctx, cell(key, offset), []json.RawMessage{msg})
}

// know records the content of a cell, if it is the next one; another handler may have recorded it already.
func (l *LinKV) know(key string, offset int, msg json.RawMessage) {
	if len(l.full[key]) == offset {
		l.full[key] = append(l.full[key], msg)
	}
}

func (l *LinKV) poll(ctx context.Context, req Offsets) (Messages, error) {
	reply := NewMessages()
	err := peers.Each(ctx, l.Node, slices.Sorted(maps.Keys(req.Offsets)), func(ctx context.Context, key string) error {
		entries, err := l.Read(ctx, key, req.Offsets[key])
		reply.Add(key, entries)
		return err
	})
	return reply, err
}

// commit raises committed offsets. They never go back: of two consumers, the slower must not undo the progress of the
// faster.
func (l *LinKV) commit(ctx context.Context, req Offsets) (struct{}, error) {
	keys := slices.Sorted(maps.Keys(req.Offsets))
	return struct{}{}, peers.Each(ctx, l.Node, keys, func(ctx context.Context, key string) error {
		offset := req.Offsets[key]
		_, err := node.Update(ctx, l.KV, committed(key), offset, func(before int) int { return max(before, offset) })
		return err
	})
}

func (l *LinKV) list(ctx context.Context, req Keys) (Offsets, error) {
	reply := Offsets{make(map[string]int)}
	return reply, peers.Each(ctx, l.Node, req.Keys, func(ctx context.Context, key string) error {
		offset, ok, err := l.Committed(ctx, key)
		if ok {
			reply.Offsets[key] = offset
		}
		return err
	})
}

// Committed returns the committed offset of a key, if it has one.
func (l *LinKV) Committed(ctx context.Context, key string) (offset int, ok bool, err error) {
	offset, err = l.KV.ReadInt(ctx, committed(key))
	if node.ErrorCode(err) == node.KeyDoesNotExist {
		return 0, false, nil
	}
	return offset, err == nil, err
}

func committed(key string) string { return "committed/" + key }
