// Package lock is a lock that one node gives out.
package lock

import (
	"context"
	"slices"
	"time"

	"glomers/baselines/internal/peers"
	"glomers/node"
)

// Lease is how long a client that never leaves has the lock, counted by the workload from when it asked.
const Lease = 2 * time.Second

const (
	patience = time.Second     // how long a client waits for its turn; what remains of the lease is for using the lock
	deadline = 3 * time.Second // of a request that is passed on
)

// A Body is a fence, in enter_ok and in leave.
type Body struct {
	Fence int64 `json:"fence"`
}

// Serve registers the handlers of a node that gives out the lock itself if home says so, and else passes requests on to the
// first node. Whoever has not left when the lease has passed is out.
func Serve(n *node.Node, lease time.Duration, home func() bool) {
	s := &server{node: n, lease: lease}
	node.HandleRPC(n, "enter", func(ctx context.Context, _ struct{}) (Body, error) {
		if home() {
			return s.enter(ctx)
		}
		// Not repeated: a repeat would be another client to the first node.
		return node.Call[Body](ctx, n, n.NodeIDs()[0], "enter", struct{}{}, node.WithTimeout(deadline))
	})
	node.HandleRPC(n, "leave", func(ctx context.Context, req Body) (struct{}, error) {
		if home() {
			return struct{}{}, s.leave(req)
		}
		return peers.Ask[struct{}](ctx, n, n.NodeIDs()[0], "leave", req)
	})
}

// A server gives out the lock, to one client after the other.
type server struct {
	node     *node.Node
	lease    time.Duration
	fence    int64  // of the client that has the lock, or had it last
	held     bool   // a client has the lock
	endLease func() // takes back that the lease will end; set while held
	queue    []*waiter
}

// A waiter is a client that waits for its turn.
type waiter struct {
	fence int64 // set when it gets the lock
}

func (s *server) enter(ctx context.Context) (Body, error) {
	if !s.held {
		return Body{s.grant()}, nil
	}
	w := new(waiter)
	s.queue = append(s.queue, w)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.node.Wait(ctx, func() bool { return w.fence != 0 }); err != nil && w.fence == 0 {
		i := slices.Index(s.queue, w)
		s.queue = slices.Delete(s.queue, i, i+1)
		return Body{}, node.NewRPCError(node.TemporarilyUnavailable, "lock: it was not your turn in time")
	}
	return Body{w.fence}, nil
}

// leave also takes a second leave of the same client, as a repeat of the first.
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

// grant gives the lock to somebody, whose fence it returns.
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
