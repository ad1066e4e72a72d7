package why

import (
	"encoding/json"
	"strconv"
)

// Bounds for the numbers of a body.
const (
	maxNumbers  = 4096
	maxElements = 64 // of an array without names
)

// numbersIn gives the integers of a body with their names: ".totals.n1" of {"totals":{"n1":4}} and of {"totals":[["n1",4]]}. Names are
// given in order. The fields msg_id, in_reply_to and type do not count.
func numbersIn(body []byte, give func(name string, n int64)) {
	v, _ := decoded(body)
	left := maxNumbers
	namedIn(v, "", 0, &left, give)
}

func namedIn(v any, name string, depth int, left *int, give func(string, int64)) {
	if depth > maxNested || *left == 0 {
		return
	}
	switch v := v.(type) {
	case json.Number:
		if n, ok := integer(v); ok {
			*left--
			give(name, n)
		}
	case map[string]any:
		for _, field := range sortedKeys(v) {
			switch field {
			case "msg_id", "in_reply_to", "type":
				continue
			}
			namedIn(v[field], name+"."+field, depth+1, left, give)
		}
	case []any:
		if len(v) == 2 {
			if key, ok := v[0].(string); ok {
				namedIn(v[1], name+"."+key, depth+1, left, give)
				return
			}
		}
		for i, x := range v[:min(len(v), maxElements)] {
			place := name
			if pair, ok := x.([]any); !ok || len(pair) != 2 {
				place += "[" + strconv.Itoa(i) + "]"
			}
			namedIn(x, place, depth+1, left, give)
		}
	}
}
