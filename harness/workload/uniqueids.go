package workload

import (
	"glomers/harness/check"
	"glomers/harness/history"
)

// UniqueIDs asks nodes for ids. Its one RPC is
//
//	generate → generate_ok {id: any}
//
// and its operation "generate" completes with the id. No id may come twice. There
// is no final phase.
type UniqueIDs struct{}

// Setup does nothing.
func (UniqueIDs) Setup(Client) error { return nil }

// Next returns the request for another id.
func (UniqueIDs) Next() history.Op { return history.Op{F: "generate"} }

// Invoke returns the id.
func (UniqueIDs) Invoke(c Client, _ history.Op) (any, error) {
	return callFor(c, request{"generate"}, "generate_ok", "id", "any value", anyValue)
}

// Idempotent is false, as in the reference.
func (UniqueIDs) Idempotent(string) bool { return false }

// Final returns nothing.
func (UniqueIDs) Final() []history.Op { return nil }

// Check looks for ids that came twice.
func (UniqueIDs) Check(h []history.Op) check.Result { return check.UniqueIDs(h) }
