package main

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// saveEvery is the time between two writes to seq-kv while there is something to write. It bounds what a
// kill may lose, and costs two messages each time.
const saveEvery = 2 * time.Second

// A store keeps what a replica knows in seq-kv, under a key of the node's own, for the next life of the node.
// It treats seq-kv as one more peer, which is sent what it lacks.
//
// # Why nothing that was saved is lost
//
// The key is only ever changed by a compare-and-swap from a counter to one that covers it. By sequential consistency a swap
// that changes something acts on the newest state, and that state is the same one for everybody. So the values
// of the key form a chain in which nothing gets lost, even if a swap of an earlier life arrives late or
// twice: such a swap fails, as the counter that it expects is no longer there. (A plain write would bring back the
// counter of the earlier life, without what has been added since.)
//
// A new life knows nothing of the chain. Its first swap expects no value, and is refused. It then reads the
// value, merges it and goes on from there. Reads of seq-kv may be stale, and so may refusals. But each
// client sees the states in their order, so the value read is later in the chain than the one that was expected:
// staleness costs another round, and nothing else. There is no special case for recovery.
type store struct {
	node    *node.Node
	kv      *node.KV
	key     string
	replica *replica

	acked  counter // the latest value that the key is known to have had; nil before the first
	flight *flight // the swap that is under way; nil if there is none
}

// A flight is a swap under way.
type flight struct {
	sent  int64 // our own total in the new value
	ended bool
	err   error // set when it has ended
}

// newStore returns the store of n, which must have been initialised, for r.
func newStore(n *node.Node, r *replica) *store {
	return &store{node: n, kv: node.NewSeqKV(n), key: "g-counter/" + n.ID(), replica: r}
}

// write makes one attempt to save what seq-kv lacks, unless it lacks nothing or a swap is under way.
func (s *store) write(ctx context.Context) error {
	if s.flight != nil || s.acked.covers(s.replica.totals) {
		return nil
	}
	return s.save(ctx).err
}

// commit returns nil when seq-kv has all that was added before the call. One swap carries the adds of all the
// callers that wait for it (group commit). After an error, seq-kv may or may not have them.
func (s *store) commit(ctx context.Context) error {
	total := s.replica.own()
	for s.acked[s.replica.writer] < total {
		f := s.flight
		if f != nil {
			if err := s.node.Wait(ctx, func() bool { return f.ended }); err != nil {
				return err
			}
		} else {
			f = s.save(ctx)
		}
		if f.err != nil && f.sent >= total {
			return f.err
		}
	}
	return nil
}

// save makes one attempt to save all that the replica has now, and returns when the attempt has ended.
func (s *store) save(ctx context.Context) *flight {
	f := &flight{sent: s.replica.own()}
	s.flight = f
	defer func() { s.flight, f.ended = nil, true }()
	f.err = s.swap(ctx)
	return f
}

// swap replaces the value s.acked of the key by the replica's totals. If the key has another value, swap changes nothing in seq-kv: it
// merges the value found into the replica, so that the next swap expects that value and covers it. This is not an error.
func (s *store) swap(ctx context.Context) error {
	totals := s.replica.totals.clone()
	err := s.kv.CompareAndSwap(ctx, s.key, s.acked, totals, true)
	if err == nil {
		s.acked = totals
		return nil
	}
	if node.ErrorCode(err) != node.PreconditionFailed {
		return fmt.Errorf("g-counter: saving: %w", err)
	}
	var found counter
	if err := s.kv.ReadInto(ctx, s.key, &found); err != nil {
		return fmt.Errorf("g-counter: reading what was saved: %w", err)
	}
	if !s.replica.totals.covers(found) {
		s.replica.restored.Reach()
	}
	s.replica.totals.merge(found)
	s.acked = found
	return nil
}
