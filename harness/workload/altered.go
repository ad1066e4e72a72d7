package workload

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// argumentOf returns the Kind.Argument of a workload in which clients choose the whole value of the functions fs.
func argumentOf(fs ...string) func(op history.Op) []json.RawMessage {
	return func(op history.Op) []json.RawMessage {
		if slices.Contains(fs, op.F) {
			return []json.RawMessage{op.Value}
		}
		return nil
	}
}

// altered describes the first operation whose completion has a different argument than its invocation; "" if there is no such
// operation. The effect of such an operation is unknown.
func altered(k Kind, h []history.Op) string {
	if k.Argument == nil {
		return ""
	}
	for i, at := range history.Invocations(h) {
		if at < 0 || !slices.Contains(k.Functions, h[i].F) {
			continue
		}
		before, after := k.Argument(h[at]), k.Argument(h[i])
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
