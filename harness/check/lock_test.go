package check_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

// lockOp is an event of a lock's history. An empty value means that the event has no value.
func lockOp(second float64, p history.Process, typ history.Type, f, value string) history.Op {
	op := history.Op{Time: int64(second * float64(time.Second)), Process: p, Type: typ, F: f}
	if value != "" {
		op.Value = json.RawMessage(value)
	}
	return op
}

func numbered(h []history.Op) []history.Op {
	for i := range h {
		h[i].Index = i
	}
	return h
}

func TestLockSafety(t *testing.T) {
	const (
		enter, leave     = "enter", "leave"
		invoke, ok       = history.Invoke, history.OK
		fenceIsNotHigher = "with a fence that is not higher"
	)
	for _, c := range []struct {
		name    string
		says    string // "" if it is safe
		entered int
		history []history.Op
	}{
		{"nothing", "", 0, nil},
		{"one after the other", "", 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 1, invoke, enter, ""),
			lockOp(0.5, 0, ok, enter, "3"), lockOp(1, 0, invoke, leave, "3"),
			lockOp(1, 1, ok, enter, "4"), lockOp(1, 0, ok, leave, "3"),
		}},
		{"overlap", "process 0 (op 2, fence 3, 0.500 to 1.500 s) and process 1 (op 3, fence 4, 1.000 to 2.000 s) had the lock at the same time", 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 1, invoke, enter, ""),
			lockOp(0.5, 0, ok, enter, "3"), lockOp(1, 1, ok, enter, "4"),
			lockOp(1.5, 0, invoke, leave, "3"),
		}},
		{"a leave that failed ends it all the same", "", 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0.5, 0, ok, enter, "3"),
			lockOp(1, 0, invoke, leave, "3"), lockOp(1.1, 0, history.Fail, leave, "3"),
			lockOp(1.2, 1, invoke, enter, ""), lockOp(1.3, 1, ok, enter, "4"),
		}},
		{"inside a long one", "at the same time", 3, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 0, ok, enter, "3"),
			lockOp(1, 1, invoke, enter, ""), lockOp(1, 1, ok, enter, "4"), lockOp(1.2, 1, invoke, leave, "4"),
			lockOp(1.5, 2, invoke, enter, ""), lockOp(1.5, 2, ok, enter, "5"),
		}},
		{"the fence goes back", fenceIsNotHigher, 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 0, ok, enter, "3"), lockOp(1, 0, invoke, leave, "3"),
			lockOp(2, 1, invoke, enter, ""), lockOp(2, 1, ok, enter, "2"),
		}},
		{"the fence comes twice", fenceIsNotHigher, 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 0, ok, enter, "3"), lockOp(1, 0, invoke, leave, "3"),
			lockOp(2, 1, invoke, enter, ""), lockOp(2, 1, ok, enter, "3"),
		}},
		{"fences below zero", "", 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 0, ok, enter, "-7"), lockOp(1, 0, invoke, leave, "-7"),
			lockOp(2, 1, invoke, enter, ""), lockOp(2, 1, ok, enter, "-3"),
		}},
		{"fences of 64 bits", fenceIsNotHigher, 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 0, ok, enter, "9007199254740993"), lockOp(1, 0, invoke, leave, "9007199254740993"),
			lockOp(2, 1, invoke, enter, ""), lockOp(2, 1, ok, enter, "9007199254740992"),
		}},
		{"the lease ends it", "", 2, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(1, 0, ok, enter, "3"),
			lockOp(1, 1, invoke, enter, ""), lockOp(2, 1, ok, enter, "4"),
		}},
		{"the reply came after the lease", "", 1, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(2, 1, invoke, enter, ""),
			lockOp(2, 1, ok, enter, "4"), lockOp(2, 0, ok, enter, "3"),
		}},
		{"enters that failed, or may have", "", 1, []history.Op{
			lockOp(0, 0, invoke, enter, ""), lockOp(0, 1, invoke, enter, ""), lockOp(0, 2, invoke, enter, ""),
			lockOp(1, 0, ok, enter, "3"), lockOp(1, 1, history.Info, enter, ""), lockOp(1, 2, history.Fail, enter, ""),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check.Lock(numbered(c.history), 0)
			require.Equal(t, c.entered, r.Entered)
			if c.says == "" {
				require.Equal(t, check.Unknown, r.Verdict(), r.Reasons()) // as there is no final phase
				require.Len(t, r.Reasons(), 1)
				return
			}
			require.Equal(t, check.Invalid, r.Verdict())
			require.Contains(t, r.Reasons()[0], c.says)
		})
	}
}

func TestLockLiveness(t *testing.T) {
	h := numbered([]history.Op{
		lockOp(0, 0, history.Invoke, "enter", ""), lockOp(0, 0, history.OK, "enter", "1"), lockOp(1, 0, history.Invoke, "leave", "1"),
		lockOp(20, 1, history.Invoke, "enter", ""), lockOp(20, 1, history.OK, "enter", "2"),
	})
	r := check.Lock(h, 2)
	require.Equal(t, check.Unknown, r.Verdict())
	require.Equal(t, []string{"there was no final phase, so it is not known whether everybody can enter again"}, r.Reasons())

	h[3].Final, h[4].Final = true, true
	r = check.Lock(h, 2)
	require.Equal(t, check.Invalid, r.Verdict())
	require.Equal(t, []string{"1 worker could not enter in the final phase, though all faults were healed"}, r.Reasons())

	require.Equal(t, check.Valid, check.Lock(h, 1).Verdict())
}

func TestLockUnreadableFence(t *testing.T) {
	for _, fence := range []string{`"3"`, "3.0", "null", "9223372036854775808", ""} {
		h := numbered([]history.Op{lockOp(0, 0, history.Invoke, "enter", ""), lockOp(0, 0, history.OK, "enter", fence)})
		h[0].Final, h[1].Final = true, true
		r := check.Lock(h, 0)
		require.Equal(t, check.Unknown, r.Verdict(), fence)
		require.Contains(t, r.Reasons()[0], "the fence of op 1 is not an integer")
	}
}
