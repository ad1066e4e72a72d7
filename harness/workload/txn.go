package workload

import (
	"encoding/json"
	"fmt"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// Transactions runs transactions over registers (txn-rw-register) or lists (txn-list-append); see their Kinds. The value of the
// operation "txn" is the transaction.
type Transactions struct {
	Base
	txnGenerator
	kind   txnKind
	expect elle.Options
}

func txnListAppend() Kind {
	const reply = `a list of ["r", key, list or null] and ["append", key, value]`
	return Kind{
		Name: "txn-list-append", About: "A store of lists, with transactions.",
		RPCs: []RPC{{
			Request: `{"type":"txn","txn":[["r",9,null],["append",8,3]]}`, Reply: `{"type":"txn_ok","txn":[["r",9,[1,2]],["append",8,3]]}`,
			About: "txn asks for the micro-operations to be carried out, in their order, as one transaction.",
			Fields: []Field{{
				"txn", "array of [f, key, value]",
				`f is "r", a read, or "append" of the value to the key's list. The reply has the same, with the list in place of the null of each read; it stays null if the key does not exist`,
			}},
			Errors: []int{30},
		}},
		Operations: "Only txn, of 1 to --max-txn-length micro-operations, half of them reads. Keys are integers; what is appended to a key is 1, 2, 3, …",
		Verdict:    "The history must satisfy the --consistency-models.",
		Figures:    txnFigures(),
		Flags:      txnFlags(),
		Make:       newTransactions(txnKind{"append", reply, listOrNull, elle.Append}),
		Functions:  []string{"txn"},
		Unlike:     func(h []history.Op) bool { return !writesSome(h, `"append"`) && writesSome(h, `"w"`) },
	}
}

func txnRWRegister() Kind {
	const reply = `a list of ["r", key, value] and ["w", key, value]`
	return Kind{
		Name: "txn-rw-register", About: "A store of registers, with transactions.",
		RPCs: []RPC{{
			Request: `{"type":"txn","txn":[["r",9,null],["w",8,3]]}`, Reply: `{"type":"txn_ok","txn":[["r",9,1],["w",8,3]]}`,
			About: "txn asks for the micro-operations to be carried out, in their order, as one transaction.",
			Fields: []Field{{
				"txn", "array of [f, key, value]",
				`f is "r", a read, or "w", a write of the value. The reply has the same, with the value in place of the null of each read; it stays null if the key does not exist`,
			}},
			Errors: []int{30},
		}},
		Operations: "Only txn, of 1 to --max-txn-length micro-operations, half of them reads. Keys are integers; what is written to a key is 1, 2, 3, …",
		Verdict:    "The history must satisfy the --consistency-models.",
		Figures:    txnFigures(),
		Flags:      txnFlags(),
		Make:       newTransactions(txnKind{"w", reply, anyValue, elle.Register}),
		Functions:  []string{"txn"},
		Unlike:     func(h []history.Op) bool { return !writesSome(h, `"w"`) && writesSome(h, `"append"`) },
	}
}

// A txnKind holds the differences between registers and lists.
type txnKind struct {
	write string                     // the function of a write
	reply string                     // the shape of a reply, in words
	read  func(json.RawMessage) bool // reports whether a read may return a value
	check func([]history.Op, elle.Options) *elle.Result
}

type txnRequest struct {
	Type string          `json:"type"`
	Txn  json.RawMessage `json:"txn"`
}

func newTransactions(kind txnKind) func(c Config) (Workload, error) {
	return func(c Config) (Workload, error) {
		g, err := newTxnGenerator(kind.write, c)
		if err != nil {
			return nil, err
		}
		w := &Transactions{txnGenerator: g, kind: kind, expect: elle.Options{Nodes: len(c.Nodes), Concurrency: c.Workers, Strict: c.Strict}}
		for _, name := range c.ConsistencyModels {
			m, err := elle.ParseModel(name)
			if err != nil {
				return nil, fmt.Errorf("workload: %w", err)
			}
			w.expect.Models = append(w.expect.Models, m)
		}
		return w, nil
	}
}

// Next returns a random transaction.
func (w *Transactions) Next() history.Op { return history.Op{F: "txn", Value: w.next()} }

// Invoke returns the transaction with the values of its reads. Check, not Invoke, compares its micro-operations with the request,
// as in the reference.
func (w *Transactions) Invoke(c Client, op history.Op) (any, error) {
	txn, err := callFor(c, txnRequest{"txn", op.Value}, "txn_ok", "txn", w.kind.reply, w.kind.accepts)
	return noNull(txn), err
}

// Check looks for anomalies.
func (w *Transactions) Check(h []history.Op) check.Result { return w.kind.check(h, w.expect) }

// accepts reports whether a reply is a list of micro-operations.
func (k txnKind) accepts(reply json.RawMessage) bool {
	var txn [][]json.RawMessage
	if json.Unmarshal(reply, &txn) != nil {
		return false
	}
	for _, op := range txn {
		var f string
		if len(op) != 3 || json.Unmarshal(op[0], &f) != nil {
			return false
		}
		if f != k.write && (f != "r" || !k.read(op[2])) {
			return false
		}
	}
	return true
}
