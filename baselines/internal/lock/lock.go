// Package lock has a lock that one node grants.
package lock

import (
	"context"
	"slices"
	"time"

	"glomers/baselines/internal/peers"
	"glomers/node"
)

// Lease is how long a client that does not leave holds the lock. The workload counts it from the client's request.
const Lease = 2 * time.Second

const (
	patience = time.Second     // how long a client waits for its turn; the rest of the lease is for using the lock
	deadline = 3 * time.Second // for a request that is passed on to the first node
)

// A Body is a fence, in enter_ok and in leave.
type Body struct {
	Fence int64 `json:"fence"`
}

// Serve registers the handlers of a node. The node grants the lock itself if home returns true; otherwise it passes requests
// on to the first node. A client that has not left at the end of its lease loses the lock.
func Serve(n *node.Node, lease time.Duration, home func() bool) {
	s := &server{node: n, lease: lease}
	node.HandleRPC(n, "enter", func(ctx context.Context, _ struct{}) (Body, error) {
		if home() {
			return s.enter(ctx)
		}
		// Not repeated: the first node would take a repeat for another client.
		return node.Call[Body](ctx, n, n.NodeIDs()[0], "enter", struct{}{}, node.WithTimeout(deadline))
	})
	node.HandleRPC(n, "leave", func(ctx context.Context, req Body) (struct{}, error) {
		if home() {
			return struct{}{}, s.leave(req)
		}
		return peers.Ask[struct{}](ctx, n, n.NodeIDs()[0], "leave", req)
	})
}

// A server grants the lock to one client after the other.
type server struct {
	node     *node.Node
	lease    time.Duration
	fence    int64  // of the client that has the lock, or that had it last
	held     bool   // a client has the lock
	endLease func() // cancels the timer of the lease; set while held
	queue    []*waiter
}

// A waiter is a client that waits for its turn.
type waiter struct {
	fence int64 // set when the client gets the lock
}

func (s *server) enter(ctx context.Context) (Body, error) {
	if !s.held {
		return Body{s.grant()}, nil
	}
	w := new(waiter)
	s.queue = append(s.queue, w)
	ctx, cancel := s.node.Timeout(ctx, patience)
	defer cancel()
	if err := s.node.Wait(ctx, func() bool { return w.fence != 0 }); err != nil && w.fence == 0 {
		i := slices.Index(s.queue, w)
		s.queue = slices.Delete(s.queue, i, i+1)
		return Body{}, node.NewRPCError(node.TemporarilyUnavailable, "lock: it was not your turn in time")
	}
	return Body{w.fence}, nil
}

// leave treats a second leave of the same client as a repeat of the first.
func (s *server) leave(req Body) error {
	if req.Fence > s.fence {
		return node.NewRPCError(node.PreconditionFailed, "lock: there is no such fence")
	}
	if s.held && req.Fence == s.fence {
		s.endLease()
		s.next()
	}
	return nil
}

// grant gives out the lock and returns the fence of its new holder.
func (s *server) grant() int64 {
	s.held = true
	s.fence++
	s.endLease = s.node.After(s.lease, func(context.Context) { s.next() })
	return s.fence
}

// next ends the turn of the client that has the lock.
func (s *server) next() {
	s.held = false
	if len(s.queue) > 0 {
		w := s.queue[0]
		s.queue = s.queue[1:]
		w.fence = s.grant()
	}
}
