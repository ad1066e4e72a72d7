package explore

import (
	"fmt"
	"strconv"
	"strings"
)

// Decisions are the choices of an execution: the number of the option at each decision. The canonical option is 0, and so is what
// is missing at the end.
type Decisions []int

// String returns the decisions other than 0, as in "12.3-17.1": at decision 12 option 3, at decision 17 option 1. It is "0" if
// there are none.
func (d Decisions) String() string {
	var b strings.Builder
	for i, k := range d {
		if k != 0 {
			if b.Len() > 0 {
				b.WriteByte('-')
			}
			fmt.Fprintf(&b, "%d.%d", i, k)
		}
	}
	if b.Len() == 0 {
		return "0"
	}
	return b.String()
}

// ParseDecisions parses what String returns.
func ParseDecisions(s string) (Decisions, error) {
	var d Decisions
	if s == "0" {
		return d, nil
	}
	for part := range strings.SplitSeq(s, "-") {
		at, k, ok := strings.Cut(part, ".")
		i, err1 := strconv.Atoi(at)
		n, err2 := strconv.Atoi(k)
		const limit = 1 << 20
		if !ok || err1 != nil || err2 != nil || i < len(d) || i > limit || n < 1 {
			return nil, fmt.Errorf("explore: decisions %q: %q is not like 12.3 (at decision 12 option 3), with increasing first numbers", s, part)
		}
		d = append(append(d, make([]int, i-len(d))...), n)
	}
	return d, nil
}

// trimmed returns the decisions without the zeros at the end.
func (d Decisions) trimmed() Decisions {
	for len(d) > 0 && d[len(d)-1] == 0 {
		d = d[:len(d)-1]
	}
	return append(Decisions(nil), d...)
}
