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
// Its time and memory are as Register's.
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
	if tooLarge != "" {
		res.unclear(tooLarge)
	}
	for _, e := range l.ambiguous {
		res.unclear(l.describeAmbiguous(e))
	}
	for _, m := range l.malformed {
		res.unclear(m)
	}
	res.warn(o.Strict, l.reordered())
	incomplete, renamed := l.answers(listOps)
	if incomplete != nil {
		res.unclear(incomplete.Text + ", at which Maelstrom's checker gives up")
	}
	if renamed != "" {
		res.unclear(renamed + ", at which Maelstrom's checker gives up")
	}
	return res
}
