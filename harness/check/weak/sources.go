package weak

// An implied edge says that from precedes to. The reason: reader knew of from, which wrote a key, and yet it read that key
// from to.
type implied struct {
	from, to int32 // to may be Initial
	reader   int32
	read     int32 // that read, as a place in index.reads.items
}

// A source is a pair of a transaction (reader) and a transaction that it read from.
type source struct {
	reader, from int32
	first        int32 // the reader's first read from it, as a place in index.reads.items
}

// sources has all pairs of a reader and a transaction that it read from, each once. The reader has R reads, the other
// transaction has W writes.
type sources struct {
	byReader []source // the pairs with W ≤ R, ordered by reader
	byWriter []source // the other pairs, ordered by writer
}

// sources finds the pairs and splits them into two kinds, so that ReadCommitted and ReadAtomic take O(n^3/2) time for n
// operations. A pair costs min(R, W): for W ≤ R, the writes are looked up among the reads; otherwise the reads are looked up
// among the writes.
//
// The pairs of a reader with R ≤ √n cost at most √n for each of its reads, O(n^3/2) in total. There are at most √n other
// readers, and each costs at most n, since the transactions that it read from made at most n writes in total.
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
