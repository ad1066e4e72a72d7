// Mutex is a node of a lock that all nodes give out together, without a server: Lamport's mutual exclusion (1978). Its
// RPCs are
//
//	enter → enter_ok {fence: integer}
//	leave {fence: integer} → leave_ok
//
// A client that got enter_ok has the lock until it sends leave, or until a lease has passed since it sent enter.
// Each fence, or fencing number, is higher than all before it.
//
// The decisions are in replica.go; this file connects them to messages and timers.
package main

import (
	"context"
	"slices"
	"time"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n, protocol())
	node.Main(n)
}

const (
	// askEvery is the time after which a lost message is made up for.
	askEvery = 250 * time.Millisecond
	// patience is how long a client waits for the lock. What remains of the lease is for using it.
	patience = time.Second
	// lease is for clients that never leave, and for nodes that forget who is in. It is counted here from a later moment
	// than there, so it ends there first.
	lease = 2 * time.Second
)

type (
	leaveRequest struct {
		Fence int64 `json:"fence"`
	}
	enterReply struct {
		Fence int64 `json:"fence"`
	}
)

// rules are what keeps two clients from being in at the same time; tests have worse ones.
type rules struct {
	mayEnter func(*replica) bool
	silence  time.Duration // after the start
}

// protocol returns the rules of the lock.
func protocol() rules { return rules{(*replica).first, lease} }

// serve registers the handlers of a lock's node.
func serve(n *node.Node, r rules) {
	s := &server{node: n, rules: r}
	n.OnInit(func(context.Context) error {
		n.After(r.silence, func(context.Context) {
			s.replica = newReplica(n.ID(), n.NodeIDs(), n.Now().UnixMilli())
			s.do(s.replica.tick())
		})
		return nil
	})
	n.Every(askEvery, func(context.Context) {
		if s.replica != nil {
			s.do(s.replica.tick())
		}
	})
	node.Receive(n, "state", func(ctx context.Context, m state) {
		if s.replica != nil {
			s.do(s.replica.receive(node.From(ctx), m))
		}
	})
	node.HandleRPC(n, "enter", s.enter)
	node.HandleRPC(n, "leave", s.leave)
}

// A server runs a replica on a node, for one client at a time. The node calls it from one goroutine at a time.
//
// Invariant: the replica has a request as long as somebody is in or in the queue.
type server struct {
	rules
	node     *node.Node
	replica  *replica  // nil until the silence is over
	queue    []*waiter // in the order in which they came
	in       bool      // a client of ours has the lock, by the replica's request
	endLease func()    // takes back that the lease will end; set while in
}

// A waiter is a client that waits for the lock.
type waiter struct {
	fence int64 // set when it gets the lock
}

// enter waits until the client has the lock. If it has not within patience, it never will.
func (s *server) enter(ctx context.Context, _ struct{}) (enterReply, error) {
	if s.replica == nil || !s.replica.joined() {
		return enterReply{}, node.NewRPCError(node.TemporarilyUnavailable, "mutex: a node was started, and has not joined yet")
	}
	w := new(waiter)
	s.queue = append(s.queue, w)
	if s.replica.own == 0 {
		s.do(s.replica.ask())
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.node.Wait(ctx, func() bool { return w.fence != 0 }); err != nil && w.fence == 0 {
		s.giveUp(w)
		return enterReply{}, node.NewRPCError(node.TemporarilyUnavailable, "mutex: it was not our turn in time")
	}
	return enterReply{w.fence}, nil
}

// leave takes the lock back from the client that has it.
func (s *server) leave(_ context.Context, req leaveRequest) (struct{}, error) {
	if !s.in || req.Fence != s.replica.own {
		return struct{}{}, node.NewRPCError(node.PreconditionFailed, "mutex: this is not the fence of the client that is in")
	}
	s.endLease()
	s.next()
	return struct{}{}, nil
}

// next ends the turn of the client that is in.
func (s *server) next() {
	s.in = false
	if len(s.queue) > 0 {
		s.do(s.replica.ask()) // behind all others that wait: this says release, too
	} else {
		s.do(s.replica.release())
	}
}

// giveUp takes a client out of the queue.
func (s *server) giveUp(w *waiter) {
	i := slices.Index(s.queue, w)
	s.queue = slices.Delete(s.queue, i, i+1)
	if !s.in && len(s.queue) == 0 {
		s.do(s.replica.release())
	}
}

// do sends what the replica decided, and lets a client in if it is our turn.
func (s *server) do(out []message) {
	for _, m := range out {
		// Only a broken output is an error, and that ends the node.
		_ = node.Notify(s.node, m.dest, "state", m.state)
	}
	if s.in || !s.mayEnter(s.replica) {
		return
	}
	s.in = true
	s.endLease = s.node.After(lease, func(context.Context) { s.next() })
	w := s.queue[0]
	s.queue = s.queue[1:]
	w.fence = s.replica.own
}
