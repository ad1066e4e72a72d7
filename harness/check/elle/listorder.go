package elle

import (
	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
)

// sort puts the elements of each key in the order of the longest list that was read. An element that is in that list twice
// has the earlier place.
func (l *lists) sort() {
	l.order = make([][]int32, len(l.longest))
	for key, s := range l.longest {
		path := l.path(s)
		order := append(make([]int32, 0, 1+len(path)), int32(key))
		for _, e := range path {
			if l.elements[e].place == 0 {
				l.elements[e].place = int32(len(order))
				order = append(order, e)
			}
		}
		l.order[key] = order
	}
}

// path returns the elements of a list.
func (l *lists) path(s int32) []int32 {
	path := make([]int32, l.states[s].length)
	for ; !l.isEmpty(s); s = l.states[s].before {
		path[l.states[s].length-1] = l.states[s].last
	}
	return path
}

// previous returns the element after which e was appended. If the longest list does not show e, previous returns the last
// element of that list: elements never disappear from a list, so an element that it does not show came later than its
// elements.
func (l *lists) previous(e int32) int32 {
	order := l.order[l.elements[e].key]
	if place := l.elements[e].place; place > 0 {
		return order[place-1]
	}
	return order[len(order)-1]
}

// possible reports whether t may have committed. A transaction of unknown outcome did commit if a read saw its appends. If
// no read did, nothing in the graph follows the transaction.
func (l *lists) possible(t int32) bool { return t != nobody && l.txns[t].status != history.Fail }

// link adds the edges that follow from reads and appends.
func (l *lists) link(b *graph.Builder) {
	readers := make([][]int32, len(l.elements))   // by the last element that they read
	followers := make([][]int32, len(l.elements)) // by an element: the transactions that appended the next one
	for t, steps := range l.steps {
		for _, s := range steps {
			if s.write && l.possible(int32(t)) {
				add(followers, l.previous(s.at), t)
			}
			if !s.write && l.elements[l.states[s.at].last].writer != int32(t) {
				add(readers, l.states[s.at].last, t)
			}
		}
	}
	for e := range l.elements {
		if writer := l.elements[e].writer; l.possible(writer) {
			linkAll(b, []int32{writer}, readers[e], graph.WR)
			linkAll(b, []int32{writer}, followers[e], graph.WW)
		}
		linkAll(b, readers[e], followers[e], graph.RW)
	}
}

// add appends transaction t to sets[n], unless it is already the last one there.
func add(sets [][]int32, n int32, t int) {
	if i := len(sets[n]) - 1; i < 0 || sets[n][i] != int32(t) {
		sets[n] = append(sets[n], int32(t))
	}
}
