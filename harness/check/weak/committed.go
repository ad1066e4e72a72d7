package weak

// committed yields the edges of ReadCommitted. Let transaction t3 read key x from t1, and let t2 write x. If t3 has read
// anything from t2 before that read, then t2 precedes t1.
//
// Not all of these edges are needed. If t3 reads x repeatedly, from a, b, c, …, the edges include a → b → c → …. So of the
// reads of x after the first read from t2, only the earliest needs an edge.
func (x *index) committed(s *sources, yield func(implied)) {
	last := newStamps(x.h.Keys) // the previous read of each key
	for t := range int32(len(x.h.Txns)) {
		last.clear()
		for i := x.reads.first[t]; i < x.reads.first[t+1]; i++ {
			r := x.reads.items[i]
			if j, ok := last.get(r.key); ok {
				x.yield(x.reads.items[j].from, t, i, yield)
			}
			last.set(r.key, i)
		}
	}

	earliest := newStamps(x.h.Keys) // the next read of each key
	pairs := s.byReader
	for len(pairs) > 0 {
		t := pairs[0].reader
		n := 1
		for n < len(pairs) && pairs[n].reader == t {
			n++
		}
		earliest.clear()
		i := x.reads.first[t+1]
		for p := n - 1; p >= 0; p-- {
			for i--; i > pairs[p].first; i-- {
				earliest.set(x.reads.items[i].key, i)
			}
			for _, key := range x.writes.of(pairs[p].from) {
				if j, ok := earliest.get(key); ok {
					x.yield(pairs[p].from, t, j, yield)
				}
			}
			earliest.set(x.reads.items[i].key, i)
		}
		pairs = pairs[n:]
	}

	x.eachRead(s.byWriter, func(p source, i int32) {
		if i > p.first {
			x.yield(p.from, p.reader, i, yield)
		}
	})
}

// yield yields the edge from the transaction from to the transaction that read i of reader read from, unless they are the same.
func (x *index) yield(from, reader, i int32, yield func(implied)) {
	if to := x.reads.items[i].from; from != to && from != Initial {
		yield(implied{from, to, reader, i})
	}
}

// eachRead calls f for each pair p of byWriter and each read i of p.reader whose key was written by p.from.
func (x *index) eachRead(byWriter []source, f func(p source, i int32)) {
	wrote := newStamps(x.h.Keys)
	for n, p := range byWriter {
		if n == 0 || byWriter[n-1].from != p.from {
			wrote.clear()
			for _, key := range x.writes.of(p.from) {
				wrote.set(key, 1)
			}
		}
		for i := x.reads.first[p.reader]; i < x.reads.first[p.reader+1]; i++ {
			if _, ok := wrote.get(x.reads.items[i].key); ok {
				f(p, i)
			}
		}
	}
}
