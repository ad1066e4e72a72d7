// Mutex is a node of a lock that all nodes give out together, without a server: Lamport's mutual exclusion (1978). Its
// RPCs are
//
//	enter → enter_ok {fence: integer}
//	leave {fence: integer} → leave_ok
//
// A client that got enter_ok has the lock until it sends leave, or until a lease has passed since it sent enter.
// Each fence, or fencing number, is higher than all before it.
//
// The decisions are in replica.go and lock.go; this file connects them to clients.
package main

import (
	"context"
	"time"

	"glomers/node"
)

func main() {
	n := node.NewNode()
	serve(n, protocol())
	node.Main(n)
}

// patience is how long a client waits for the lock. The rest of the lease is for using it.
const patience = time.Second

type (
	leaveRequest struct {
		Fence int64 `json:"fence"`
	}
	enterReply struct {
		Fence int64 `json:"fence"`
	}
)

// serve registers the handlers of a lock's node.
func serve(n *node.Node, r rules) {
	watched := declare(n)
	d := node.Drive(n, "state", func() *lock {
		l := newLock(n.ID(), n.NodeIDs(), n.Now(), r)
		l.properties = watched
		return l
	})

	// A client that does not get the lock within patience will never get it.
	node.HandleRPC(n, "enter", func(ctx context.Context, _ struct{}) (enterReply, error) {
		if l := d.Machine; l.silent() || l.joining() {
			return enterReply{}, node.NewRPCError(node.TemporarilyUnavailable, "mutex: a node was started, and has not joined yet")
		}
		fence := new(int64)
		d.Do(func(l *lock, now time.Duration) []envelope { return l.enter(fence, now) })
		ctx, cancel := n.Timeout(ctx, patience)
		defer cancel()
		if err := n.Wait(ctx, func() bool { return *fence != 0 }); err != nil && *fence == 0 {
			d.Do(func(l *lock, _ time.Duration) []envelope { return l.giveUp(fence) })
			return enterReply{}, node.NewRPCError(node.TemporarilyUnavailable, "mutex: it was not our turn in time")
		}
		return enterReply{*fence}, nil
	})
	node.HandleRPC(n, "leave", func(_ context.Context, req leaveRequest) (struct{}, error) {
		if !d.Machine.in(req.Fence) {
			return struct{}{}, node.NewRPCError(node.PreconditionFailed, "mutex: this is not the fence of the client that is in")
		}
		d.Do((*lock).next)
		return struct{}{}, nil
	})
}
