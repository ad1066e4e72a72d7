package jsonvalue

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Sort sorts items by their JSON texts, in the order of Compare. Texts that cannot be compared are ordered as texts.
func Sort[T any](items []T, text func(T) json.RawMessage) {
	type keyed struct {
		item  T
		value any
	}
	all := make([]keyed, len(items))
	for i, item := range items {
		value, err := Parse(text(item))
		if err != nil {
			value = string(text(item))
		}
		all[i] = keyed{item, value}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		if order, ok := Compare(a.value, b.value); ok {
			return order
		}
		return bytes.Compare(text(a.item), text(b.item))
	})
	for i, k := range all {
		items[i] = k.item
	}
}

// Compare orders two values that Parse has returned. The order is that of the reference: null first, numbers by size, false
// before true, arrays by length and then by element. ok is false for objects and for values of different kinds, which the
// reference cannot compare.
func Compare(a, b any) (order int, ok bool) {
	switch {
	case a == nil && b == nil:
		return 0, true
	case a == nil:
		return -1, true
	case b == nil:
		return 1, true
	}
	switch a := a.(type) {
	case bool:
		b, ok := b.(bool)
		return strings.Compare(strconv.FormatBool(a), strconv.FormatBool(b)), ok
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	case Integer:
		switch b := b.(type) {
		case Integer:
			return a.Compare(b), true
		case float64:
			return cmp.Compare(a.Float(), b), true
		}
	case float64:
		switch b := b.(type) {
		case Integer:
			return cmp.Compare(a, b.Float()), true
		case float64:
			return cmp.Compare(a, b), true
		}
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return cmp.Compare(len(a), len(b)), ok
		}
		for i := range a {
			if order, ok := Compare(a[i], b[i]); order != 0 || !ok {
				return order, ok
			}
		}
		return 0, true
	}
	return 0, false
}
