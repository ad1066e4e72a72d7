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
// It treats seq-kv as one more peer that is told what it lacks.
//
// # Why nothing that was saved is lost
//
// The key is only ever changed by a compare-and-swap from a counter to one that covers it. A swap that changes
// something acts on the newest state, by sequential consistency on the same one for everybody. So the values
// of the key form a chain in which nothing gets lost, even if a swap of an earlier life arrives late or
// twice: it fails, as its counter is no longer there. (A plain write would bring back the
// earlier life's, without what has been added since.)
//
// A new life knows nothing of the chain, and its first swap, which expects no value, is refused. It then reads the
// value, merges it and goes on from there. Reads of seq-kv may be stale, and so may refusals, but each
// client sees the states in their order: the value read is later in the chain than the one that we expected. So
// staleness costs another round, and nothing else. There is no special case for recovery.
type store struct {
	node    *node.Node
	kv      *node.KV
	key     string
	replica *replica

	has    counter // a value that the key has had; nil before one was seen
	flight *flight // the swap that is under way; nil if there is none
}

// A flight is a swap under way.
type flight struct {
	total int64 // of our writer, in what is swapped in
	ended bool
	err   error // set when it has ended
}

// newStore returns the store of n, which must have been initialised, for r.
func newStore(n *node.Node, r *replica) *store {
	return &store{node: n, kv: node.NewSeqKV(n), key: "g-counter/" + n.ID(), replica: r}
}

// write saves what seq-kv lacks, if it lacks anything and no swap is under way. It makes one
// attempt; what failed is for the next call.
func (s *store) write(ctx context.Context) error {
	if s.flight != nil || s.has.covers(s.replica.totals) {
		return nil
	}
	return s.save(ctx).err
}

// commit returns when seq-kv has all that was added before the call. One swap carries what all those who
// wait for it have added (group commit). An error says that it may not have it.
func (s *store) commit(ctx context.Context) error {
	total := s.replica.own()
	for s.has[s.replica.writer] < total {
		f := s.flight
		if f != nil {
			if err := s.node.Wait(ctx, func() bool { return f.ended }); err != nil {
				return err
			}
		} else {
			f = s.save(ctx)
		}
		if f.err != nil && f.total >= total {
			return f.err
		}
	}
	return nil
}

// save attempts a swap to all that the replica has now, and returns when it has ended. If the key has another
// value than we thought, that is merged into the replica, and nothing is written.
func (s *store) save(ctx context.Context) *flight {
	f := &flight{total: s.replica.own()}
	s.flight = f
	defer func() { s.flight, f.ended = nil, true }()
	f.err = s.swap(ctx)
	return f
}

// swap does what save says.
func (s *store) swap(ctx context.Context) error {
	totals := s.replica.totals.clone()
	err := s.kv.CompareAndSwap(ctx, s.key, s.has, totals, true)
	if err == nil {
		s.has = totals
		return nil
	}
	if node.ErrorCode(err) != node.PreconditionFailed {
		return fmt.Errorf("g-counter: saving: %w", err)
	}
	var found counter
	if err := s.kv.ReadInto(ctx, s.key, &found); err != nil {
		return fmt.Errorf("g-counter: reading what was saved: %w", err)
	}
	s.replica.totals.merge(found)
	s.has = found
	return nil
}
