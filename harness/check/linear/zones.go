package linear

import (
	"cmp"
	"slices"
)

// If a value is written only once, the register holds it during one stretch of time. The stretch begins before the first
// completion, and ends after the last invocation, among the operations that wrote or read the value. The zone of the value
// lies between these two positions. If the first completion comes before the last invocation, the register holds the value
// during the whole zone: a forward zone. Otherwise all these operations overlap, and the register holds the value at some
// moment within the zone: a backward zone. The package comment draws both.
//
// From Gibbons and Korach, Testing Shared Memories, SIAM J. Comput. 1997, section 4.1:
//
//   - Two forward zones that overlap contradict each other. So does a backward zone within a forward zone.
//   - If there is no cas, and every value that was read was written exactly once, there are only two other contradictions: a read that
//     completes before its write begins, and a read of a value that nobody wrote.
//
// A cas reads one value and writes another, so it belongs to the zones of both. The first rule still holds. Each operation on
// a value that is written several times has a separate backward zone. An operation of unknown outcome completes after all
// others.

// A zone has the bounds of one value's zone.
type zone struct {
	value   int
	ended   int // the first completion
	began   int // the last invocation
	written int // the invocation of the write; unwritten if the write is not among the operations
}

const unwritten = -3

// zones returns the zones of the calls in a window. It reports false if a read contradicts the writes. If the value at the
// start of the window is unknown, it may be any value; then a value that was written once in the window may have been there
// twice, and counts as written several times.
func zones(calls []*call, w window) (all []zone, ok bool) {
	writes := timesWritten(calls)
	ofOne := make(map[int]int) // the index in all of the zone of a value that is written once
	add := func(c *call, value int, write bool) {
		if times := writes[value]; times > 1 || times == 1 && (value == null || w.from != beginning) {
			all = append(all, zone{value, c.ended, c.began, c.began})
			return
		}
		i, found := ofOne[value]
		if !found {
			i = len(all)
			ofOne[value] = i
			all = append(all, zone{value, never, c.began, unwritten})
		}
		z := &all[i]
		z.ended, z.began = min(z.ended, c.ended), max(z.began, c.began)
		if write {
			z.written = c.began
		}
	}
	for _, c := range calls {
		switch {
		case c.op.F == "read":
			add(c, c.to, false)
		case c.op.F == "cas" && c.ended != never:
			add(c, c.from, false)
			add(c, c.to, true)
		default:
			add(c, c.to, true)
		}
	}
	for i := range all {
		switch z := &all[i]; {
		case z.written != unwritten:
			if z.ended < z.written {
				return nil, false // read before it was written
			}
		case w.from == beginning && z.value != null:
			return nil, false // nobody wrote it
		default: // it was there at first
			z.ended = min(z.ended, w.from)
		}
	}
	return all, true
}

// timesWritten counts, by value, the calls that may have written it.
func timesWritten(calls []*call) map[int]int {
	writes := make(map[int]int)
	for _, c := range calls {
		if c.op.F != "read" {
			writes[c.to]++
		}
	}
	return writes
}

// zonesClash reports whether the zones of a window contradict each other.
func zonesClash(calls []*call, w window) bool {
	all, ok := zones(calls, w)
	if !ok {
		return true
	}
	var forward []zone
	for _, z := range all {
		if z.ended < z.began {
			forward = append(forward, z)
		}
	}
	slices.SortFunc(forward, func(a, b zone) int { return cmp.Compare(a.ended, b.ended) })
	for i, z := range forward[min(1, len(forward)):] {
		if z.ended < forward[i].began {
			return true
		}
	}
	for _, z := range all {
		if z.ended < z.began {
			continue
		}
		// Only the last forward zone that begins before z can enclose it: forward zones do not overlap.
		i, _ := slices.BinarySearchFunc(forward, z.began, func(f zone, began int) int { return cmp.Compare(f.ended, began) })
		if i > 0 && z.ended < forward[i-1].began {
			return true
		}
	}
	return false
}

// zonesDecide reports whether zones that do not clash prove that there is an order of the calls. The register must be null at
// first.
func zonesDecide(calls []*call) bool {
	writes := timesWritten(calls)
	return !slices.ContainsFunc(calls, func(c *call) bool {
		return c.op.F == "cas" || c.op.F == "read" && writes[c.to] != 1
	})
}
