package elle

import (
	"slices"

	"glomers/harness/check"
	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
)

// Append checks a history of transactions over lists: operations whose value is an array of ["append",
// key, element] and ["r", key, list], where the list read has all elements appended so far, in their
// order, and is null or [] before the first. No element may be appended to one key twice. Options about
// nodes have no effect.
//
// A list shows what happened to it, so there is no guessing as with registers: whoever read some elements
// came after those who had appended them, and before whoever appended the next. If all is well, warnings
// included, there is an order of the transactions that explains every read.
//
// Its time and memory are linear in the history times its concurrency, with the same exception as
// Register's.
func Append(h []history.Op, o Options) *Result {
	return newLists(h).check(o)
}

func (l *lists) check(o Options) *Result {
	f := newFindings(o.Models)
	b := graph.NewBuilder(len(l.txns))
	l.link(b)
	l.linkTime(b, f)
	if b.Empty() {
		f.addEmpty()
	}
	f.addCycles(l.log, b.Graph(), graph.WW, l.witness)
	l.direct(f)

	res := f.result()
	if slices.Equal(res.Types, []Anomaly{EmptyGraph}) {
		res.Valid = check.Unknown // as in the reference, unlike Register
	}
	for _, e := range l.ambiguous {
		res.unclear(l.describeAmbiguous(e))
	}
	for _, m := range l.malformed {
		res.unclear(m)
	}
	res.warn(o.Strict, l.reordered())
	return res
}
