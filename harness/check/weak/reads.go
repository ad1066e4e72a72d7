package weak

// readOps goes through the reads of committed transactions and collects the external ones. It returns the first read that
// violates ReadUncommitted (thin) and the first read that violates ReadCommitted (bad), whatever the commit order. A read
// whose writer is not certain is left out, which can only hide violations; unclear has the first such read.
func (x *index) readOps() (thin, bad *Violation, unclear *Ambiguity) {
	own := newStamps(x.h.Keys)
	x.reads.first = make([]int32, 1, len(x.h.Txns)+1)
	for t, txn := range x.h.Txns {
		if txn.Outcome == Committed {
			own.clear()
			for _, op := range txn.Ops {
				if op.Write {
					own.set(op.Key, op.Version)
					continue
				}
				v, ambiguity := x.readOp(int32(t), op, own)
				switch {
				case ambiguity != nil && unclear == nil:
					unclear = ambiguity
				case v != nil && v.Level == ReadUncommitted && thin == nil:
					thin = v
				case v != nil && v.Level == ReadCommitted && bad == nil:
					bad = v
				}
			}
		}
		x.reads.first = append(x.reads.first, int32(len(x.reads.items)))
	}
	return thin, bad, unclear
}

// readOp judges one read, and keeps it if it is external and not a violation. own has the versions that t has written before.
func (x *index) readOp(t int32, op Op, own *stamps) (*Violation, *Ambiguity) {
	mine, internal := own.get(op.Key)
	if internal && mine == op.Version {
		return nil, nil
	}
	from := int32(Initial)
	if op.Version != Null {
		from = x.writer[op.Version]
	}
	wrong := func(l Level, k Kind) *Violation {
		return &Violation{Level: l, Kind: k, Reader: int(t), Writer: int(from), Key: op.Key, Version: op.Version}
	}
	if op.Version != Null && from == Initial {
		return wrong(ReadUncommitted, ThinAir), nil
	}
	if internal {
		v := wrong(ReadCommitted, OwnWrite)
		v.Own = mine
		return v, nil
	}
	if a, b, is := x.ambiguous(op); is {
		return nil, &Ambiguity{Reader: int(t), Key: op.Key, Version: op.Version, Writers: [2]int{int(a), int(b)}}
	}
	switch {
	case from == Initial:
	case from == t:
		return wrong(ReadCommitted, FutureRead), nil
	case x.h.Txns[from].Outcome == Aborted:
		return wrong(ReadCommitted, AbortedRead), nil
	case !x.final[op.Version]:
		return wrong(ReadCommitted, IntermediateRead), nil
	}
	x.reads.items = append(x.reads.items, read{op.Key, op.Version, from})
	return nil, nil
}
