package weak

// atomic yields the edges of ReadAtomic: if a transaction reads key x from t1, and t2, which writes x, comes before it in its session,
// or is one that it reads anything from, then t2 precedes t1.
//
// Of the earlier transactions of a session that write x, only the last one has to have its edge. Where a transaction reads x from both
// a and b, a → b and b → a are among the edges, so reads are repeatable.
func (x *index) atomic(s *sources, yield func(implied)) {
	last := newStamps(x.h.Keys) // the last transaction of the session that wrote each key
	for _, session := range x.sessions {
		last.clear()
		for _, t := range session {
			for i := x.reads.first[t]; i < x.reads.first[t+1]; i++ {
				if w, ok := last.get(x.reads.items[i].key); ok {
					x.yield(w, t, i, yield)
				}
			}
			for _, key := range x.writes.of(t) {
				last.set(key, t)
			}
		}
	}

	read := newStamps(x.h.Keys) // the last read of each key
	pairs := s.byReader
	for t := range int32(len(x.h.Txns)) {
		read.clear()
		for i := x.reads.first[t]; i < x.reads.first[t+1]; i++ {
			key := x.reads.items[i].key
			if j, again := read.get(key); again {
				x.yield(x.reads.items[j].from, t, i, yield)
				x.yield(x.reads.items[i].from, t, j, yield)
			}
			read.set(key, i)
		}
		for ; len(pairs) > 0 && pairs[0].reader == t; pairs = pairs[1:] {
			for _, key := range x.writes.of(pairs[0].from) {
				if i, ok := read.get(key); ok {
					x.yield(pairs[0].from, t, i, yield)
				}
			}
		}
	}

	x.eachRead(s.byWriter, func(p source, i int32) { x.yield(p.from, p.reader, i, yield) })
}
