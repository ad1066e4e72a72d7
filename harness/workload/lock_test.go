package workload_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/workload"
)

func TestLockExchanges(t *testing.T) {
	for _, e := range []exchange{
		{"enter", "", `{"type":"enter"}`, `{"type":"enter_ok","fence":17}`, "17"},
		{"enter", "", `{"type":"enter"}`, `{"type":"enter_ok","fence":9223372036854775807}`, "9223372036854775807"},
		{"enter", "", `{"type":"enter"}`, `{"type":"enter_ok","fence":9223372036854775808}`, `enter_ok: field "fence" is an integer of another shape: want an integer below 2^63`},
		{"enter", "", `{"type":"enter"}`, `{"type":"enter_ok","fence":17.0}`, `enter_ok: field "fence" is a float: want an integer below 2^63`},
		{"enter", "", `{"type":"enter"}`, `{"type":"enter_ok","fence":null}`, `enter_ok: field "fence" is null: want an integer below 2^63`},
		{"enter", "", `{"type":"enter"}`, `{"type":"enter_ok"}`, `enter_ok: field "fence" is missing`},
		{"leave", "17", `{"type":"leave","fence":17}`, `{"type":"leave_ok"}`, "17"},
	} {
		e.require(t, newWorkload(t, "lock"))
	}
}

// A process that has entered leaves next, and any other process enters.
func TestLockAlternates(t *testing.T) {
	w := newWorkload(t, "lock").(interface {
		workload.PerProcess
		workload.Reactive
	})
	done := func(p history.Process, typ history.Type, f, value string) {
		w.Observe(history.Op{Process: p, Type: typ, F: f, Value: json.RawMessage(value)})
	}
	require.Equal(t, history.Op{F: "enter"}, w.NextFor(1))
	done(1, history.OK, "enter", "5")
	require.Equal(t, history.Op{F: "leave", Value: json.RawMessage("5")}, w.NextFor(1))
	require.Equal(t, history.Op{F: "enter"}, w.NextFor(2))
	done(1, history.Fail, "leave", "5")
	require.Equal(t, history.Op{F: "enter"}, w.NextFor(1))
	done(1, history.Fail, "enter", "")
	require.Equal(t, history.Op{F: "enter"}, w.NextFor(1))
}

// In the final phase a worker tries to enter until it succeeds, but not for ever.
func TestLockFinalScript(t *testing.T) {
	w := newWorkload(t, "lock").(workload.Reactive)
	script := w.FinalScript()
	op, _, more := script(history.Op{})
	require.True(t, more)
	require.Equal(t, "enter", op.F)
	op, _, more = script(history.Op{F: "enter", Type: history.Fail})
	require.True(t, more)
	require.Equal(t, "enter", op.F)
	op, _, more = script(history.Op{F: "enter", Type: history.OK, Value: json.RawMessage("5")})
	require.True(t, more)
	require.Equal(t, history.Op{F: "leave", Value: json.RawMessage("5")}, op)
	_, _, more = script(history.Op{F: "leave", Type: history.OK})
	require.False(t, more)

	script = w.FinalScript()
	tries := 0
	for done := (history.Op{}); ; tries++ {
		if _, _, more := script(done); !more {
			break
		}
		done = history.Op{F: "enter", Type: history.Info}
	}
	require.Equal(t, 10, tries)
}
