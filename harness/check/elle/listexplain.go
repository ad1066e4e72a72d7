package elle

import (
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check/elle/graph"
)

// witness explains the edges that link makes.
func (l *lists) witness(k graph.Kinds, a, b int, nameA, nameB string) (string, versions) {
	for _, s := range l.steps[b] {
		e := l.previousOf(s)
		name, value := l.quote(e)
		switch {
		case k == graph.WR && !s.write && l.elements[e].writer == int32(a):
			return fmt.Sprintf("%s appended %s to key %s, and %s read %s", nameA, value, name, nameB, l.text(s.at)), l.versions(e, nobody)
		case k == graph.WW && s.write && l.elements[e].writer == int32(a):
			_, newer := l.quote(s.at)
			return fmt.Sprintf("%s appended %s to key %s, and %s appended %s after it", nameA, value, name, nameB, newer), l.versions(e, s.at)
		case k == graph.RW && s.write:
			if i := slices.IndexFunc(l.steps[a], func(r listStep) bool { return !r.write && l.states[r.at].last == e }); i >= 0 {
				_, newer := l.quote(s.at)
				return fmt.Sprintf("%s read %s from key %s, without %s, which %s appended", nameA, l.text(l.steps[a][i].at), name, newer, nameB), l.versions(e, s.at)
			}
		}
	}
	return nameA + " precedes " + nameB, versions{}
}

// versions returns elements of one list as the versions of an edge; newer may be nobody.
func (l *lists) versions(older, newer int32) versions {
	v := versions{key: l.keys.values[l.elements[older].key], old: l.elements[older].value}
	if newer != nobody {
		v.new = l.elements[newer].value
	}
	return v
}

// previousOf returns the last element of the list when step s was taken.
func (l *lists) previousOf(s listStep) int32 {
	if s.write {
		return l.previous(s.at)
	}
	return l.states[s.at].last
}

// quote returns the key and the value of an element, clipped for use in a text.
func (l *lists) quote(e int32) (key, value string) {
	return clip(l.keys.values[l.elements[e].key]), clip(l.elements[e].value)
}

// maxElements is how many elements of a list a text shows.
const maxElements = 8

// text returns a list for use in a text; of a long list, only the end.
func (l *lists) text(s int32) string {
	var values []string
	for ; !l.isEmpty(s) && len(values) < maxElements; s = l.states[s].before {
		_, value := l.quote(l.states[s].last)
		values = append(values, value)
	}
	if !l.isEmpty(s) {
		values = append(values, "…")
	}
	slices.Reverse(values)
	return "[" + strings.Join(values, ", ") + "]"
}

func (l *lists) describeRead(t int, s, e int32, why string) Case {
	tell := newTeller(l.log)
	key, value := l.quote(e)
	writer := int(l.elements[e].writer)
	return tell.end(fmt.Sprintf("%s read %s from key %s, where %s is an append of %s, %s",
		tell.name(t), l.text(s), key, value, tell.name(writer), why), l.edge(graph.WR, writer, t, l.versions(e, nobody)))
}

func (l *lists) describeGarbage(t int, s, e int32) Case {
	tell := newTeller(l.log)
	key, value := l.quote(e)
	return tell.end(fmt.Sprintf("%s read %s from key %s, where nobody appended %s", tell.name(t), l.text(s), key, value))
}

func (l *lists) describeDuplicate(t int, s int32) Case {
	tell := newTeller(l.log)
	key, _ := l.quote(l.states[s].last)
	count := make(map[int32]int)
	var parts []string
	for _, e := range l.path(s) {
		if count[e]++; count[e] == 2 && len(parts) < maxElements {
			_, value := l.quote(e)
			parts = append(parts, value)
		}
	}
	return tell.end(fmt.Sprintf("%s read %s from key %s, more than once with %s in it",
		tell.name(t), l.text(s), key, strings.Join(parts, ", ")))
}

func (l *lists) describeInternal(t int, key int32, x expectation, got int32) Case {
	tell := newTeller(l.log)
	var own []string
	for _, e := range x.appended {
		_, value := l.quote(e)
		own = append(own, value)
	}
	var before string
	switch name := clip(l.keys.values[key]); {
	case !x.known:
		before = fmt.Sprintf("appended %s to key %s", strings.Join(own, ", "), name)
	case len(own) == 0:
		before = fmt.Sprintf("read %s from key %s", l.text(x.list), name)
	default:
		before = fmt.Sprintf("read %s from key %s and appended %s", l.text(x.list), name, strings.Join(own, ", "))
	}
	return tell.end(fmt.Sprintf("%s %s, and then read %s", tell.name(t), before, l.text(got)))
}

func (l *lists) describeFuture(t int, s, e int32) Case {
	tell := newTeller(l.log)
	key, value := l.quote(e)
	return tell.end(fmt.Sprintf("%s read %s from key %s before it appended %s itself", tell.name(t), l.text(s), key, value))
}

func (l *lists) describeLostUpdate(s int32, ts []int) Case {
	tell := newTeller(l.log)
	key, _ := l.quote(l.states[s].last)
	var edges []Edge // the first two: each missed the append of the other
	for i, t := range ts[:2] {
		other := ts[1-i]
		for _, step := range l.steps[other] {
			if step.write && l.elements[step.at].key == l.elements[l.states[s].last].key {
				edges = append(edges, l.edge(graph.RW, t, other, l.versions(l.states[s].last, step.at)))
				break
			}
		}
	}
	return tell.end(fmt.Sprintf("%s all read %s from key %s and then appended to it", tell.list(ts), l.text(s), key), edges...)
}

// describeFork names two of the lists that go on differently after s.
func (l *lists) describeFork(key, s int32) Case {
	tell := newTeller(l.log)
	first := l.states[s].child
	second := first + 1
	for l.states[second].before != s {
		second++
	}
	var edges []Edge
	for _, at := range [2]state{l.states[first], l.states[second]} {
		if writer := l.elements[at.last].writer; writer != nobody {
			edges = append(edges, l.edge(graph.WR, int(writer), int(at.reader), l.versions(at.last, nobody)))
		}
	}
	return tell.end(fmt.Sprintf("%s read a list from key %s that begins with %s, and %s one that begins with %s: neither is the beginning of the other",
		tell.name(int(l.states[first].reader)), clip(l.keys.values[key]), l.text(first), tell.name(int(l.states[second].reader)), l.text(second)), edges...)
}

func (l *lists) describeDirtyUpdate(before, after int32) Case {
	tell := newTeller(l.log)
	key, value := l.quote(before)
	_, newer := l.quote(after)
	return tell.end(fmt.Sprintf("%s, which failed, appended %s to key %s, and %s appended %s after it",
		tell.name(int(l.elements[before].writer)), value, key, tell.name(int(l.elements[after].writer)), newer))
}

func (l *lists) describeAmbiguous(e int32) string {
	tell := newTeller(l.log)
	key, value := l.quote(e)
	return fmt.Sprintf("%s was appended to key %s by both %s and %s, so it is not known whose element was read",
		value, key, tell.name(int(l.elements[e].writer)), tell.name(int(l.elements[e].other)))
}

func (l *lists) describeReordered(t int, earlier, later int32) string {
	tell := newTeller(l.log)
	key, a := l.quote(earlier)
	_, b := l.quote(later)
	s := l.longest[l.elements[later].key]
	return fmt.Sprintf("%s appended %s and then %s to key %s, but %s read %s",
		tell.name(t), a, b, key, tell.name(int(l.states[s].reader)), l.text(s))
}
