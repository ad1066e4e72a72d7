package main

import (
	"log/slog"
	"slices"
	"time"

	"glomers/node"
)

const (
	// askEvery is the time after which a lost message is made up for.
	askEvery = 250 * time.Millisecond
	// lease ends the turn of a client that never leaves, and that of a client which a restarted node has forgotten. It is
	// counted here from a later moment than at the client, so the client's lease ends first.
	lease = 2 * time.Second
)

// rules keep two clients from being in at the same time; tests have worse ones.
type rules struct {
	mayEnter func(*replica) bool
	silence  time.Duration // after the start
}

// protocol returns the rules of the lock.
func protocol() rules { return rules{mayEnter: (*replica).first, silence: lease} }

// A lock is the replica of a node with the node's clients, one of which is in at a time: it is a node.Machine.
//
// Invariant: the replica has a request as long as a client is in or in the queue.
type lock struct {
	*replica
	rules
	queue    []*int64      // the fences of the clients that wait, in the order in which they came; each is 0 until its client gets the lock
	fence    int64         // the latest; 0 before the first
	leaseEnd time.Duration // of the client that is in, by the replica's request; node.Never if no client is
	askAt    time.Duration // when to ask the peers that are in the way; for the first time after the silence
}

// newLock returns the lock of the node self among nodes, which was started at that time.
func newLock(self string, nodes []string, start time.Time, r rules) *lock {
	return &lock{
		replica:  newReplica(self, nodes, start.Add(r.silence).UnixMilli()),
		rules:    r,
		leaseEnd: node.Never,
		askAt:    r.silence,
	}
}

// silent reports whether the silence after the start is not over yet: the first tick ends it.
func (l *lock) silent() bool { return l.askAt == l.silence }

// enter puts a client into the queue, and sets fence when it gets the lock. The lock must not be silent, and the replica not joining.
func (l *lock) enter(fence *int64, now time.Duration) (out []envelope) {
	l.queue = append(l.queue, fence)
	if l.own == 0 {
		out = l.ask()
	}
	l.admit(now)
	return out
}

// in reports whether the client that is in has that fence.
func (l *lock) in(fence int64) bool { return l.leaseEnd < node.Never && fence == l.own }

// giveUp takes a client out of the queue.
func (l *lock) giveUp(fence *int64) []envelope {
	i := slices.Index(l.queue, fence)
	l.queue = slices.Delete(l.queue, i, i+1)
	if l.leaseEnd == node.Never && len(l.queue) == 0 {
		return l.release()
	}
	return nil
}

// Receive takes a message from another node, unless this node is silent.
func (l *lock) Receive(from string, s state, now time.Duration) []envelope {
	if l.silent() {
		l.unheard.Reach()
		return nil
	}
	out := l.receive(from, s)
	l.admit(now)
	return out
}

// Tick ends the turn of a client whose lease is over, and asks those that are in the way.
func (l *lock) Tick(now time.Duration) (out []envelope) {
	if l.leaseEnd <= now {
		l.overdue.Reach()
		out = l.next(now)
	}
	if l.askAt <= now {
		l.askAt = now + askEvery
		out = append(out, l.askAgain()...)
	}
	return out
}

// Next returns the time of the next Tick.
func (l *lock) Next() time.Duration { return min(l.leaseEnd, l.askAt) }

// next ends the turn of the client that is in.
func (l *lock) next(now time.Duration) (out []envelope) {
	l.leaseEnd = node.Never
	if len(l.queue) > 0 {
		out = l.ask() // behind all others that wait: this says release, too
	} else {
		out = l.release()
	}
	l.admit(now)
	return out
}

// admit lets a client in if it is this node's turn.
func (l *lock) admit(now time.Duration) {
	if l.leaseEnd < node.Never {
		return
	}
	l.behind.Check(l.own != 0 && slices.ContainsFunc(l.peers, func(p *peer) bool { return p.request != 0 && p.request < l.own }))
	if !l.mayEnter(l.replica) {
		return
	}
	l.ascending.Check(l.own > l.fence, slog.Int64("before", l.fence), slog.Int64("fence", l.own))
	l.fence, l.leaseEnd = l.own, now+lease
	*l.queue[0] = l.own
	l.queue = l.queue[1:]
}
