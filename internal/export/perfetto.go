package export

import (
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
)

// perfetto writes an object of trace events (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU, the page of the format). There are a process for the
// operations, with a thread for each client, one for the faults, and one each for nodes, services and clients, with a thread for each party. A message is a short
// slice at its sender, another at its receiver, and an arrow (a flow) from one to the other.
type perfetto struct {
	w       *writer
	first   bool
	roles   func(id string) string
	threads map[string]thread // by party
	counts  map[int]int       // of threads, by process
	faults  []*history.Fault
}

type thread struct{ process, id int }

// The processes, which are shown in this order.
const (
	operationsProcess = iota + 1
	faultsProcess
	nodesProcess
	servicesProcess
	clientsProcess
)

var processes = []string{operationsProcess: "operations", faultsProcess: "faults", nodesProcess: "nodes", servicesProcess: "services", clientsProcess: "clients"}

// blink is the length of the slice of an event that takes no time: a slice without a length cannot be seen, and has no flow.
const blink = time.Microsecond

// A traceEvent is an event of the format. Times are in microseconds.
type traceEvent struct {
	Phase    string         `json:"ph"`
	Name     string         `json:"name"`
	Category string         `json:"cat,omitempty"`
	Time     float64        `json:"ts"`
	Duration float64        `json:"dur,omitempty"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	ID       int64          `json:"id,omitempty"` // of a flow
	Binding  string         `json:"bp,omitempty"`
	Scope    string         `json:"s,omitempty"`
	Args     map[string]any `json:"args,omitempty"`
}

func newPerfetto(w *writer) format {
	return &perfetto{w: w, first: true, threads: make(map[string]thread), counts: make(map[int]int)}
}

func micros(ns int64) float64 { return float64(ns) / 1000 }

func (p *perfetto) put(e traceEvent) {
	if !p.first {
		p.w.text(",\n")
	}
	p.first = false
	p.w.json(e)
}

func (p *perfetto) begin(meta record.Meta) {
	p.roles = meta.Roles()
	p.w.text("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n")
	for i, name := range processes {
		if name != "" {
			p.put(traceEvent{Phase: "M", Name: "process_name", Process: i, Args: map[string]any{"name": name}})
			p.put(traceEvent{Phase: "M", Name: "process_sort_index", Process: i, Args: map[string]any{"sort_index": i}})
		}
	}
	for _, id := range meta.Nodes {
		p.party(id)
	}
}

// party returns the thread of a party.
func (p *perfetto) party(id string) thread {
	if t, ok := p.threads[id]; ok {
		return t
	}
	process := map[string]int{record.Node: nodesProcess, record.Service: servicesProcess, record.Client: clientsProcess}[p.roles(id)]
	t := p.thread(process, id)
	p.threads[id] = t
	return t
}

// thread makes a thread.
func (p *perfetto) thread(process int, name string) thread {
	p.counts[process]++
	t := thread{process, p.counts[process]}
	p.put(traceEvent{Phase: "M", Name: "thread_name", Process: t.process, Thread: t.id, Args: map[string]any{"name": name}})
	p.put(traceEvent{Phase: "M", Name: "thread_sort_index", Process: t.process, Thread: t.id, Args: map[string]any{"sort_index": t.id}})
	return t
}

func (p *perfetto) operation(o operation) {
	name := "process " + o.Process.String()
	t, ok := p.threads[name]
	if !ok {
		t = p.thread(operationsProcess, name)
		p.threads[name] = t
	}
	outcome := string(o.outcome)
	if o.end == 0 {
		outcome = "it has not ended"
	}
	args := map[string]any{"index": o.Index, "node": o.Node, "value": o.Value, "outcome": outcome}
	if o.result != nil {
		args["result"] = o.result
	}
	if o.problem != nil {
		args["error"] = o.problem
	}
	p.put(traceEvent{
		Phase: "X", Name: o.F, Category: "operation", Time: micros(o.begin), Duration: micros(max(o.end-o.begin, int64(blink))),
		Process: t.process, Thread: t.id, Args: args,
	})
}

// fault waits for the end of the run, when the last fault ends at the latest.
func (p *perfetto) fault(f *history.Fault) { p.faults = append(p.faults, f) }

func (p *perfetto) event(e record.Event) {
	name, src, dest := nameOf(e), p.party(string(e.Src)), p.party(string(e.Dest))
	at := micros(e.Time)
	slice := func(t thread, name string) traceEvent {
		return traceEvent{Phase: "X", Name: name, Category: "message", Time: at, Duration: micros(int64(blink)), Process: t.process, Thread: t.id, Args: map[string]any{
			"id": e.ID, "src": string(e.Src), "dest": string(e.Dest), "bytes": e.Size,
		}}
	}
	flow := func(t thread, phase, binding string) traceEvent {
		return traceEvent{Phase: phase, Name: name, Category: "message", Time: at, Process: t.process, Thread: t.id, ID: e.ID + 1, Binding: binding}
	}
	switch string(e.Kind) {
	case network.Sent:
		p.put(slice(src, "send "+name))
		p.put(flow(src, "s", ""))
	case network.Received:
		p.put(slice(dest, "receive "+name))
		p.put(flow(dest, "f", "e"))
	default: // lost
		lost := slice(dest, "lost: "+name)
		lost.Phase, lost.Duration, lost.Scope = "i", 0, "t"
		p.put(lost)
	}
}

func (p *perfetto) end(last time.Duration) {
	threads := make(map[string]thread)
	for _, f := range p.faults {
		t, ok := threads[f.Name]
		if !ok {
			t = p.thread(faultsProcess, f.Name)
			threads[f.Name] = t
		}
		end := f.End
		if f.InForce() {
			end = int64(last)
		}
		name := f.Name
		if f.Effect.Text != "" {
			name += ": " + f.Effect.Text
		}
		p.put(traceEvent{Phase: "X", Name: name, Category: "fault", Time: micros(f.Begin), Duration: micros(max(end-f.Begin, int64(blink))), Process: t.process, Thread: t.id})
	}
	p.w.text("\n]}\n")
}
