package weak

import (
	"cmp"
	"slices"
)

// A Level is an isolation level. Each level implies those before it.
type Level int

// The levels.
const (
	ReadUncommitted Level = iota // every value read was written by some transaction
	ReadCommitted
	ReadAtomic
	Causal
)

// NumLevels is the number of levels.
const NumLevels = 4

// String returns the name of a level in words.
func (l Level) String() string {
	return [NumLevels]string{"read uncommitted", "read committed", "read atomic", "causal consistency"}[l]
}

// A Verdict says whether a level holds.
type Verdict int

// The verdicts. A level is Undecided only if it is not certain which write some read returned, or if the history is too large.
const (
	Holds Verdict = iota
	Violated
	Undecided
)

// A Result says which levels a history satisfies.
type Result struct {
	Levels    [NumLevels]Verdict
	Violation *Violation // of the weakest level that is violated; nil if none is
	Ambiguity *Ambiguity // why levels are Undecided, unless TooLarge is the reason
	TooLarge  bool       // Causal would have taken too long: sessions × transactions is more than MaxCausal
}

// MaxCausal is the largest product sessions × transactions for which Causal is decided. At the limit, this takes about ten
// seconds.
const MaxCausal = 500_000_000

// maxCausal may be smaller in tests.
var maxCausal = MaxCausal

// A Kind is a way to violate a level.
type Kind int

// The kinds of violations. All kinds but Cycle are about a single read that no commit order can explain.
const (
	ThinAir          Kind = iota // Reader read a Version that nobody wrote
	OwnWrite                     // Reader read a Version of a key to which it had just written another version, Own
	FutureRead                   // Reader read a Version that it wrote only later
	AbortedRead                  // Reader read a Version of Writer, which was aborted
	IntermediateRead             // Reader read a Version that Writer had overwritten itself
	Cycle                        // each transaction of a cycle must precede the next
)

// A Violation is the reason why a level does not hold.
type Violation struct {
	Level Level
	Kind  Kind

	// Set for all kinds but Cycle:
	Reader, Writer    int
	Key, Version, Own int32

	// Edges are the edges of a Cycle; each begins where the previous one ends. A single edge that leads to Initial is a
	// contradiction by itself.
	Edges []Edge
}

// An EdgeKind is a reason why a transaction precedes another in every commit order.
type EdgeKind int

// The kinds of edges.
const (
	Session   EdgeKind = iota // one session ran From before To
	WriteRead                 // To read a Version of Key that From wrote
	Commit                    // Reader knew of From, which also wrote Key, and yet read the Version of Key that To wrote
)

// An Edge says that one transaction precedes another in every commit order.
type Edge struct {
	Kind         EdgeKind
	From, To     int
	Key, Version int32
	Reader       int
	Path         []Edge // for Commit: the edges from From to Reader, which are of the other two kinds
}

// An Ambiguity is a read whose value two writes may have written.
type Ambiguity struct {
	Reader       int
	Key, Version int32
	Writers      [2]int
}

// Decide decides which levels the history satisfies.
func Decide(h *History) Result {
	x := newIndex(h)
	thin, bad, unclear := x.readOps()
	if v := cmp.Or(thin, bad); v != nil {
		return violated(v, unclear)
	}
	x.commit()
	base := x.base()
	topological, cyclic := base.sort()
	if cyclic != nil {
		return violated(x.explain(ReadCommitted, base, cyclic, func(func(implied)) {}), unclear)
	}
	sources := x.sources()
	for _, l := range []struct {
		level Level
		infer func(yield func(implied))
	}{
		{ReadCommitted, func(yield func(implied)) { x.committed(sources, yield) }},
		{ReadAtomic, func(yield func(implied)) { x.atomic(sources, yield) }},
		{Causal, func(yield func(implied)) { x.causal(topological, yield) }},
	} {
		if l.level == Causal && len(x.sessions)*len(h.Txns) > maxCausal {
			res := violated(nil, unclear)
			res.Levels[Causal], res.TooLarge = Undecided, true
			return res
		}
		if v := x.decide(l.level, base, l.infer); v != nil {
			return violated(v, unclear)
		}
	}
	return violated(nil, unclear)
}

// decide looks for a contradiction between the edges of base and those that infer yields.
func (x *index) decide(l Level, base *edges, infer func(yield func(implied))) *Violation {
	all := &edges{base.n, slices.Clone(base.from), slices.Clone(base.to)}
	var first *implied // the first edge that leads to Initial
	infer(func(e implied) {
		switch {
		case e.to == Initial:
			if first == nil || e.reader < first.reader || e.reader == first.reader && e.read < first.read {
				keep := e // e itself need not escape
				first = &keep
			}
		case x.session[e.from] != x.session[e.to] || x.place[e.from] >= x.place[e.to]: // otherwise base has it
			all.add(e.from, e.to)
		}
	})
	if first != nil {
		return &Violation{Level: l, Kind: Cycle, Edges: []Edge{x.commitEdge(l, *first)}}
	}
	if _, cyclic := all.sort(); cyclic != nil {
		return x.explain(l, all, cyclic, infer)
	}
	return nil
}

// violated returns the result for the weakest violation v, which may be nil. If there is an ambiguity, the levels that v does not
// violate are undecided, since the reads that were left out might have shown a violation.
func violated(v *Violation, unclear *Ambiguity) Result {
	res := Result{Violation: v, Ambiguity: unclear}
	for l := range res.Levels {
		switch {
		case v != nil && Level(l) >= v.Level:
			res.Levels[l] = Violated
		case unclear != nil && Level(l) > ReadUncommitted: // a read out of thin air is certain even so
			res.Levels[l] = Undecided
		}
	}
	return res
}
