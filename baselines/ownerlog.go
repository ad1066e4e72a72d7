package baselines

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"maps"
	"slices"

	"glomers/baselines/internal/logs"
	"glomers/baselines/internal/peers"
	"glomers/node"
)

// OwnerLog gives each key an owner, the node that a hash of the key picks. The owner alone has the key's log, so it appends without
// asking anybody, and there is nothing to agree on. The other nodes pass requests on to it.
//
// A request costs two messages for each owner that it concerns, and nothing if the client happens to talk to the owner. When the owner
// is out of reach, sends fail and polls return nothing: a partition makes a part of the keys unavailable on each side. When it is
// killed, its logs are gone.
func OwnerLog(n *node.Node) {
	o := &ownerLog{node: n, logs: make(map[string][]json.RawMessage), committed: make(map[string]int)}
	node.HandleRPC(n, "send", o.send)
	node.HandleRPC(n, "poll", o.poll)
	node.HandleRPC(n, "commit_offsets", o.commit)
	node.HandleRPC(n, "list_committed_offsets", o.list)
}

// Invariant: the maps have only keys that the node owns.
type ownerLog struct {
	node      *node.Node
	logs      map[string][]json.RawMessage
	committed map[string]int
	sent      peers.Once[logs.Sent]
}

// owner returns the node that owns a key.
func (o *ownerLog) owner(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	ids := o.node.NodeIDs()
	return ids[int(h.Sum32())%len(ids)]
}

func (o *ownerLog) send(ctx context.Context, s logs.Send) (logs.Sent, error) {
	owner := o.owner(s.Key)
	if owner != o.node.ID() {
		s.Number = peers.NewNumber(o.node)
		return peers.Ask[logs.Sent](ctx, o.node, owner, "send", s)
	}
	return o.sent.Do(s.Number, func() logs.Sent {
		o.logs[s.Key] = append(o.logs[s.Key], s.Msg)
		return logs.Sent{Offset: len(o.logs[s.Key]) - 1}
	}), nil
}

// poll leaves out the keys of owners that do not answer: a poll may return as little as it likes.
func (o *ownerLog) poll(ctx context.Context, req logs.Offsets) (logs.Messages, error) {
	reply := logs.NewMessages()
	byOwner := o.split(req)
	_ = peers.Each(ctx, o.node, slices.Sorted(maps.Keys(byOwner)), func(ctx context.Context, owner string) error {
		if owner != o.node.ID() {
			part, err := peers.Ask[logs.Messages](ctx, o.node, owner, "poll", byOwner[owner])
			maps.Copy(reply.Msgs, part.Msgs)
			return err
		}
		for key, offset := range byOwner[owner].Offsets {
			reply.Add(key, logs.From(offset, o.logs[key]))
		}
		return nil
	})
	return reply, nil
}

func (o *ownerLog) commit(ctx context.Context, req logs.Offsets) (struct{}, error) {
	byOwner := o.split(req)
	return struct{}{}, peers.Each(ctx, o.node, slices.Sorted(maps.Keys(byOwner)), func(ctx context.Context, owner string) error {
		if owner != o.node.ID() {
			_, err := peers.Ask[struct{}](ctx, o.node, owner, "commit_offsets", byOwner[owner])
			return err
		}
		for key, offset := range byOwner[owner].Offsets {
			o.committed[key] = max(o.committed[key], offset)
		}
		return nil
	})
}

// split divides offsets among the owners of their keys.
func (o *ownerLog) split(req logs.Offsets) map[string]logs.Offsets {
	parts := make(map[string]logs.Offsets)
	for key, offset := range req.Offsets {
		owner := o.owner(key)
		if _, ok := parts[owner]; !ok {
			parts[owner] = logs.Offsets{Offsets: make(map[string]int)}
		}
		parts[owner].Offsets[key] = offset
	}
	return parts
}

func (o *ownerLog) list(ctx context.Context, req logs.Keys) (logs.Offsets, error) {
	byOwner := make(map[string]logs.Keys)
	for _, key := range req.Keys {
		owner := o.owner(key)
		byOwner[owner] = logs.Keys{Keys: append(byOwner[owner].Keys, key)}
	}
	reply := logs.Offsets{Offsets: make(map[string]int)}
	err := peers.Each(ctx, o.node, slices.Sorted(maps.Keys(byOwner)), func(ctx context.Context, owner string) error {
		if owner != o.node.ID() {
			part, err := peers.Ask[logs.Offsets](ctx, o.node, owner, "list_committed_offsets", byOwner[owner])
			maps.Copy(reply.Offsets, part.Offsets)
			return err
		}
		for _, key := range byOwner[owner].Keys {
			if offset, ok := o.committed[key]; ok {
				reply.Offsets[key] = offset
			}
		}
		return nil
	})
	return reply, err
}
