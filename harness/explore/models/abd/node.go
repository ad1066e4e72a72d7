package abd

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// Register makes n a server of a register, with the requests write and read of the workload lin-kv, and the key 0 only. A read of a
// register that has not been written is answered with error 20, key does not exist.
func Register(n *node.Node) {
	register(n, func() *Server { return NewServer(n.ID(), n.Others()) })
}

// A machine is a Server, or one that was broken on purpose.
type machine interface {
	node.Machine[Message]
	Write(value int, done func(*int)) []envelope
	Read(done func(value *int)) []envelope
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
	d := node.Drive(n, "abd", start)
	n.Show(func() any { return d.Machine })

	// run begins an operation as soon as the server is free, and waits for its end.
	run := func(ctx context.Context, key int, begin func(m M, done func(*int)) []envelope) (result *int, err error) {
		if key != 0 {
			return nil, node.NewRPCError(node.NotSupported, fmt.Sprintf("abd: key %d: there is one register, whose key is 0", key))
		}
		if err := n.Wait(ctx, func() bool { return d.Machine.state().Operation == nil }); err != nil {
			return nil, err
		}
		ended := false
		d.Do(func(m M, _ time.Duration) []envelope {
			return begin(m, func(value *int) { ended, result = true, value })
		})
		err = n.Wait(ctx, func() bool { return ended })
		return result, err
	}
	node.HandleRPC(n, "write", func(ctx context.Context, r writeRequest) (struct{}, error) {
		_, err := run(ctx, r.Key, func(m M, done func(*int)) []envelope { return m.Write(r.Value, done) })
		return struct{}{}, err
	})
	node.HandleRPC(n, "read", func(ctx context.Context, r readRequest) (readReply, error) {
		value, err := run(ctx, r.Key, M.Read)
		switch {
		case err != nil:
			return readReply{}, err
		case value == nil:
			return readReply{}, node.NewRPCError(node.KeyDoesNotExist, "abd: nothing has been written")
		}
		return readReply{*value}, nil
	})
}
