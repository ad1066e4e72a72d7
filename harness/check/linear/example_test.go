package linear_test

import (
	"encoding/json"
	"fmt"

	"glomers/harness/check/linear"
	"glomers/harness/history"
)

// The worked example of the package's documentation.
func Example() {
	event := func(i int, p history.Process, typ history.Type, f, value string) history.Op {
		return history.Op{Index: i, Time: int64(i) * 1e6, Process: p, Type: typ, F: f, Value: json.RawMessage(value)}
	}
	r := linear.Check([]history.Op{
		event(0, 0, history.Invoke, "write", "1"), event(1, 0, history.OK, "write", "1"),
		event(2, 1, history.Invoke, "write", "2"), event(3, 1, history.OK, "write", "2"),
		event(4, 2, history.Invoke, "read", "null"), event(5, 2, history.OK, "read", "1"),
	}, 0)
	fmt.Println(r.Valid)
	fmt.Println(r.Reasons()[0])
	// Output:
	// invalid
	// key 0 is not linearizable: no order of these operations explains their results, whatever the value was before
	// process 1 wrote 2 between 0.002 s and 0.003 s (ops 2 and 3)
	// process 2 read 1 between 0.004 s and 0.005 s (ops 4 and 5)
}
