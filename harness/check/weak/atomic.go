package weak

// atomic yields the edges of ReadAtomic. Let transaction t3 read key x from t1, and let t2 write x. If t2 comes before t3 in the
// session of t3, or if t3 reads anything from t2, then t2 precedes t1.
//
// Of the earlier transactions in the session that write x, only the last one needs an edge. If a transaction reads x from
// both a and b, then a → b and b → a are among the edges, so reads are repeatable.
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
