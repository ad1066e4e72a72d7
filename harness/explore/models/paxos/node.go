package paxos

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// Register makes n a server of a register that is written once, with the requests write and read of the workload lin-kv, and the key 0
// only. A write proposes its value and waits for the decision. If another value is chosen, the reply is error 22, precondition failed. A
// read of a server that does not know the decision is answered with error 11, temporarily unavailable.
func Register(n *node.Node) {
	register(n, func() *Server { return NewServer(n.ID(), n.Others()) })
}

// A machine is a Server, or one that was broken on purpose.
type machine interface {
	node.Machine[Message]
	Propose(value int) []envelope
	state() *Server
}

func (s *Server) state() *Server { return s }

type (
	writeRequest struct {
		Key   int `json:"key"`
		Value int `json:"value"`
	}
	readRequest struct {
		Key int `json:"key"`
	}
	readReply struct {
		Value int `json:"value"`
	}
)

func register[M machine](n *node.Node, start func() M) {
	d := node.Drive(n, "paxos", start)
	n.Show(func() any { return d.Machine })
	node.HandleRPC(n, "write", func(ctx context.Context, r writeRequest) (struct{}, error) {
		if err := known(r.Key); err != nil {
			return struct{}{}, err
		}
		d.Do(func(m M, _ time.Duration) []envelope { return m.Propose(r.Value) })
		s := d.Machine.state()
		if err := n.Wait(ctx, func() bool { return s.Decided }); err != nil {
			return struct{}{}, err
		}
		if s.Vote.Value != r.Value {
			return struct{}{}, node.NewRPCError(node.PreconditionFailed, fmt.Sprintf("paxos: %d was chosen", s.Vote.Value))
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(_ context.Context, r readRequest) (readReply, error) {
		if err := known(r.Key); err != nil {
			return readReply{}, err
		}
		s := d.Machine.state()
		if !s.Decided {
			return readReply{}, node.NewRPCError(node.TemporarilyUnavailable, "paxos: no value is known to be chosen")
		}
		return readReply{s.Vote.Value}, nil
	})
}

func known(key int) error {
	if key != 0 {
		return node.NewRPCError(node.NotSupported, fmt.Sprintf("paxos: key %d: there is one register, whose key is 0", key))
	}
	return nil
}

// Agreement returns an error if two servers know different values to be chosen, which Paxos rules out. A nil server is down.
func Agreement(servers []*Server) error {
	var first *Server
	for _, s := range servers {
		switch {
		case s == nil || !s.Decided:
		case first == nil:
			first = s
		case s.Vote.Value != first.Vote.Value:
			return fmt.Errorf("paxos: %s knows that %d was chosen, and %s that %d was", first.id, first.Vote.Value, s.id, s.Vote.Value)
		}
	}
	return nil
}
