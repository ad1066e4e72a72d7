package graph

import "slices"

// A Span is the time of a transaction, as positions in a history.
type Span struct {
	Begin, End   int  // the positions of its invocation and its completion; -1 if the history does not have the event
	Acknowledged bool // the transaction certainly happened
	Process      int
}

// LinkRealtime adds the edges of kind Realtime: from each acknowledged transaction t to the transactions that began after t
// had ended, without the edges that follow from others. Node i is spans[i]; events is the length of the history.
//
// Of the acknowledged transactions that began after the end of t, let u be the first to end. A transaction that began after
// the end of u comes after t because of u, so t needs edges only to the transactions that began between the end of t and the
// end of u. In the order of their beginnings, these are adjacent.
//
// If there are more than direct of them, the edges lead through nodes that are not transactions: the nodes of a binary tree
// over that order, each of which stands for all transactions below it. The number of edges is therefore linear, times the
// logarithm of the concurrency. The tree is not used for a pair of transactions that has an edge for another reason: the
// kind Realtime is added to that edge.
func (b *Builder) LinkRealtime(spans []Span, events, direct int) {
	begins, ends := byPosition(spans, events)
	r := &realtime{direct: direct, from: make([]int32, len(spans)), to: make([]int32, len(spans)), place: slices.Repeat([]int32{-1}, len(spans))}
	before := make([]int32, events+1) // how many transactions began before a position
	for i, v := range begins {
		before[i+1] = before[i]
		if v >= 0 {
			before[i+1]++
			r.order = append(r.order, v)
		}
	}
	next := events // when the first of the acknowledged transactions that began at position i or later ended
	for i := events - 1; i >= 0; i-- {
		if w := ends[i]; w >= 0 && spans[w].Acknowledged {
			r.from[w], r.to[w] = before[i], before[next]
		}
		if v := begins[i]; v >= 0 && spans[v].Acknowledged {
			next = min(next, spans[v].End)
		}
	}
	for i, v := range r.order {
		r.place[v] = int32(i)
	}
	for r.leaves = 1; r.leaves < len(r.order); r.leaves *= 2 {
	}
	b.realtime = r
}

// realtime describes edges of kind Realtime that are not yet in a graph.
type realtime struct {
	order    []int32 // transactions, in the order of their beginnings
	place    []int32 // the place of a transaction in order; -1 if the history does not have its beginning
	from, to []int32 // a transaction has edges to those at these places in order, from inclusive, to exclusive
	direct   int     // the maximum number of edges that do not use the tree

	leaves int     // a power of two, at least as many as there are transactions in order
	tree   []int32 // by tree node: the graph's node, 0 if there is none yet; the root is 1, the children of i are 2i and 2i+1
}

// empty reports whether there are no edges.
func (r *realtime) empty() bool {
	for v := range r.from {
		if r.from[v] < r.to[v] {
			return false
		}
	}
	return true
}

// linkRealtime adds the edges of real time to the other edges, which must be sorted.
func (b *Builder) linkRealtime() {
	r := b.realtime
	others := b.edges
	b.edges = nil
	rest := others
	var taken []int32 // the places of transactions that have an edge for another reason
	for v := range r.from {
		for len(rest) > 0 && int(rest[0].from) < v {
			rest = rest[1:]
		}
		taken = taken[:0]
		for ; len(rest) > 0 && int(rest[0].from) == v; rest = rest[1:] {
			if w := int(rest[0].to); w < len(r.place) && r.from[v] <= r.place[w] && r.place[w] < r.to[v] {
				rest[0].kinds |= Realtime
				taken = append(taken, r.place[w])
			}
		}
		slices.Sort(taken)
		from := int(r.from[v])
		for _, at := range taken {
			b.linkRange(v, from, int(at))
			from = int(at) + 1
		}
		b.linkRange(v, from, int(r.to[v]))
		if b.overflow {
			break
		}
	}
	b.edges = append(others, b.edges...)
}

// linkRange adds the edges from v to the transactions at places from … to-1.
func (b *Builder) linkRange(v, from, to int) {
	r := b.realtime
	if to-from <= r.direct {
		for _, w := range r.order[from:max(from, to)] {
			b.Link(v, int(w), Realtime)
		}
		return
	}
	for left, right := from+r.leaves, to+r.leaves; left < right; left, right = left/2, right/2 {
		if left%2 == 1 {
			b.Link(v, b.treeNode(left), Realtime)
			left++
		}
		if right%2 == 1 {
			right--
			b.Link(v, b.treeNode(right), Realtime)
		}
	}
}

// treeNode returns the node of the graph for node i of the tree. All leaves below i must exist.
func (b *Builder) treeNode(i int) int {
	r := b.realtime
	if i >= r.leaves {
		return int(r.order[i-r.leaves])
	}
	if r.tree == nil {
		r.tree = make([]int32, r.leaves)
	}
	if r.tree[i] == 0 {
		r.tree[i] = int32(b.AddNode())
		b.Link(int(r.tree[i]), b.treeNode(2*i), Via)
		b.Link(int(r.tree[i]), b.treeNode(2*i+1), Via)
	}
	return int(r.tree[i])
}

// LinkProcesses adds the edges of kind Process: from each acknowledged transaction to the next acknowledged transaction of
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

// byPosition returns, for each position of the history, the span that begins there and the span that ends there, or -1.
func byPosition(spans []Span, events int) (begins, ends []int32) {
	begins, ends = slices.Repeat([]int32{-1}, events), slices.Repeat([]int32{-1}, events)
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
