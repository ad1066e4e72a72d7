package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
	"glomers/harness/check/linear"
	"glomers/harness/history"
)

// Reasons name the node beside the process if the history has it.
func TestReasonsNameNodes(t *testing.T) {
	do := func(p history.Process, f, asked, got string) []history.Op {
		return []history.Op{
			{Process: p, Type: history.Invoke, F: f, Value: []byte(asked)}, {Process: p, Type: history.OK, F: f, Value: []byte(got)},
		}
	}
	for _, c := range []struct {
		name    string
		judge   func(h []history.Op) check.Result
		history []history.Op
	}{
		{"echo", func(h []history.Op) check.Result { return check.Echo(h) }, do(3, "echo", "1", "2")},
		{
			"unique-ids", func(h []history.Op) check.Result { return check.UniqueIDs(h) },
			slices.Concat(do(3, "generate", "null", "7"), do(3, "generate", "null", "7")),
		},
		{
			"lin-kv", func(h []history.Op) check.Result { return linear.Check(h, 0) },
			slices.Concat(do(3, "write", "[1,2]", "[1,2]"), do(3, "read", "[1,null]", "[1,3]")),
		},
		{
			"lock", func(h []history.Op) check.Result { return check.Lock(h, 1) },
			slices.Concat(do(3, "enter", "null", "2"), do(3, "leave", "2", "2"), do(3, "enter", "null", "1")),
		},
		{
			"kafka", func(h []history.Op) check.Result { return kafka.Check(h) },
			slices.Concat(do(3, "send", `[["send","a",1]]`, `[["send","a",[0,1]]]`), do(3, "send", `[["send","a",2]]`, `[["send","a",[0,2]]]`),
				do(3, "poll", `[["poll"]]`, `[["poll",{"a":[[1,2],[0,1],[5,9]]}]]`), do(3, "poll", `[["poll"]]`, `[["poll",{"a":[[0,1]]}]]`)),
		},
		{
			"txn-rw-register", func(h []history.Op) check.Result { return elle.Register(h, elle.Options{}) },
			slices.Concat(do(3, "txn", `[["w",1,1]]`, `[["w",1,1]]`), do(3, "txn", `[["r",1,null],["w",1,2]]`, `[["r",1,1],["w",1,2]]`), do(3, "txn", `[["r",1,null]]`, `[["r",1,1]]`)),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := numbered(c.history)
			for i := range h {
				h[i].Time = int64(i) * 1e6
			}
			for _, node := range []string{"", "n4"} {
				for i := range h {
					h[i].Node = node
				}
				r := c.judge(h)
				require.Equal(t, check.Invalid, r.Verdict())
				text := fmt.Sprint(r.Reasons())
				require.Contains(t, text, "process 3")
				if node == "" {
					require.NotContains(t, text, " on n4")
				} else {
					require.Equal(t, strings.Count(text, "process 3"), strings.Count(text, "process 3 on n4"), text)
				}
			}
		})
	}
}
