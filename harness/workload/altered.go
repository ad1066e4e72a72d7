package workload

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// kept returns the parts of an operation's value that its completion must have like its invocation, which are those that the
// client chose; none if the value has another shape, which is for the checker to name.
func kept(name string, op history.Op) []json.RawMessage {
	switch {
	case slices.Contains([]string{"add", "broadcast", "cas", "leave", "write"}, op.F):
		return []json.RawMessage{op.Value}
	case op.F == "read" && name == "lin-kv":
		var pair []json.RawMessage
		if json.Unmarshal(op.Value, &pair) == nil && len(pair) == 2 {
			return pair[:1]
		}
	case op.F == "send":
		var sends [][]json.RawMessage
		if json.Unmarshal(op.Value, &sends) != nil || len(sends) != 1 || len(sends[0]) != 3 {
			return nil
		}
		message := sends[0][2]
		if op.Type == history.OK { // [offset, message]
			var sent []json.RawMessage
			if json.Unmarshal(message, &sent) != nil || len(sent) != 2 {
				return nil
			}
			message = sent[1]
		}
		return []json.RawMessage{sends[0][1], message}
	}
	return nil
}

// altered describes the first operation that completes with another argument than it was invoked with; "" if there is none. What such
// an operation did nobody knows. Transactions and echoes are left to their checkers.
func altered(name string, h []history.Op) string {
	if name == "echo" {
		return ""
	}
	for i, at := range history.Invocations(h) {
		if at < 0 || !slices.Contains(functions(name), h[i].F) {
			continue
		}
		before, after := kept(name, h[at]), kept(name, h[i])
		if len(before) == len(after) && !slices.EqualFunc(before, after, jsonvalue.Equal) {
			return fmt.Sprintf("the %s of %s (op %d, %s) completes as one of %s (op %d)",
				h[i].F, excerpt(h[at].Value), h[at].Index, h[i].Who(), excerpt(h[i].Value), h[i].Index)
		}
	}
	return ""
}

// excerpt returns the beginning of a value.
func excerpt(value json.RawMessage) string {
	const most = 60
	text, cut := jsonvalue.Clip(value, most)
	if cut {
		text += "…"
	}
	return text
}
