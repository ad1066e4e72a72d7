package rsm

import (
	"context"
	"time"

	"glomers/node"
)

// A Server answers the clients of a node.
type Server[M, C, R any] struct {
	*node.Driver[Message[M, C], *Replica[M, C, R]]
	node     *node.Node
	patience time.Duration
}

// maxWaiting bounds the commands of a node's clients that wait, and with them its session.
const maxWaiting = 10_000

// Serve runs a replica on n. A client waits for patience at most, which should be less than the client's own.
func Serve[M, C, R any](n *node.Node, s Settings, start Start[M], m Machine[C, R], patience time.Duration) *Server[M, C, R] {
	watched := declare(n)
	d := node.DriveDurable(n, "rsm", node.OpenStore(n, s.Data), func(state []byte, records [][]byte) (*Replica[M, C, R], error) {
		engine := func(state []byte, records [][]byte) (Engine[M], error) { return start(n, state, records) }
		r, err := Restore(n.ID(), s.Options, m, engine, state, records)
		if err != nil {
			return nil, err
		}
		r.properties = watched
		return r, nil
	})
	n.Show(func() any { return d.Machine.Status() })
	return &Server[M, C, R]{d, n, patience}
}

// Write has a command applied, and returns its reply. The error of a command that may still be applied is indefinite.
func (s *Server[M, C, R]) Write(ctx context.Context, command C) (R, error) {
	return s.await(ctx, func(r *Replica[M, C, R], now time.Duration) (*Request[C, R], []envelope[M, C]) {
		return r.Write(command, now)
	})
}

// Read returns the reply to a command that changes nothing.
func (s *Server[M, C, R]) Read(ctx context.Context, command C) (R, error) {
	return s.await(ctx, func(r *Replica[M, C, R], now time.Duration) (*Request[C, R], []envelope[M, C]) {
		return r.Read(command, now)
	})
}

// await begins a request, and waits for its end. The reply needs no Sync: a majority has the command on disk.
func (s *Server[M, C, R]) await(ctx context.Context, begin func(*Replica[M, C, R], time.Duration) (*Request[C, R], []envelope[M, C])) (reply R, err error) {
	r := s.Machine
	if r.broken != nil {
		return reply, r.broken
	}
	if len(r.own.writes)+len(r.own.reads) >= maxWaiting {
		return reply, node.NewRPCError(node.TemporarilyUnavailable, "rsm: too many requests wait at "+s.node.ID())
	}
	var q *Request[C, R]
	s.Do(func(r *Replica[M, C, R], now time.Duration) (out []envelope[M, C]) {
		q, out = begin(r, now)
		return out
	})
	ctx, cancel := s.node.Timeout(ctx, s.patience)
	defer cancel()
	if err := s.node.Wait(ctx, func() bool { return q.Done }); err == nil || q.Done {
		return q.Reply, nil
	}
	certain := r.GiveUp(q)
	s.Do(func(*Replica[M, C, R], time.Duration) []envelope[M, C] { return nil }) // the alarm may be for this request
	if certain {
		return reply, node.NewRPCError(node.TemporarilyUnavailable, "rsm: no leader has been found in time, or it did not answer a read")
	}
	return reply, node.NewRPCError(node.Timeout, "rsm: no majority has confirmed the command in time: it may still be applied")
}
