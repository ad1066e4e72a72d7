package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// event is an Op in a line.
func event(second float64, p history.Process, typ history.Type, f string, value ...int) history.Op {
	op := history.Op{Time: int64(second * float64(time.Second)), Process: p, Type: typ, F: f}
	if len(value) > 0 {
		op.Value = json.RawMessage(fmt.Sprint(value[0]))
	}
	return op
}

func TestChecker(t *testing.T) {
	const enter, leave = "enter", "leave"
	for _, c := range []struct {
		name  string
		says  string // "" if it is safe
		in    int    // times that somebody was certainly in
		event []history.Op
	}{
		{"nothing", "", 0, nil},
		{"one after the other", "", 2, []history.Op{
			event(0, 0, history.Invoke, enter), event(0, 1, history.Invoke, enter),
			event(0.5, 0, history.OK, enter, 3), event(1, 0, history.Invoke, leave, 3),
			event(1, 1, history.OK, enter, 4), event(1, 0, history.OK, leave, 3),
		}},
		{"overlap", "process 0 (op 2, fence 3, 0.500 to 1.500 s) and process 1 (op 3, fence 4, 1.000 to 2.000 s) were in at the same time", 2, []history.Op{
			event(0, 0, history.Invoke, enter), event(0, 1, history.Invoke, enter),
			event(0.5, 0, history.OK, enter, 3), event(1, 1, history.OK, enter, 4),
			event(1.5, 0, history.Invoke, leave, 3),
		}},
		{"inside a long one", "at the same time", 3, []history.Op{
			event(0, 0, history.Invoke, enter), event(0, 0, history.OK, enter, 3),
			event(1, 1, history.Invoke, enter), event(1, 1, history.OK, enter, 4), event(1.2, 1, history.Invoke, leave, 4),
			event(1.5, 2, history.Invoke, enter), event(1.5, 2, history.OK, enter, 5),
		}},
		{"fence goes back", "a fence that is not higher", 2, []history.Op{
			event(0, 0, history.Invoke, enter), event(0, 0, history.OK, enter, 3), event(1, 0, history.Invoke, leave, 3),
			event(2, 1, history.Invoke, enter), event(2, 1, history.OK, enter, 2),
		}},
		{"fence twice", "a fence that is not higher", 2, []history.Op{
			event(0, 0, history.Invoke, enter), event(0, 0, history.OK, enter, 3), event(1, 0, history.Invoke, leave, 3),
			event(2, 1, history.Invoke, enter), event(2, 1, history.OK, enter, 3),
		}},
		{"the lease ends it", "", 2, []history.Op{
			event(0, 0, history.Invoke, enter), event(1, 0, history.OK, enter, 3),
			event(1, 1, history.Invoke, enter), event(2, 1, history.OK, enter, 4),
		}},
		{"the reply came after the lease", "", 1, []history.Op{
			event(0, 0, history.Invoke, enter), event(2, 1, history.Invoke, enter),
			event(2, 1, history.OK, enter, 4), event(2, 0, history.OK, enter, 3),
		}},
		{"nobody knows", "", 1, []history.Op{
			event(0, 0, history.Invoke, enter), event(0, 1, history.Invoke, enter), event(0, 2, history.Invoke, enter),
			event(1, 0, history.OK, enter, 3), event(1, 1, history.Info, enter), event(1, 2, history.Fail, enter),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.event {
				c.event[i].Index = i
			}
			w, err := NewLock(workload.Options{})
			require.NoError(t, err)
			r := w.Check(c.event).(*LockResult)
			require.Equal(t, c.in, r.Entered)
			if c.says == "" {
				require.Equal(t, check.Valid, r.Verdict(), r.Reasons())
				require.Empty(t, r.Reasons())
				return
			}
			require.Equal(t, check.Invalid, r.Verdict())
			require.Contains(t, r.Reasons()[0], c.says)
		})
	}
}

func TestCheckerCountsWhoIsStuck(t *testing.T) {
	w, err := NewLock(workload.Options{Workers: 2})
	require.NoError(t, err)
	h := []history.Op{
		event(0, 0, history.Invoke, "enter"), event(0, 0, history.OK, "enter", 1), event(1, 0, history.Invoke, "leave", 1),
		event(20, 1, history.Invoke, "enter"), event(20, 1, history.OK, "enter", 2),
	}
	h[3].Final, h[4].Final = true, true
	require.Equal(t, []string{"1 workers could not enter, though all faults were healed"}, w.Check(h).Reasons())
}
