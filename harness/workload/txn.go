package workload

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// Transactions runs transactions over registers (txn-rw-register) or lists (txn-list-append). The one RPC
// is
//
//	txn {txn: [["r", key, null], ["w", key, value], …]} → txn_ok {txn: the same, with what was read}
//
// or, of lists, ["append", key, value], whose reads return an array. Keys and values are integers, and a
// key that does not exist reads as null. The operation "txn" has the transaction as its value. There is no
// final phase. The history must satisfy the consistency models that were asked for; see package elle.
type Transactions struct {
	txnGenerator
	kind   txnKind
	expect elle.Options
}

// A txnKind is what is particular to registers or to lists.
type txnKind struct {
	reply string // the shape of a reply, in words
	read  func(json.RawMessage) bool
	check func([]history.Op, elle.Options) *elle.Result
}

type txnRequest struct {
	Type string          `json:"type"`
	Txn  json.RawMessage `json:"txn"`
}

func newTxnRegister(o Options) (*Transactions, error) {
	const reply = "the micro-operations of the request, reads filled in"
	return newTransactions("w", txnKind{reply, anyValue, elle.Register}, o)
}

func newTxnAppend(o Options) (*Transactions, error) {
	const reply = "the micro-operations of the request, reads filled in with null or an array"
	return newTransactions("append", txnKind{reply, nullOrArray, elle.Append}, o)
}

// newTransactions returns the workload whose writes are called write.
func newTransactions(write string, kind txnKind, o Options) (*Transactions, error) {
	g, err := newTxnGenerator(write, o)
	if err != nil {
		return nil, err
	}
	w := &Transactions{g, kind, elle.Options{Nodes: len(o.Nodes), Concurrency: o.Workers, Strict: o.Strict}}
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
func (*Transactions) Setup(Client) error { return nil }

// Next returns another transaction.
func (w *Transactions) Next() history.Op { return history.Op{F: "txn", Value: w.next()} }

// Invoke returns the transaction with what was read.
func (w *Transactions) Invoke(c Client, op history.Op) (any, error) {
	return callFor(c, txnRequest{"txn", op.Value}, "txn_ok", "txn", w.kind.reply,
		func(reply json.RawMessage) bool { return completes(op.Value, reply, w.kind.read) })
}

// Idempotent is false, as in the reference.
func (*Transactions) Idempotent(string) bool { return false }

// Final returns nothing.
func (*Transactions) Final() []history.Op { return nil }

// Check looks for contradictions.
func (w *Transactions) Check(h []history.Op) check.Result { return w.kind.check(h, w.expect) }

// completes tells whether a reply has the micro-operations of its request, in their order, but for the
// values of reads, which must be as read says.
func completes(request, reply json.RawMessage, read func(json.RawMessage) bool) bool {
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
			if !read(b[2]) {
				return false
			}
			compared = 2
		}
		return slices.EqualFunc(a[:compared], b[:compared], slices.Equal)
	})
}

// nullOrArray accepts null and arrays.
func nullOrArray(value json.RawMessage) bool { return string(value) == "null" || value[0] == '[' }
