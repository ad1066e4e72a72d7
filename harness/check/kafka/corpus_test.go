package kafka_test

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// A corpusCase is a history with the findings of the reference checker.
type corpusCase struct {
	Name    string                     `json:"name"`
	History []history.Op               `json:"history"`
	Expect  map[string]json.RawMessage `json:"expect"`
}

// throws has the histories on which the reference throws and therefore gives no verdict, with our error types.
func throws() map[string][]string {
	return map[string][]string{
		// No completed send of a polled message is known, because nobody sent it.
		"kafka-phantom-017":        {kafka.Garbage, kafka.IntPollSkip},
		"kafka-phantom-040":        {kafka.Duplicate, kafka.Garbage, kafka.InconsistentOffsets, kafka.IntPollSkip},
		"kafka-phantom-086":        {kafka.Garbage, kafka.InconsistentOffsets},
		"kafka-phantom-109":        {kafka.Garbage, kafka.InconsistentOffsets},
		"kafka-phantom-155":        {kafka.Garbage, kafka.InconsistentOffsets},
		"kafka-edge-unknown-value": {kafka.Garbage},
		// The message is known to be sent, but the send never completed, which is not an error of the system.
		"kafka-edge-open-send-seen": {},
		// All polls of a key returned an empty list.
		"kafka-edge-poll-empty": {},
		// The history is empty; the reference reports the same type for histories in which little happened.
		"kafka-edge-empty": {kafka.EmptyGraph},
	}
}

// ambiguous has the histories in which two messages were seen at one offset and the reference, by hash order, puts the second one
// there. We put the first one there. So different messages are out of order; everything else is equal.
func ambiguous() []string {
	return []string{"kafka-value-swap-039", "kafka-inconsistent-126", "kafka-inconsistent-149", "kafka-run-bad-kafka"}
}

func TestCorpus(t *testing.T) {
	cases := corpus.Read[corpusCase](t, "kafka")
	require.Len(t, cases, 178)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			r := kafka.CheckUpTo(c.History, math.MaxInt)
			requireReasons(t, r)
			if want, ok := throws()[c.Name]; ok {
				require.NotNil(t, c.Expect["exception"])
				require.Equal(t, "unknown", decode(t, marshal(t, c.Expect))["valid"])
				verdict := check.Valid
				if len(want) > 0 {
					verdict = check.Invalid
				}
				require.Equal(t, want, r.ErrorTypes)
				require.Equal(t, verdict, r.Valid)
				return
			}
			require.Nil(t, c.Expect["exception"])
			want, got := decode(t, marshal(t, c.Expect)), decode(t, marshal(t, r))
			if slices.Contains(ambiguous(), c.Name) {
				require.Contains(t, r.ErrorTypes, kafka.InconsistentOffsets)
				for _, f := range []string{"counts", "details"} {
					forgetOrder(want[f].(map[string]any))
					forgetOrder(got[f].(map[string]any))
				}
				for _, f := range []string{"error-types", "bad-error-types"} {
					want[f], got[f] = withoutOrder(want[f]), withoutOrder(got[f])
				}
			}
			// Of equal lags, the reference may report any.
			if lag := want["worst-realtime-lag"].(map[string]any); lag["lag"] == 0.0 {
				want["worst-realtime-lag"] = 0.0
				got["worst-realtime-lag"] = got["worst-realtime-lag"].(map[string]any)["lag"]
			}
			for f, w := range want {
				switch f {
				case "details":
					requireDetails(t, w.(map[string]any), got[f].(map[string]any))
				case "unseen":
					requireUnseen(t, w, got[f])
				default:
					assert.Equal(t, w, got[f], "field %q", f)
				}
			}
		})
	}
}

// ofOrder are the types of errors that depend on the order of the messages.
func ofOrder() []string {
	return []string{kafka.PollSkip, kafka.NonmonotonicPoll, kafka.IntPollSkip, kafka.IntNonmonotonicPoll, kafka.NonmonotonicSend}
}

// forgetOrder removes the types of errors that depend on the order.
func forgetOrder(byType map[string]any) {
	for _, typ := range ofOrder() {
		delete(byType, typ)
	}
}

// withoutOrder returns the other types.
func withoutOrder(types any) []any {
	return slices.DeleteFunc(slices.Clone(types.([]any)), func(typ any) bool { return slices.Contains(ofOrder(), typ.(string)) })
}

// requireDetails compares the cases, in any order. The reference lists at most 32.
func requireDetails(t *testing.T, want, got map[string]any) {
	t.Helper()
	require.Len(t, got, len(want))
	for typ, w := range want {
		w, g := w.([]any), got[typ].([]any)
		if typ == kafka.InconsistentOffsets {
			for _, c := range g { // the reference has sorted them
				values := c.(map[string]any)["values"].([]any)
				slices.SortFunc(values, func(a, b any) int { return cmp.Compare(a.(float64), b.(float64)) })
			}
		}
		if len(w) == 32 {
			assert.Subset(t, g, w, typ)
		} else {
			assert.ElementsMatch(t, w, g, typ)
		}
	}
}

func requireUnseen(t *testing.T, want, got any) {
	t.Helper()
	if want == nil {
		require.Nil(t, got)
		return
	}
	w, g := want.(map[string]any), got.(map[string]any)
	assert.Equal(t, w["counts"], g["counts"])
	assert.Len(t, g["messages"], len(w["messages"].(map[string]any)))
	for key, messages := range w["messages"].(map[string]any) {
		assert.ElementsMatch(t, messages, g["messages"].(map[string]any)[key])
	}
}

// requireReasons checks the promises of a Result, and that each reason names an operation or says why it cannot.
func requireReasons(t *testing.T, r *kafka.Result) {
	t.Helper()
	if r.Verdict() == check.Valid {
		require.Empty(t, r.Reasons())
		return
	}
	types := slices.DeleteFunc(slices.Clone(r.ErrorTypes), func(typ string) bool { return typ == kafka.Cycle })
	require.Len(t, r.Reasons(), len(types))
	for _, reason := range r.Reasons() {
		require.Regexp(t, `\(op \d+, process \d+\)|run shows nothing`, reason)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}

func decode(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal(b, &v))
	return v
}
