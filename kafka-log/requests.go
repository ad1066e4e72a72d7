package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"glomers/node"
)

// In requests, what is absent or null is nil, so that it is told from a zero.
type (
	sendRequest struct {
		Key *string         `json:"key"`
		Msg json.RawMessage `json:"msg"`
	}
	sendReply struct {
		Offset int64 `json:"offset"`
	}
	offsetsRequest struct {
		Offsets map[string]*int64 `json:"offsets"`
	}
	pollReply struct {
		Msgs map[string][]entry `json:"msgs"`
	}
	keysRequest struct {
		Keys []*string `json:"keys"`
	}
	offsetsReply struct {
		Offsets map[string]int64 `json:"offsets"`
	}
)

// send handles send: it adds a message to the log of a key.
func (s server) send(ctx context.Context, req sendRequest) (sendReply, error) {
	if req.Key == nil || req.Msg == nil {
		return sendReply{}, malformed("send needs a key and a msg")
	}
	var reply sendReply
	err := s.write(ctx, func(r *replica, now time.Duration) (out []envelope) {
		reply.Offset, out = r.send(*req.Key, req.Msg, now)
		return out
	})
	return reply, err
}

// poll handles poll: it returns messages from the given offsets on. Keys without any are left out.
func (s server) poll(ctx context.Context, req offsetsRequest) (pollReply, error) {
	offsets, err := req.checked()
	if err != nil {
		return pollReply{}, err
	}
	s.Do((*replica).wake)
	reply := pollReply{Msgs: make(map[string][]entry)}
	for _, o := range offsets {
		if entries := s.Machine.poll(o.key, o.offset); len(entries) > 0 {
			reply.Msgs[o.key] = entries
		}
	}
	if r := s.Machine; r.settings.orderOnly || len(r.peers) == 0 { // otherwise polls show nothing that only this node has, and others have got it from its disk
		return reply, s.kept(ctx)
	}
	return reply, nil
}

// commit handles commit_offsets: consumers have processed everything up to the given offsets.
func (s server) commit(ctx context.Context, req offsetsRequest) (struct{}, error) {
	offsets, err := req.checked()
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, s.write(ctx, func(r *replica, now time.Duration) []envelope { return r.commit(offsets, now) })
}

// committed handles list_committed_offsets. Keys without a committed offset are left out.
func (s server) committed(ctx context.Context, req keysRequest) (offsetsReply, error) {
	if req.Keys == nil || slices.Contains(req.Keys, nil) {
		return offsetsReply{}, malformed("list_committed_offsets needs a list of keys")
	}
	if err := s.ready(ctx); err != nil {
		return offsetsReply{}, err
	}
	reply := offsetsReply{Offsets: make(map[string]int64)}
	for _, key := range req.Keys {
		if offset, ok := s.Machine.committed(*key); ok {
			reply.Offsets[*key] = offset
		}
	}
	return reply, s.kept(ctx)
}

// checked returns the offsets, ordered by key, or an error if they are not what they should be.
func (r offsetsRequest) checked() ([]keyOffset, error) {
	if r.Offsets == nil {
		return nil, malformed("no offsets")
	}
	offsets := make([]keyOffset, 0, len(r.Offsets))
	for _, key := range slices.Sorted(maps.Keys(r.Offsets)) {
		o := r.Offsets[key]
		if o == nil || *o < 0 {
			return nil, malformed(fmt.Sprintf("the offset of key %q is not 0 or more", key))
		}
		offsets = append(offsets, keyOffset{key, *o})
	}
	return offsets, nil
}

func malformed(text string) error {
	return node.NewRPCError(node.MalformedRequest, "kafka-log: "+text)
}
