package weak_test

import (
	"fmt"

	"glomers/harness/check/weak"
)

// A transaction writes two keys. Another transaction sees one of the two writes: so it was not read atomically.
func ExampleDecide() {
	const x, y = 0, 1
	r := weak.Decide(&weak.History{
		Keys: 2, Versions: 2,
		Txns: []weak.Txn{
			{Session: 0, Outcome: weak.Committed, Ops: []weak.Op{{Write: true, Key: x, Version: 0}, {Write: true, Key: y, Version: 1}}},
			{Session: 1, Outcome: weak.Committed, Ops: []weak.Op{{Key: y, Version: weak.Initial}, {Key: x, Version: 0}}},
		},
	})
	for level, verdict := range r.Levels {
		fmt.Println(weak.Level(level), verdict == weak.Holds)
	}
	// Output:
	// read uncommitted true
	// read committed true
	// read atomic false
	// causal consistency false
}
