package elle

import (
	"slices"

	"glomers/harness/check"
	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
)

// Append checks a history of transactions over lists. The value of an operation is an array of ["append", key, element]
// and ["r", key, list]. A read returns all elements appended so far, in the order of their appends; before the first
// append it returns null or []. No element may be appended to the same key twice. Options about nodes have no effect.
//
// A list shows its whole past, so the order of versions is known, while it is inferred for registers: a transaction that
// read some elements comes after the transactions that appended them, and before the transaction that appended the next
// element. If Append finds no anomaly and has no warning, there is an order of the transactions that explains every read.
//
// Append takes as much time and memory as Register.
func Append(h []history.Op, o Options) *Result {
	return newLists(h).check(o)
}

func (l *lists) check(o Options) *Result {
	f := newFindings(o.Models)
	b := l.newGraph()
	l.link(b)
	l.linkTime(b, f)
	if b.Empty() {
		f.addEmpty()
	}
	tooLarge := f.addCycles(l.log, b, graph.WW, l.witness)
	l.direct(f)

	res := f.result()
	if slices.Equal(res.Types, []Anomaly{EmptyGraph}) {
		res.Valid = check.Unknown // as in the reference, unlike Register
	}
	res.unclear(tooLarge)
	for _, e := range l.ambiguous {
		res.unclear(l.describeAmbiguous(e))
	}
	res.unclear(l.malformed...)
	res.warn(o.Strict, l.reordered())
	incomplete, renamed := l.answers(listOps)
	if incomplete != nil {
		res.unclear(incomplete.Text + ", at which Maelstrom's checker gives up")
	}
	res.unclear(renamed)
	return res
}
