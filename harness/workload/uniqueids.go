package workload

import (
	"glomers/harness/check"
	"glomers/harness/history"
)

// UniqueIDs asks nodes for ids; see its Kind. An operation completes with the id.
type UniqueIDs struct{ Base }

func uniqueIDs() Kind {
	return Kind{
		Name: "unique-ids", About: "Nodes make ids that nobody else has.",
		RPCs: []RPC{{
			Request: `{"type":"generate"}`, Reply: `{"type":"generate_ok","id":"n1-17"}`,
			About:  "generate asks for an id.",
			Fields: []Field{{"id", "any", "best all numbers, all strings, or all arrays: the checker must be able to order them"}},
		}},
		Operations: "Only generate.",
		Verdict:    "No id may come twice.",
		Figures: []Figure{
			{"workload/valid", "", `false if an id was given out twice; else "unknown" if two ids cannot be compared, as a number and a string, or objects: Maelstrom says so in either case`},
			{"workload/attempted-count", "ops", "ids that were asked for"},
			{"workload/acknowledged-count", "ops", "ids that were given out"},
			{"workload/duplicated-count", "", "different ids that were given out more than once; 1 and 1.0 are different"},
			{"workload/duplicated", "", "these as [id, times], 48 at most, the most frequent"},
			{"workload/range", "", "the lowest id and the highest: null, false, true, numbers, strings and arrays have an order. Null if there are ids that have none"},
			{"workload/incomparable", "", "two ids that have none"},
		},
		Make:      func(Config) (Workload, error) { return UniqueIDs{}, nil },
		Functions: []string{"generate"},
	}
}

// Next returns a request for an id.
func (UniqueIDs) Next() history.Op { return history.Op{F: "generate"} }

// Invoke returns the id.
func (UniqueIDs) Invoke(c Client, _ history.Op) (any, error) {
	return callFor(c, request{"generate"}, "generate_ok", "id", "any value", anyValue)
}

// Check looks for duplicate ids.
func (UniqueIDs) Check(h []history.Op) check.Result { return check.UniqueIDs(h) }
