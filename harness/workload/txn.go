package workload

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// TxnRegister runs transactions over registers. Its one RPC is
//
//	txn {txn: [["r", key, null], ["w", key, value], …]} → txn_ok {txn: the same, with what was read}
//
// where keys and values are integers and a key that does not exist reads as null. Its operation "txn"
// has the transaction as its value. There is no final phase. The history must satisfy the consistency
// models that were asked for; see package elle.
type TxnRegister struct {
	txnGenerator
	expect elle.Options
}

type txnRequest struct {
	Type string          `json:"type"`
	Txn  json.RawMessage `json:"txn"`
}

func newTxnRegister(o Options) (*TxnRegister, error) {
	g, err := newTxnGenerator(o)
	if err != nil {
		return nil, err
	}
	w := &TxnRegister{txnGenerator: g, expect: elle.Options{Nodes: len(o.Nodes), Concurrency: o.Workers, Strict: o.Strict}}
	for _, name := range o.ConsistencyModels {
		m, err := elle.ParseModel(name)
		if err != nil {
			return nil, fmt.Errorf("workload: %w", err)
		}
		w.expect.Models = append(w.expect.Models, m)
	}
	return w, nil
}

// Setup does nothing.
func (*TxnRegister) Setup(Client) error { return nil }

// Next returns another transaction.
func (w *TxnRegister) Next() history.Op { return history.Op{F: "txn", Value: w.next()} }

// Invoke returns the transaction with what was read.
func (*TxnRegister) Invoke(c Client, op history.Op) (any, error) {
	return callFor(c, txnRequest{"txn", op.Value}, "txn_ok", "txn", "the micro-operations of the request, reads filled in",
		func(reply json.RawMessage) bool { return completes(op.Value, reply) })
}

// Idempotent is false, as in the reference.
func (*TxnRegister) Idempotent(string) bool { return false }

// Final returns nothing.
func (*TxnRegister) Final() []history.Op { return nil }

// Check looks for contradictions.
func (w *TxnRegister) Check(h []history.Op) check.Result { return elle.Register(h, w.expect) }

// completes tells whether a reply has the micro-operations of its request, in their order, but for the
// values of reads.
func completes(request, reply json.RawMessage) bool {
	var asked, got [][]json.RawMessage
	if json.Unmarshal(request, &asked) != nil || json.Unmarshal(reply, &got) != nil || got == nil {
		return false
	}
	return slices.EqualFunc(asked, got, func(a, b []json.RawMessage) bool {
		if len(b) != 3 {
			return false
		}
		compared := 3
		if string(a[0]) == `"r"` {
			compared = 2
		}
		return slices.EqualFunc(a[:compared], b[:compared], slices.Equal)
	})
}
