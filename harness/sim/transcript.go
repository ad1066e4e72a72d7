package sim

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
)

// A transcript is what happened in a run.
type transcript struct {
	ops    []history.Op
	events []network.Event // of messages that no client sends or receives
}

// watch runs test and writes down what happens.
func watch(t *testing.T, test harness.Test) (transcript, harness.Result, error) {
	t.Helper()
	var tr transcript
	test.OnOp = func(op history.Op) {
		tr.ops = append(tr.ops, op)
	}
	test.OnMessage = func(e network.Event) {
		if !isClient(cmp.Or(e.Writer, e.Src)) && !isClient(e.Dest) {
			tr.events = append(tr.events, e)
		}
	}
	res, err := Run(t, test)
	return tr, res, err
}

// isClient tells whether the party is a client: the harness calls them c0, c1, ….
func isClient(id string) bool {
	number, ok := strings.CutPrefix(id, "c")
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// invoked returns how many operations the main phase had.
func (tr transcript) invoked() int {
	count := 0
	for _, op := range tr.ops {
		if op.Process != history.Nemesis && op.Type == history.Invoke && !op.Final {
			count++
		}
	}
	return count
}

// A faultSpan is a time in which a fault was in force.
type faultSpan struct {
	harness.FaultWindow                 // counted from the beginning of the run
	asked, done         json.RawMessage // the values of the two events of its start
}

// spans returns the faults in the order in which they began. Those that were never healed, because the run ended
// early, last until its last event.
func (tr transcript) spans() []faultSpan {
	var spans []faultSpan
	starts := make(map[string]int) // of each fault, so far
	open := make(map[string]int)   // the index in spans of a fault that is in force
	var asked *history.Op          // the first of the two events of a step
	for _, op := range tr.ops {
		if op.Process != history.Nemesis {
			continue
		}
		if asked == nil {
			asked = &op
			continue
		}
		first, at := asked.Value, time.Duration(op.Time)
		asked = nil
		if name, ok := strings.CutPrefix(op.F, "start-"); ok {
			open[name] = len(spans)
			w := harness.FaultWindow{Name: name, Start: starts[name], Begin: at, End: time.Duration(tr.ops[len(tr.ops)-1].Time)}
			spans = append(spans, faultSpan{w, first, op.Value})
			starts[name]++
		} else if name, ok := strings.CutPrefix(op.F, "stop-"); ok {
			if i, ok := open[name]; ok {
				spans[i].End = at
				delete(open, name)
			}
		}
	}
	return spans
}

// windows returns the faults as an excerpt has them: counted from the beginning of the main phase, which
// is when the first one began.
func (tr transcript) windows() []harness.FaultWindow {
	spans := tr.spans()
	windows := make([]harness.FaultWindow, len(spans))
	for i, s := range spans {
		windows[i] = s.FaultWindow
		windows[i].Begin -= spans[0].Begin
		windows[i].End -= spans[0].Begin
	}
	return windows
}
