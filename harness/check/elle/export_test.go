package elle

import "glomers/harness/history"

// EachAppend checks a history as Append does, once for each way to choose among the longest lists that
// were read from a key, until f returns false.
func EachAppend(h []history.Op, o Options, f func(*Result) bool) {
	l := newLists(h)
	choices := make([][]int32, len(l.longest)) // by key
	for s, at := range l.states {
		if key := l.elements[at.last].key; at.length == l.states[l.longest[key]].length {
			choices[key] = append(choices[key], int32(s))
		}
	}
	var choose func(key int) bool
	choose = func(key int) bool {
		if key == len(choices) {
			for e := range l.elements {
				l.elements[e].place = 0
			}
			l.sort()
			return f(l.check(o))
		}
		for _, s := range choices[key] {
			l.longest[key] = s
			if !choose(key + 1) {
				return false
			}
		}
		return true
	}
	choose(0)
}

// SetDirectRealtime sets the maximum number of edges of real time that lead directly from one transaction to others, and
// returns the old value.
func SetDirectRealtime(n int) int {
	was := directRealtime
	directRealtime = n
	return was
}

// SetMaxEdges sets the limit of edges, and returns the old limit.
func SetMaxEdges(n int) int {
	was := maxEdges
	maxEdges = n
	return was
}

// Prohibits returns a function that reports whether an anomaly contradicts the model.
func Prohibits(m Model) func(Anomaly) bool { return prohibits([]Model{m}) }
