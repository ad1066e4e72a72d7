package elle

import (
	"encoding/json"
	"fmt"

	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// A txn is one transaction of a history.
type txn struct {
	invoked, completed int          // positions in the history; -1 if it has no such event
	status             history.Type // OK, Fail or Info; Info also while it is open
	process            history.Process
	ops                []microOp
}

// A microOp is one step of a transaction.
type microOp struct {
	f     byte // 'r', 'w' or 'a'
	key   int32
	value json.RawMessage
}

// The micro-operations of transactions over registers and over lists, with their letters.
var (
	registerOps = map[string]byte{`"r"`: 'r', `"w"`: 'w'}
	listOps     = map[string]byte{`"r"`: 'r', `"append"`: 'a'}
)

// A log is a history as a list of transactions, in the order of their invocations. A transaction without an invocation is
// ordered by its completion.
type log struct {
	h    []history.Op
	txns []txn
	keys interner[string] // the canonical texts of the keys; 1 and 1.0 are not equal

	malformed []string // sentences about values that could not be understood
}

// parseLog reads the transactions of a history. Their micro-operations must have the form [f, key, value], where fs maps f to
// its letter. The micro-operations of a transaction of another form are left out, and malformed names it.
func parseLog(h []history.Op, fs map[string]byte) *log {
	l := &log{h: h, keys: interner[string]{numbers: make(map[string]int32)}}
	open := make(map[history.Process]int)
	for i, op := range h {
		if op.Process < 0 { // the nemesis
			continue
		}
		if op.Type == history.Invoke {
			open[op.Process] = len(l.txns)
			l.txns = append(l.txns, txn{invoked: i, completed: -1, status: history.Info, process: op.Process})
			continue
		}
		v, ok := open[op.Process]
		if !ok {
			v = len(l.txns)
			l.txns = append(l.txns, txn{invoked: -1, process: op.Process})
		}
		delete(open, op.Process)
		l.txns[v].completed, l.txns[v].status = i, op.Type
	}
	for v := range l.txns {
		t := &l.txns[v]
		at := t.invoked
		if t.status == history.OK || at < 0 {
			at = t.completed
		}
		ops, err := l.parseOps(h[at].Value, fs)
		if err != nil {
			l.malformed = append(l.malformed, fmt.Sprintf("op %d is not a transaction: %v", h[at].Index, err))
		}
		t.ops = ops // empty if the transaction is malformed
	}
	return l
}

func (l *log) parseOps(raw json.RawMessage, fs map[string]byte) ([]microOp, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var triples [][]json.RawMessage
	if err := json.Unmarshal(raw, &triples); err != nil {
		return nil, fmt.Errorf("want an array of arrays: %w", err)
	}
	ops := make([]microOp, len(triples))
	for i, triple := range triples {
		if len(triple) != 3 {
			return nil, fmt.Errorf("want [f, key, value], not %d elements", len(triple))
		}
		f, ok := fs[string(triple[0])]
		if !ok {
			return nil, fmt.Errorf("unknown micro-operation %s", triple[0])
		}
		ops[i] = microOp{f: f, key: l.keys.number(jsonvalue.Text(triple[1])), value: triple[2]}
	}
	return ops, nil
}

// spans returns when the transactions happened, for the order of real time.
func (l *log) spans() []graph.Span {
	spans := make([]graph.Span, len(l.txns))
	for v, t := range l.txns {
		spans[v] = graph.Span{
			Begin: t.invoked, End: t.completed, Acknowledged: t.status == history.OK, Process: int(t.process),
		}
	}
	return spans
}

// maxEdges is the maximum number of edges in a graph of transactions. A graph of this size takes about 3 GB, and a minute or
// two. A typical history of a million transactions has less than half as many edges.
var maxEdges = 1 << 26

// newGraph returns the builder of a graph of the transactions.
func (l *log) newGraph() *graph.Builder { return graph.NewBuilder(len(l.txns)).Limit(maxEdges) }

// directRealtime is the maximum number of Realtime edges that lead directly from one transaction to others. Most histories
// need no more.
var directRealtime = 16

// linkTime adds the Realtime or Process edges, if the models forbid cycles with such edges.
func (l *log) linkTime(b *graph.Builder, f *findings) {
	if f.wants("-realtime") {
		b.LinkRealtime(l.spans(), len(l.h), directRealtime)
	} else if f.wants("-process") {
		b.LinkProcesses(l.spans(), len(l.h))
	}
}

// op returns the event that names a transaction: its completion if it has one, otherwise its invocation.
func (l *log) op(v int) history.Op {
	t := l.txns[v]
	if t.completed >= 0 {
		return l.h[t.completed]
	}
	return l.h[t.invoked]
}

// An interner numbers values from 0.
type interner[T comparable] struct {
	numbers map[T]int32
	values  []T
}

func (in *interner[T]) number(v T) int32 {
	n, ok := in.numbers[v]
	if !ok {
		n = int32(len(in.values))
		in.numbers[v] = n
		in.values = append(in.values, v)
	}
	return n
}
