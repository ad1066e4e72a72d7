package workload

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
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
	const excerpt = 60 // bytes
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
				h[i].F, wording.Clip(h[at].Value, excerpt), h[at].Index, h[i].Who(), wording.Clip(h[i].Value, excerpt), h[i].Index)
		}
	}
	return ""
}
