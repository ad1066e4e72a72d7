package graph

// A Span is the time of a transaction, as positions in a history.
type Span struct {
	Begin, End   int  // of its invocation and its completion; -1 if the history has none
	Acknowledged bool // it certainly happened
	Process      int
}

// LinkRealtime adds the edges of kind Realtime: from each acknowledged transaction to those that began
// after it had ended. Those that follow from others are left out, so that there are at most as many per
// transaction as there were transactions at once. Node i is spans[i]; events is the length of the
// history.
func (b *Builder) LinkRealtime(spans []Span, events int) {
	begins, ends := byPosition(spans, events)
	var current []int32                   // acknowledged, and not known to precede another such
	before := make([][]int32, len(spans)) // what a running transaction came after
	implied := make([]bool, len(spans))
	for i := range events {
		if v := begins[i]; v >= 0 {
			before[v] = append([]int32(nil), current...)
			for _, w := range current {
				b.Link(int(w), int(v), Realtime)
			}
		}
		if v := ends[i]; v >= 0 && spans[v].Acknowledged {
			for _, w := range before[v] {
				implied[w] = true
			}
			before[v] = nil
			kept := current[:0]
			for _, w := range current {
				if !implied[w] {
					kept = append(kept, w)
				}
			}
			current = append(kept, v)
		}
	}
}

// LinkProcesses adds the edges of kind Process: from each acknowledged transaction to the next one of
// its process.
func (b *Builder) LinkProcesses(spans []Span, events int) {
	_, ends := byPosition(spans, events)
	last := make(map[int]int32)
	for _, v := range ends {
		if v < 0 || !spans[v].Acknowledged {
			continue
		}
		if w, ok := last[spans[v].Process]; ok {
			b.Link(int(w), int(v), Process)
		}
		last[spans[v].Process] = v
	}
}

// byPosition returns which span begins and which ends at each position of the history, -1 for none.
func byPosition(spans []Span, events int) (begins, ends []int32) {
	begins, ends = make([]int32, events), make([]int32, events)
	for i := range events {
		begins[i], ends[i] = -1, -1
	}
	for v, s := range spans {
		if s.Begin >= 0 {
			begins[s.Begin] = int32(v)
		}
		if s.End >= 0 {
			ends[s.End] = int32(v)
		}
	}
	return begins, ends
}
