// Package lists is a strictly serializable database of lists, for the workload txn-list-append, on the replicated state machine of package
// rsm. A transaction is one command: it is applied whole, at one place of the log, so nothing can come between its operations.
package lists

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glomers/examples/raft/rsm"
	"glomers/node"
)

// Patience is how long a client waits here. Those of the workload give up after 5 s.
const Patience = 4 * time.Second

// An Op is an operation of a transaction, in JSON ["r", key, null], which finds a list, or ["append", key, value].
type Op struct {
	Append bool
	Key    string          // the JSON of the key
	Value  json.RawMessage // what is appended
	Found  List            // by a read that was carried out
}

// A List is what a key has; nil, in JSON null, if nothing was appended yet.
type List []json.RawMessage

// UnmarshalJSON accepts what a client may ask for, and what was answered.
func (o *Op) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	var f string
	if json.Unmarshal(b, &parts) != nil || len(parts) != 3 || json.Unmarshal(parts[0], &f) != nil {
		return fmt.Errorf(`lists: %.100s is not an operation: want ["r",key,null] or ["append",key,value]`, b)
	}
	*o = Op{Append: f == "append", Key: string(parts[1])}
	switch f {
	case "append":
		o.Value = slices.Clone(parts[2])
	case "r":
		if json.Unmarshal(parts[2], &o.Found) != nil {
			return fmt.Errorf("lists: %.100s reads and has a value that is no list: want null", b)
		}
	default:
		return fmt.Errorf(`lists: unknown operation %q: want "r" or "append"`, f)
	}
	return nil
}

// MarshalJSON writes the three parts.
func (o Op) MarshalJSON() ([]byte, error) {
	if o.Append {
		return json.Marshal([]any{"append", json.RawMessage(o.Key), o.Value})
	}
	return json.Marshal([]any{"r", json.RawMessage(o.Key), o.Found})
}

// A Txn is a transaction.
type Txn []Op

// writes reports whether the transaction changes anything.
func (t Txn) writes() bool { return slices.ContainsFunc(t, func(o Op) bool { return o.Append }) }

// A Database is the state machine: the lists by the JSON of their keys. A list is only appended to, so replies may share its memory.
type Database map[string]List

// Apply carries out a transaction, and returns it with what its reads have found.
func (d Database) Apply(t Txn) Txn {
	done := slices.Clone(t)
	for i, o := range done {
		if o.Append {
			d[o.Key] = append(d[o.Key], o.Value)
		} else {
			done[i].Found = slices.Clip(d[o.Key])
		}
	}
	return done
}

// Read is Apply for a transaction that only reads.
func (d Database) Read(t Txn) Txn { return d.Apply(t) }

// Snapshot returns all lists.
func (d Database) Snapshot() ([]byte, error) { return json.Marshal(d) }

// Restore puts the lists of a snapshot in place of all.
func (d Database) Restore(snapshot []byte) error {
	clear(d)
	return json.Unmarshal(snapshot, &d)
}

// A transaction is the body of the request and of the reply.
type transaction struct {
	Txn Txn `json:"txn"`
}

// Serve makes n a node of the database.
func Serve[M any](n *node.Node, s rsm.Settings, start rsm.Start[M]) *rsm.Server[M, Txn, Txn] {
	server := rsm.Serve(n, s, start, make(Database), Patience)
	node.HandleRPC(n, "txn", func(ctx context.Context, req transaction) (transaction, error) {
		if req.Txn == nil {
			return transaction{}, node.NewRPCError(node.MalformedRequest, "lists: no txn")
		}
		do := server.Read
		if req.Txn.writes() {
			do = server.Write
		}
		done, err := do(ctx, req.Txn)
		return transaction{done}, err
	})
	return server
}
