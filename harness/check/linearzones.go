package check

import (
	"cmp"
	"slices"
)

// Where a value is written only once, the register holds it for one stretch of time, which begins before the first of the
// operations that wrote or read it has ended, and ends after the last of them has begun. If these two positions are
// in this order, the register holds the value at least from the one to the other: a forward zone. Else all these
// operations overlap, and the value may have been there for a moment between the positions: a backward zone. After
// Gibbons and Korach, Testing Shared Memories, SIAM J. Comput. 1997, section 4.1:
//
//   - Two forward zones that overlap, or a backward zone within a forward one, contradict each other.
//   - Without a cas, and if all that was read was written once, that is the only contradiction there may be, besides a read
//     before the write, or of what nobody wrote.
//
// A cas reads one value and writes another, and is in the zones of both. With it the first rule still holds. An operation on a value that is
// written several times has a zone of its own, which is backward. Operations of unknown outcome end after all others.

// A zone is when the operations on one value happened.
type zone struct {
	value   int
	ended   int // the first of them
	began   int // the last of them
	written int // when the write began; unwritten if it is not among them
}

const unwritten = -3

// zones returns those of the calls of a window. It reports false if a read contradicts what was written. Where it is not known what the
// register held at first, that may be any value, so one that was written in the window was there at two times perhaps.
func zones(calls []*registerCall, w window) (all []zone, ok bool) {
	writes := timesWritten(calls)
	ofOne := make(map[int]int) // the zone of a value that is there at one time
	add := func(c *registerCall, value int, write bool) {
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

// timesWritten returns how many of the calls may have written each value.
func timesWritten(calls []*registerCall) map[int]int {
	writes := make(map[int]int)
	for _, c := range calls {
		if c.op.F != "read" {
			writes[c.to]++
		}
	}
	return writes
}

// zonesClash tells whether the zones of a window contradict each other.
func zonesClash(calls []*registerCall, w window) bool {
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
		// The last one that begins before the zone is the only one that may be around it.
		i, _ := slices.BinarySearchFunc(forward, z.began, func(f zone, began int) int { return cmp.Compare(f.ended, began) })
		if i > 0 && z.ended < forward[i-1].began {
			return true
		}
	}
	return false
}

// zonesDecide tells whether the calls on a register that is null at first have an order if their zones do not clash.
func zonesDecide(calls []*registerCall) bool {
	writes := timesWritten(calls)
	return !slices.ContainsFunc(calls, func(c *registerCall) bool {
		return c.op.F == "cas" || c.op.F == "read" && writes[c.to] != 1
	})
}
