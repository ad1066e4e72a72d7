// Package export writes the record of a run in the formats of other tools:
//
//	otlp      OpenTelemetry's traces as OTLP/JSON: a span for each operation and for each message
//	perfetto  Chrome's trace events, which https://ui.perfetto.dev opens
//	shiviz    a log with vector clocks, which https://bestchai.bitbucket.io/shiviz opens
//
// What an export says is in the record. So a message has another message, or an operation, for its cause only if the protocol says so: an answer its request,
// and a request of a client its operation.
package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
	"glomers/internal/wording"
)

// A format writes a run piece by piece. The record is given to it in the order of the calls, each as often as there is something.
type format interface {
	begin(meta record.Meta)
	operation(o operation)  // in the order of their invocations
	fault(f *history.Fault) // in the order of their beginnings
	event(e record.Event)   // in the order of the journal; it is good until the call returns
	end(last time.Duration) // that of the last event
}

// formats are the formats by name.
var formats = []struct {
	name string
	make func(w *writer) format
}{
	{"otlp", newOTLP},
	{"perfetto", newPerfetto},
	{"shiviz", newShiViz},
}

// Formats returns the names of the formats.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Options say what is exported.
type Options struct {
	Format   string
	From, To time.Duration // since the start of the run; To 0 means the end
}

// Missing says what an export lacks because the record is damaged.
type Missing struct {
	Lines int  // of the journal that are no events
	Half  bool // the last line of the journal is cut off
	Full  bool // the journal reached its limit
}

// Write writes a run to w.
func Write(w io.Writer, run *record.Run, o Options) (Missing, error) {
	for _, f := range formats {
		if f.name == o.Format {
			return write(w, run, o, f.make)
		}
	}
	return Missing{}, fmt.Errorf("export: format %q: %s", o.Format, wording.Want(o.Format, Formats()))
}

func write(w io.Writer, run *record.Run, o Options, newFormat func(*writer) format) (missing Missing, err error) {
	meta, err := run.Meta()
	if err != nil {
		return missing, fmt.Errorf("export: %w", err)
	}
	operations, err := operationsOf(run)
	if err != nil {
		return missing, fmt.Errorf("export: %w", err)
	}
	faults, err := run.Faults()
	if err != nil {
		return missing, fmt.Errorf("export: %w", err)
	}
	journal, err := run.File("journal.jsonl")
	if err != nil {
		return missing, fmt.Errorf("export: %w", err)
	}
	defer journal.Close()

	out := &writer{Writer: bufio.NewWriter(w)}
	f := newFormat(out)
	f.begin(meta)
	for _, op := range operations {
		if o.shows(op.begin, op.end) {
			f.operation(op)
		}
	}
	for _, fault := range faults {
		if o.shows(fault.Begin, fault.End) {
			f.fault(fault)
		}
	}
	var last int64
	lines := record.Journal{}
	for e, err := range lines.Events(journal) {
		if err != nil {
			return missing, fmt.Errorf("export: journal: %w", err)
		}
		if string(e.Kind) == network.Full {
			missing.Full = true
			continue
		}
		if o.shows(e.Time, e.Time) {
			last = max(last, e.Time)
			f.event(e)
		}
	}
	f.end(time.Duration(last))
	missing.Lines, missing.Half = lines.Damaged, lines.Half
	if err := out.flush(); err != nil {
		return missing, fmt.Errorf("export: %w", err)
	}
	return missing, nil
}

// shows reports whether something that lasts from begin to end is exported. What has not ended has end 0.
func (o Options) shows(begin, end int64) bool {
	return (end == 0 || time.Duration(end) >= o.From) && (o.To == 0 || time.Duration(begin) <= o.To)
}

// An operation is that of a client, from its invocation to its completion.
type operation struct {
	history.Op              // its invocation
	begin, end int64        // ns; end is 0 if it has no completion
	outcome    history.Type // ok, fail or info; "" without a completion
	result     json.RawMessage
	problem    json.RawMessage // the error; nil if it is ok
}

// operationsOf returns the operations of a run in the order of their invocations.
func operationsOf(run *record.Run) ([]operation, error) {
	file, err := run.File("history.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []operation
	open := make(map[history.Process]int) // the position in all of what a process has invoked
	for op, err := range record.History(file) {
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		if op.Process == history.Nemesis {
			continue
		}
		if op.Type == history.Invoke {
			open[op.Process] = len(all)
			all = append(all, operation{Op: op, begin: op.Time})
		} else if i, ok := open[op.Process]; ok {
			delete(open, op.Process)
			all[i].end, all[i].outcome, all[i].result, all[i].problem = op.Time, op.Type, op.Value, op.Error
		}
	}
	return all, nil
}

// A writer keeps the first error.
type writer struct {
	*bufio.Writer
	err error
}

func (w *writer) text(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w, format, args...)
	}
}

// json writes a value.
func (w *writer) json(v any) {
	text, err := json.Marshal(v)
	if w.err == nil {
		w.err = err
	}
	w.text("%s", text)
}

func (w *writer) flush() error { return errors.Join(w.err, w.Flush()) }

// nameOf returns the type of a message, or a word for one without a type.
func nameOf(e record.Event) string {
	if t := e.Type(); len(t) > 0 {
		return wording.ClipCounted(t, 100)
	}
	return "message"
}
