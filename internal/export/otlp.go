package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
	"glomers/internal/wording"
)

// otlp writes lines of OTLP/JSON, each with spans of one resource, as the file exporter of OpenTelemetry's collector does. A span is an operation, from its invocation to its
// completion, or a message, from when it was sent to when it arrived, or was lost. An answer's parent is its request, a client's request has its operation, and each of these has the trace
// of its parent. Ids come from what the run was and their number in it, so the same run gives the same ones.
type otlp struct {
	w       *writer
	salt    []byte
	started time.Time

	current  map[string][]operation // the operations of a client that have not been passed yet, by the client's id
	requests map[call]spanID        // requests to which no answer has come
	under    map[int64]*messageSpan // messages under way, by id
}

type spanID struct{ trace, span string }

// A call identifies a request by its answer.
type call struct {
	src, dest string // of the request
	id        int64  // msg_id
}

// A messageSpan is the span of a message that is under way.
type messageSpan struct {
	span      spanID
	parent    string
	name      string
	src, dest string
	size      int
	sent      int64
}

func newOTLP(w *writer) format {
	return &otlp{w: w, current: make(map[string][]operation), requests: make(map[call]spanID), under: make(map[int64]*messageSpan)}
}

func (o *otlp) begin(meta record.Meta) {
	o.started = meta.Started
	o.salt = fmt.Appendf(nil, "%s %d %d", meta.Workload, meta.Seed, meta.Started.UnixNano())
}

// id returns the first bytes of the hash of what a span is, in hexadecimal.
func (o *otlp) id(bytes int, kind string, number int64) string {
	h := sha256.Sum256(fmt.Appendf(o.salt[:len(o.salt):len(o.salt)], "\x00%s\x00%d", kind, number))
	return hex.EncodeToString(h[:bytes])
}

func (o *otlp) idOf(op operation) spanID {
	return spanID{o.id(16, "operation", int64(op.Index)), o.id(8, "operation", int64(op.Index))}
}

func (o *otlp) operation(op operation) {
	if op.Client != "" {
		o.current[op.Client] = append(o.current[op.Client], op)
	}
	end, status := op.end, status{Code: statusOK}
	switch {
	case op.end == 0:
		end, status.Code = op.begin, statusUnset
	case op.outcome != history.OK:
		status.Code, status.Message = statusError, wording.ClipCounted(op.problem, 1<<10)
	}
	id := o.idOf(op)
	o.put("clients", span{
		Trace: id.trace, ID: id.span, Name: op.F, Kind: kindClient, Start: o.nanos(op.begin), End: o.nanos(end), Status: status,
		Attributes: []attribute{
			integer("glomers.operation.index", int64(op.Index)), text("glomers.operation.outcome", string(op.outcome)), text("glomers.operation.process", op.Process.String()),
			text("glomers.node", op.Node), text("glomers.operation.value", wording.ClipCounted(op.Value, 1<<10)), text("glomers.operation.result", wording.ClipCounted(op.result, 1<<10)),
		},
	})
}

// at returns the operation of a client that is under way at a time. The times must not decrease.
func (o *otlp) at(client string, now int64) (op operation, ok bool) {
	all := o.current[client]
	for len(all) > 0 && all[0].end != 0 && all[0].end < now {
		all = all[1:]
	}
	if len(all) == 0 {
		delete(o.current, client)
		return operation{}, false
	}
	o.current[client] = all
	return all[0], all[0].begin <= now
}

func (o *otlp) fault(f *history.Fault) {
	id := o.id(8, "fault "+f.Name, f.Begin)
	end := f.End
	if f.InForce() {
		end = f.Begin
	}
	o.put("faults", span{
		Trace: o.id(16, "fault "+f.Name, f.Begin), ID: id, Name: f.Name, Kind: kindInternal, Start: o.nanos(f.Begin), End: o.nanos(end),
		Attributes: []attribute{text("glomers.fault.effect", f.Effect.Text)},
	})
}

func (o *otlp) event(e record.Event) {
	switch m := o.under[e.ID]; {
	case string(e.Kind) == network.Sent:
		o.send(e)
	case m == nil: // a copy, or it was sent before the part that is exported
	case string(e.Kind) == network.Received:
		o.close(e.ID, e.Time, "")
	default:
		o.close(e.ID, e.Time, "it was lost")
	}
}

// send begins the span of a message.
func (o *otlp) send(e record.Event) {
	m := &messageSpan{name: nameOf(e), src: string(e.Src), dest: string(e.Dest), size: e.Size, sent: e.Time}
	m.span = spanID{o.id(16, "message", e.ID), o.id(8, "message", e.ID)}
	var head struct {
		ID        *int64 `json:"msg_id"`
		InReplyTo *int64 `json:"in_reply_to"`
	}
	_ = json.Unmarshal(e.Body, &head) // ids that are not integers, and of bodies of which the record has the beginning only, are not known
	parent, known := spanID{}, false
	if head.InReplyTo != nil {
		request := call{m.dest, m.src, *head.InReplyTo}
		if parent, known = o.requests[request]; known {
			delete(o.requests, request)
		}
	} else if op, ok := o.at(m.src, e.Time); ok {
		parent, known = o.idOf(op), true
	}
	if known {
		m.span.trace, m.parent = parent.trace, parent.span
	}
	if head.ID != nil {
		o.requests[call{m.src, m.dest, *head.ID}] = m.span
	}
	o.under[e.ID] = m
}

// close ends the span of a message.
func (o *otlp) close(id, at int64, problem string) {
	m := o.under[id]
	delete(o.under, id)
	s := span{
		Trace: m.span.trace, ID: m.span.span, Parent: m.parent, Name: m.name, Kind: kindProducer, Start: o.nanos(m.sent), End: o.nanos(at),
		Attributes: []attribute{integer("glomers.message.id", id), text("glomers.src", m.src), text("glomers.dest", m.dest), integer("glomers.message.bytes", int64(m.size))},
	}
	if problem != "" {
		s.Status = status{Code: statusError, Message: problem}
	}
	o.put(m.src, s)
}

// end closes what is under way.
func (o *otlp) end(last time.Duration) {
	for id := range sorted(o.under) {
		o.close(id, int64(last), "it was under way at the end")
	}
}

func (o *otlp) nanos(ns int64) string { return strconv.FormatInt(o.started.UnixNano()+ns, 10) }

// put writes a span of a resource.
func (o *otlp) put(service string, s span) {
	o.w.json(traces{[]resourceSpans{{
		Resource: resource{[]attribute{text("service.name", service)}},
		Scopes:   []scopeSpans{{scope{"glomers"}, []span{s}}},
	}}})
	o.w.text("\n")
}
