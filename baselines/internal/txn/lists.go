package txn

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"glomers/node"
)

// A ListOp is a micro-operation on lists: ["r", key, null] or ["append", key, value].
type ListOp Op

// Appends reports whether the micro-operation appends.
func (o ListOp) Appends() bool { return Op(o).Writes() }

// UnmarshalJSON accepts arrays of three elements that begin with "r" or "append".
func (o *ListOp) UnmarshalJSON(b []byte) error { return (*Op)(o).decode(b, "append") }

// Lists hold the values that were appended to each key, in order.
type Lists map[string][]json.RawMessage

// Run carries out a transaction. It returns the lists after the transaction, and the transaction with the results of its
// reads. It does not change l.
func (l Lists) Run(ops []ListOp) (after Lists, done []ListOp) {
	after = make(Lists, len(l))
	maps.Copy(after, l)
	done = slices.Clone(ops)
	for i, o := range ops {
		op := Op(o)
		list := after[op.Key()]
		if o.Appends() {
			after[op.Key()] = append(slices.Clip(list), op.Value())
		} else if list != nil {
			found, _ := json.Marshal(list) // the elements are valid JSON
			done[i] = ListOp(op.Found(found))
		}
	}
	return after, done
}

// ServeLists registers a node that carries out clients' transactions by calling run, which may wait.
func ServeLists(n *node.Node, run func(ctx context.Context, ops []ListOp) ([]ListOp, error)) {
	type body struct {
		Txn []ListOp `json:"txn"`
	}
	node.HandleRPC(n, "txn", func(ctx context.Context, b body) (body, error) {
		done, err := run(ctx, b.Txn)
		return body{done}, err
	})
}
