package elle

import (
	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
)

// sort puts the elements of each key in order, by the longest list that was read. An element that is in it
// twice has the earlier place.
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

// previous returns the element after which e was appended, or the last one known to have been there. The
// elements of a list never go away, so what no read shows came after everything that one did.
func (l *lists) previous(e int32) int32 {
	order := l.order[l.elements[e].key]
	if place := l.elements[e].place; place > 0 {
		return order[place-1]
	}
	return order[len(order)-1]
}

// possible reports whether t may have been committed. A transaction of unknown outcome was, if somebody saw
// its appends; if not, nothing in the graph follows it.
func (l *lists) possible(t int32) bool { return t != nobody && l.txns[t].status != history.Fail }

// link adds the edges that reads and appends give rise to.
func (l *lists) link(b *graph.Builder) {
	readers := make([][]int32, len(l.elements))   // by the last element that they read
	followers := make([][]int32, len(l.elements)) // those who appended the next element
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

// add appends a transaction to one of the sets, if it is not the last one there.
func add(sets [][]int32, n int32, t int) {
	if i := len(sets[n]) - 1; i < 0 || sets[n][i] != int32(t) {
		sets[n] = append(sets[n], int32(t))
	}
}
