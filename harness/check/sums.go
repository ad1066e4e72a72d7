package check

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"glomers/internal/wording"
)

// maxRanges is the maximum number of ranges. The deltas of the workloads are small, so their sums form one or two ranges.
// 4096 is the number of sums of twelve deltas without any equal or adjacent sums.
const maxRanges = 4096

// sums holds the possible sums of some deltas, where some of the deltas may or may not count.
//
// Invariant: there is at least one range; ranges ascend, and neither overlap nor touch.
type sums struct {
	ranges  []Range
	inexact bool // gaps were closed because there were too many ranges
}

// add adds delta to every sum. It reports whether the sums still fit 64 bits; if not, it changes nothing.
func (s *sums) add(delta int64) bool {
	moved, ok := s.moved(delta)
	if ok {
		s.ranges = moved
	}
	return ok
}

// addMaybe adds delta to every sum, and keeps the sums without it too. It reports whether the sums still fit 64 bits; if
// not, it changes nothing.
func (s *sums) addMaybe(delta int64) bool {
	moved, ok := s.moved(delta)
	if !ok {
		return false
	}
	s.ranges = join(merge(moved, s.ranges), func(a, b Range) bool { return gap(a, b) == 0 })
	if len(s.ranges) > maxRanges {
		s.coarsen()
	}
	return true
}

// moved returns the ranges with delta added, if they fit.
func (s *sums) moved(delta int64) ([]Range, bool) {
	low, high := s.ranges[0].Lower, s.ranges[len(s.ranges)-1].Upper
	if delta > 0 && high > math.MaxInt64-delta || delta < 0 && low < math.MinInt64-delta {
		return nil, false
	}
	moved := make([]Range, len(s.ranges))
	for i, r := range s.ranges {
		moved[i] = Range{r.Lower + delta, r.Upper + delta}
	}
	return moved, true
}

// merge returns the ranges of both lists in one list, ordered by their lower ends.
func merge(a, b []Range) []Range {
	all := make([]Range, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].Lower < a[0].Lower {
			a, b = b, a
		}
		all = append(all, a[0])
		a = a[1:]
	}
	return append(append(all, a...), b...)
}

// coarsen closes the narrower half of the gaps.
func (s *sums) coarsen() {
	gaps := make([]uint64, 0, len(s.ranges))
	for i := 1; i < len(s.ranges); i++ {
		gaps = append(gaps, gap(s.ranges[i-1], s.ranges[i]))
	}
	slices.Sort(gaps)
	limit := gaps[len(gaps)/2]
	s.ranges = join(s.ranges, func(a, b Range) bool { return gap(a, b) <= limit })
	s.inexact = true
}

// join replaces neighbouring ranges for which together is true by one range. It works in place.
func join(ranges []Range, together func(a, b Range) bool) []Range {
	joined := ranges[:1]
	for _, r := range ranges[1:] {
		if last := &joined[len(joined)-1]; together(*last, r) {
			last.Upper = max(last.Upper, r.Upper)
		} else {
			joined = append(joined, r)
		}
	}
	return joined
}

// gap returns how many integers lie between a and b. The range b must not begin below a.
func gap(a, b Range) uint64 {
	if b.Lower <= a.Upper {
		return 0
	}
	return uint64(b.Lower) - uint64(a.Upper) - 1 // correct even if the difference does not fit an int64
}

// contains reports whether v is one of the sums.
func (s *sums) contains(v int64) bool {
	i := s.from(v)
	return i < len(s.ranges) && s.ranges[i].Lower <= v
}

// from returns the position of the first range that is not wholly below v.
func (s *sums) from(v int64) int {
	return sort.Search(len(s.ranges), func(i int) bool { return s.ranges[i].Upper >= v })
}

// distance says how far v, which is not a sum, is from the nearest sum.
func (s *sums) distance(v int64) string {
	i := s.from(v)
	var below, above uint64 = math.MaxUint64, math.MaxUint64
	if i > 0 {
		below = uint64(v) - uint64(s.ranges[i-1].Upper)
	}
	if i < len(s.ranges) {
		above = uint64(s.ranges[i].Lower) - uint64(v)
	}
	if above <= below {
		return fmt.Sprintf("%d too few", above)
	}
	return fmt.Sprintf("%d too many", below)
}

// String lists the first few ranges.
func (s *sums) String() string {
	const most = 4
	var list []string
	for i, r := range s.ranges {
		if i == most {
			break
		}
		if r.Lower == r.Upper {
			list = append(list, strconv.FormatInt(r.Lower, 10))
		} else {
			list = append(list, fmt.Sprintf("%d to %d", r.Lower, r.Upper))
		}
	}
	if more := len(s.ranges) - most; more > 0 {
		return fmt.Sprintf("%s, … (%s more)", strings.Join(list, ", "), wording.Plural(more, "range"))
	}
	return wording.Or(list)
}
