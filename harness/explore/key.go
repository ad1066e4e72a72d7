package explore

// key returns a hash of everything that decides what can happen from now on, and how it is judged: what each node and service was
// given, the messages under way, what has happened to the operations, and what is left of the faults.
func (w *world) key() uint64 {
	if len(w.Alike) > 0 {
		return w.keyOfAlike()
	}
	h := mix(w.keyOfRest(), w.cut)
	for _, m := range w.members {
		h = mix(h, m.key())
		h = mix(h, uint64(m.spent())<<1|boolBit(m.up))
	}
	for _, s := range w.services {
		h = mix(h, s.given)
	}
	h = mix(h, w.keyOfBag(func(m *message) uint64 { return m.id }))
	if w.ordered {
		h = mix(h, w.keyOfOrder())
	}
	return h
}

// keyOfOrder is the part of key that decides in which order options come: the order of the messages, how often each has been put off,
// and the clocks, by which timers are ordered.
func (w *world) keyOfOrder() uint64 {
	h := boolBit(w.eager)
	for _, m := range w.bag {
		h = mix(h, mix(m.id, uint64(m.turn.round-w.round)))
	}
	for _, m := range w.members {
		h = mix(h, mix(uint64(m.base), uint64(m.turn.round-w.round)))
	}
	for _, m := range w.members {
		if m.disk.writing {
			h = mix(h, uint64(m.disk.turn.round-w.round))
		}
	}
	for _, c := range w.clients {
		h = mix(h, uint64(c.turn.round-w.round))
	}
	if w.cut != 0 {
		h = mix(h, uint64(w.healing.round-w.round))
	}
	return h
}

// keyOfRest is the part of key that is neither about nodes and services nor about messages.
func (w *world) keyOfRest() uint64 {
	h := mix(mix(w.seed, uint64(w.asked)<<1|boolBit(w.ended)), uint64(w.left.losses)<<48|uint64(w.left.duplicates)<<32|uint64(w.left.kills)<<16|uint64(w.left.cuts))
	for _, c := range w.clients {
		h = mix(h, c.key())
	}
	h = mix(h, w.ops)
	h = mix(h, w.done)
	if w.goal != nil {
		h = mix(h, w.goal.key())
	}
	return h
}

// keyOfBag is the part of key that is about the messages under way, whose order does not matter.
func (w *world) keyOfBag(hash func(m *message) uint64) uint64 {
	sum := uint64(0)
	loseable := w.left.losses+w.left.duplicates > 0
	for _, m := range w.bag {
		sum += mix(hash(m), boolBit(loseable && m.fresh))
	}
	return sum
}

func boolBit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
