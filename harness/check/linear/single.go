package linear

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
)

// keyed returns a history of several registers. It gives the operations on a single register, whose values have no key, the
// key 0.
//
// A history is of a single register if it has a read or a write, no read or write has a list of two elements, and no cas has
// a list whose second element is such a list.
func keyed(h []history.Op) []history.Op {
	single := false
	for _, op := range h {
		if op.Process == history.Nemesis {
			continue
		}
		switch op.F {
		case "read", "write":
			if _, _, ok := pair(op.Value); ok {
				return h
			}
			single = true
		case "cas":
			_, second, ok := pair(op.Value)
			if _, _, nested := pair(second); !ok || nested {
				return h
			}
		}
	}
	if !single {
		return h
	}
	all := slices.Clone(h)
	for i, op := range all {
		if op.Process != history.Nemesis {
			all[i].Value = fmt.Appendf(nil, "[0,%s]", cmp.Or(string(op.Value), "null"))
		}
	}
	return all
}

// pair returns the elements of a list of two.
func pair(value json.RawMessage) (first, second json.RawMessage, ok bool) {
	var elements []json.RawMessage
	if len(value) == 0 || value[0] != '[' || json.Unmarshal(value, &elements) != nil || len(elements) != 2 {
		return nil, nil, false
	}
	return elements[0], elements[1], true
}
