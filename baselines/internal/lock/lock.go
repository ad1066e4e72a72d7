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
		return node.Call[Body](ctx, n, n.NodeIDs()[0], "enter", struct{}{}, node.Deadline(deadline))
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

	// over are those whose wait is over, and who have not gone on yet. Only the first of them has been woken; it wakes
	// the next. So they go on in this order, not in one that the Go runtime chooses.
	over []*waiter
}

// A waiter is a client that waits for its turn.
type waiter struct {
	fence int64         // set if it has the lock
	done  chan struct{} // closed when its wait is over
}

func (s *server) enter(ctx context.Context) (Body, error) {
	if !s.held {
		return Body{s.grant()}, nil
	}
	w := &waiter{done: make(chan struct{})}
	s.queue = append(s.queue, w)
	stop := s.node.After(patience, func(context.Context) {
		if i := slices.Index(s.queue, w); i >= 0 { // else its reply is under way
			s.queue = slices.Delete(s.queue, i, i+1)
			s.wake(w)
		}
	})
	defer stop()
	s.node.Blocking(ctx, func() {
		select {
		case <-w.done:
		case <-ctx.Done(): // the node shuts down
		}
	})
	if len(s.over) > 0 && s.over[0] == w {
		s.over = s.over[1:]
		if len(s.over) > 0 {
			close(s.over[0].done)
		}
	}
	if w.fence == 0 {
		return Body{}, node.NewRPCError(node.TemporarilyUnavailable, "lock: it was not your turn in time")
	}
	return Body{w.fence}, nil
}

// wake ends the wait of a client.
func (s *server) wake(w *waiter) {
	s.over = append(s.over, w)
	if len(s.over) == 1 {
		close(w.done)
	}
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
		s.wake(w)
	}
}
