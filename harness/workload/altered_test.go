package workload

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// A completion must have the argument of its invocation; otherwise the effect of the operation is unknown.
func TestAltered(t *testing.T) {
	for _, c := range []struct{ workload, f, invoked, typ, completed, want string }{
		{"g-set", "add", "1", "ok", "1", ""},
		{"g-set", "add", "1", "ok", "2", "the add of 1 (op 0, process 0) completes as one of 2 (op 1)"},
		{"g-counter", "add", "1", "info", "2", "the add of 1 (op 0, process 0) completes as one of 2 (op 1)"},
		{"g-counter", "add", "1", "fail", "1.0", "the add of 1 (op 0, process 0) completes as one of 1.0 (op 1)"},
		{"g-set", "read", "null", "ok", "[1]", ""},
		{"broadcast", "broadcast", "1", "ok", "null", "the broadcast of 1 (op 0, process 0) completes as one of null (op 1)"},
		{"lin-kv", "read", "[0,null]", "ok", "[0,4]", ""},
		{"lin-kv", "read", "[0,null]", "ok", "[1,4]", "the read of [0,null] (op 0, process 0) completes as one of [1,4] (op 1)"},
		{"lin-kv", "read", "null", "ok", "4", ""},
		{"lin-kv", "write", "[0,1]", "ok", "[0,1]", ""},
		{"lin-kv", "write", "[0,1]", "ok", "[0,2]", "the write of [0,1] (op 0, process 0) completes as one of [0,2] (op 1)"},
		{"lin-kv", "cas", "[0,[1,2]]", "fail", "[0,[1,3]]", "the cas of [0,[1,2]] (op 0, process 0) completes as one of [0,[1,3]] (op 1)"},
		{"kafka", "send", `[["send","k",1]]`, "ok", `[["send","k",[0,1]]]`, ""},
		{"kafka", "send", `[["send","k",[1,2]]]`, "ok", `[["send","k",[0,[1,2]]]]`, ""},
		{"kafka", "send", `[["send","k",[1,2]]]`, "info", `[["send","k",[1,2]]]`, ""},
		{"kafka", "send", `[["send","k",1]]`, "ok", `[["send","l",[0,1]]]`, `the send of [["send","k",1]] (op 0, process 0) completes as one of [["send","l",[0,1]]] (op 1)`},
		{"kafka", "send", `[["send","k",1]]`, "info", `[["send","k",2]]`, `the send of [["send","k",1]] (op 0, process 0) completes as one of [["send","k",2]] (op 1)`},
		{"kafka", "send", `[["send","k",1]]`, "ok", `[["send","k",1]]`, ""}, // malformed, which the checker says
		{"kafka", "poll", `[["poll"]]`, "ok", `[["poll",{}]]`, ""},
		{"lock", "leave", "3", "ok", "4", "the leave of 3 (op 0, process 0) completes as one of 4 (op 1)"},
		{"echo", "echo", "1", "ok", "2", ""},
		{"unique-ids", "generate", "null", "ok", "2", ""},
	} {
		h := []history.Op{
			{Index: 0, Type: history.Invoke, F: c.f, Value: []byte(c.invoked)},
			{Index: 1, Type: history.Type(c.typ), F: c.f, Value: []byte(c.completed)},
		}
		k, err := All().Find(c.workload)
		require.NoError(t, err)
		require.Equal(t, c.want, altered(k, h))
	}
}
