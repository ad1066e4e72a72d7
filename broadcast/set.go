package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"sort"
	"strings"
)

// A set is a set of integers, kept as its spans of consecutive members. It is therefore its own
// digest: as clients broadcast 0, 1, 2, …, thousands of values are a handful of spans.
//
// Sets are never changed in place: union returns a new one, and old ones may be kept and shared.
//
// Invariant: spans ascend, and neither overlap nor touch, so a set has only one form.
type set []span

// A span is the integers from lo to hi, both included.
type span struct{ lo, hi int64 }

// union returns the set of what s or t holds: a merge of their sorted spans.
func (s set) union(t set) set {
	u := make(set, 0, len(s)+len(t))
	for len(s) > 0 || len(t) > 0 {
		if len(s) == 0 || len(t) > 0 && t[0].lo < s[0].lo {
			s, t = t, s
		}
		u = u.push(s[0])
		s = s[1:]
	}
	return u
}

// push adds x, which begins no lower than any span of s, in place.
func (s set) push(x span) set {
	if n := len(s); n > 0 && !apart(s[n-1], x) {
		s[n-1].hi = max(s[n-1].hi, x.hi)
		return s
	}
	return append(s, x)
}

// apart reports whether at least one integer lies between x and y, of which y does not begin lower.
func apart(x, y span) bool {
	return x.hi < math.MaxInt64 && x.hi+1 < y.lo
}

// containsAll reports whether t is a subset of s.
func (s set) containsAll(t set) bool {
	for _, x := range t {
		// By the invariant a single span of s must hold x whole: the first that reaches as far.
		i := sort.Search(len(s), func(i int) bool { return s[i].hi >= x.hi })
		if i == len(s) || s[i].lo > x.lo {
			return false
		}
	}
	return true
}

// all yields the members in ascending order.
func (s set) all() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, x := range s {
			for v := x.lo; ; v++ {
				if !yield(v) {
					return
				}
				if v == x.hi { // not in the loop's condition: v+1 may overflow
					break
				}
			}
		}
	}
}

// String writes a set as in {0…17, 19}.
func (s set) String() string {
	text := make([]string, len(s))
	for i, x := range s {
		text[i] = fmt.Sprint(x.lo)
		if x.lo < x.hi {
			text[i] += fmt.Sprintf("…%d", x.hi)
		}
	}
	return "{" + strings.Join(text, ", ") + "}"
}

// UnmarshalJSON accepts what a set marshals to, [[0,17],[19,22]], and only its one form.
func (s *set) UnmarshalJSON(b []byte) error {
	var spans []span
	if err := json.Unmarshal(b, &spans); err != nil {
		return err
	}
	for i := 1; i < len(spans); i++ {
		if x, y := spans[i-1], spans[i]; y.lo < x.lo || !apart(x, y) {
			return fmt.Errorf("broadcast: [%d,%d] after [%d,%d]: want ascending spans with gaps", y.lo, y.hi, x.lo, x.hi)
		}
	}
	*s = spans
	return nil
}

// MarshalJSON writes [lo,hi].
func (x span) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d]", x.lo, x.hi), nil
}

// UnmarshalJSON accepts [lo,hi] where lo is not above hi.
func (x *span) UnmarshalJSON(b []byte) error {
	var ends []int64
	if err := json.Unmarshal(b, &ends); err != nil {
		return err
	}
	if len(ends) != 2 || ends[0] > ends[1] {
		return fmt.Errorf("broadcast: %s: want a span [lo,hi]", b)
	}
	*x = span{ends[0], ends[1]}
	return nil
}
