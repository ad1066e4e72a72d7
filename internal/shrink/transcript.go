package shrink

import (
	"cmp"
	"context"
	"time"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
)

// A transcript records the events of a run.
type transcript struct {
	ops    []history.Op
	events []network.Event // without messages from and to clients
}

// watch runs test and records its events.
func (o Options) watch(ctx context.Context, test harness.Test) (transcript, harness.Result, error) {
	var tr transcript
	test.OnOp = func(op history.Op) {
		tr.ops = append(tr.ops, op)
	}
	role := test.Roles()
	test.OnMessage = func(e network.Event) {
		if role(cmp.Or(e.Writer, e.Src)) != record.Client && role(e.Dest) != record.Client {
			tr.events = append(tr.events, e)
		}
	}
	res, err := o.Run(ctx, test)
	return tr, res, err
}

// invoked returns the number of operations in the main phase.
func (tr transcript) invoked() int {
	count := 0
	for _, op := range tr.ops {
		if op.Process != history.Nemesis && op.Type == history.Invoke && !op.Final {
			count++
		}
	}
	return count
}

// faults returns the faults in the order in which they began. A fault that was not healed, because the run ended early, lasts
// until the last event.
func (tr transcript) faults() []*history.Fault {
	if len(tr.ops) == 0 {
		return nil
	}
	return history.FaultsIn(tr.ops, tr.ops[len(tr.ops)-1].Time)
}

// windows returns the faults in the form for an Excerpt, with times from the beginning of the main phase, when the first fault
// began.
func (tr transcript) windows() []harness.FaultWindow {
	var windows []harness.FaultWindow
	starts := make(map[string]int) // number of starts of each fault so far
	faults := tr.faults()
	for _, f := range faults {
		if f.Name == history.Damage {
			continue // a consequence of others
		}
		began := faults[0].Begin
		windows = append(windows, harness.FaultWindow{
			Name: f.Name, Start: starts[f.Name], Begin: time.Duration(f.Begin - began), End: time.Duration(f.End - began),
		})
		starts[f.Name]++
	}
	return windows
}
