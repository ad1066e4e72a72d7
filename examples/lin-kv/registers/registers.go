// Package registers is a linearizable key-value store for the workload lin-kv, on the replicated state machine of package rsm. Its RPCs are
// those of Maelstrom's service lin-kv, but for the option create_if_not_exists.
package registers

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"glomers/examples/raft/rsm"
	"glomers/node"
)

// Patience is how long a client waits here. Those of the workload give up after 1 s.
const Patience = 800 * time.Millisecond

// A Command is one of the three operations on a register.
type Command struct {
	Op    string          `json:"op"` // read, write or cas
	Key   json.RawMessage `json:"key"`
	From  json.RawMessage `json:"from,omitempty"`  // cas: the value expected
	Value json.RawMessage `json:"value,omitempty"` // write, cas: the new one
}

// A Reply has the value of a read, or the code of an error.
type Reply struct {
	Value json.RawMessage `json:"value,omitempty"`
	Code  int             `json:"code,omitempty"` // of node's codes; 0 if it was carried out
}

// A Store is the state machine: the registers by the JSON of their keys.
type Store map[string]json.RawMessage

// Apply carries out a command.
func (s Store) Apply(c Command) Reply {
	key := compact(c.Key)
	value, ok := s[key]
	switch {
	case c.Op == "write":
		s[key] = json.RawMessage(compact(c.Value))
		return Reply{}
	case !ok:
		return Reply{Code: node.KeyDoesNotExist}
	case c.Op == "read":
		return Reply{Value: value}
	case string(value) != compact(c.From):
		return Reply{Code: node.PreconditionFailed}
	}
	s[key] = json.RawMessage(compact(c.Value))
	return Reply{}
}

// Read is Apply for reads.
func (s Store) Read(c Command) Reply { return s.Apply(c) }

// Snapshot returns all registers.
func (s Store) Snapshot() ([]byte, error) { return json.Marshal(s) }

// Restore puts the registers of a snapshot in place of all.
func (s Store) Restore(snapshot []byte) error {
	clear(s)
	return json.Unmarshal(snapshot, &s)
}

// compact returns a value without spaces; nothing stands for null.
func compact(value json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil || b.Len() == 0 {
		return "null"
	}
	return b.String()
}

type (
	request struct {
		Key   json.RawMessage `json:"key"`
		Value json.RawMessage `json:"value"`
		From  json.RawMessage `json:"from"`
		To    json.RawMessage `json:"to"`
	}
	value struct {
		Value json.RawMessage `json:"value"`
	}
)

// Serve makes n a node of the store.
func Serve[M any](n *node.Node, s rsm.Settings, start rsm.Start[M]) *rsm.Server[M, Command, Reply] {
	server := rsm.Serve(n, s, start, make(Store), Patience)
	node.HandleRPC(n, "read", func(ctx context.Context, req request) (value, error) {
		r, err := server.Read(ctx, Command{Op: "read", Key: req.Key})
		return value{r.Value}, errorOf(r, err)
	})
	node.HandleRPC(n, "write", func(ctx context.Context, req request) (struct{}, error) {
		r, err := server.Write(ctx, Command{Op: "write", Key: req.Key, Value: req.Value})
		return struct{}{}, errorOf(r, err)
	})
	node.HandleRPC(n, "cas", func(ctx context.Context, req request) (struct{}, error) {
		r, err := server.Write(ctx, Command{Op: "cas", Key: req.Key, From: req.From, Value: req.To})
		return struct{}{}, errorOf(r, err)
	})
	return server
}

// errorOf returns the error that a client is told.
func errorOf(r Reply, err error) error {
	switch {
	case err != nil:
		return err
	case r.Code == node.KeyDoesNotExist:
		return node.NewRPCError(r.Code, "registers: nobody has written the key")
	case r.Code != 0:
		return node.NewRPCError(r.Code, "registers: the value is another one")
	}
	return nil
}
