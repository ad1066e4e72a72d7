package weak

// An implied edge says that from precedes to, because reader knew of from, which wrote the key that reader read from to.
type implied struct {
	from, to int32 // to may be Initial
	reader   int32
	read     int32 // which read: a place in index.reads.items
}

// A source is a transaction that another one read from.
type source struct {
	reader, from int32
	first        int32 // the first such read: a place in index.reads.items
}

// sources has the pairs of a transaction and one that it read from, each once. The transaction has R reads, the other one W writes.
type sources struct {
	byReader []source // those with W ≤ R
	byWriter []source // the others, by writers
}

// sources finds the pairs. That they are split makes the levels that are about them cost O(n^3/2) for n operations: a pair costs
// min(R, W), the one kind by looking up the writes of the other transaction among the reads, the other kind by looking up the reads
// among the writes. Transactions with R ≤ √n come to √n for each of their reads. Of the others there are at most √n, and what they
// read from made n writes.
func (x *index) sources() *sources {
	s := &sources{}
	seen := newStamps(len(x.h.Txns))
	var others []source
	counts := make([]int32, len(x.h.Txns)+1)
	for t := range int32(len(x.h.Txns)) {
		seen.clear()
		reads := x.reads.of(t)
		for i, r := range reads {
			if r.from == Initial {
				continue
			}
			if _, again := seen.get(r.from); again {
				continue
			}
			seen.set(r.from, 1)
			pair := source{t, r.from, x.reads.first[t] + int32(i)}
			if len(x.writes.of(r.from)) <= len(reads) {
				s.byReader = append(s.byReader, pair)
			} else {
				others = append(others, pair)
				counts[r.from+1]++
			}
		}
	}
	for t := range x.h.Txns {
		counts[t+1] += counts[t]
	}
	s.byWriter = make([]source, len(others))
	for _, pair := range others { // a counting sort
		s.byWriter[counts[pair.from]] = pair
		counts[pair.from]++
	}
	return s
}
