package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

// A Recorder writes the trace of a cluster whose cores run as its Nodes. It is for one goroutine.
type Recorder struct {
	Trace []Event
}

// A Node passes everything on to a core, and records it. It is a node.Machine and node.Durable.
type Node struct {
	r     *Recorder
	cfg   raft.Config // to restore images
	core  *raft.Core
	disk  []byte // the State of what was written
	ended int    // the length of the trace when the last event was over
}

type envelopes = []node.Envelope[raft.Message]

// Start begins a life of a node with a core, which raft.Restore has returned for cfg.
func (r *Recorder) Start(cfg raft.Config, core *raft.Core) *Node {
	if r.Trace == nil {
		r.Trace = []Event{{Kind: EventInit, Views: make(map[string]View)}}
	}
	cfg.Bug, cfg.Rand = "", rand.New(rand.NewPCG(0, 0)) // images are what a correct core makes of the records, and need no timeouts
	n := &Node{r: r, cfg: cfg, core: core, disk: core.State()}
	view := ViewOf(core.Status())
	if _, again := r.Trace[0].Views[cfg.ID]; again {
		r.add(Event{Kind: EventRestart, Server: cfg.ID, View: &view})
	} else {
		r.Trace[0].Views[cfg.ID] = view
	}
	return n
}

func (r *Recorder) add(e Event) { r.Trace = append(r.Trace, e) }

// Sent records that a message leaves a node, and how many copies of it the network makes of it: 0 if it is lost.
func (r *Recorder) Sent(from string, e node.Envelope[raft.Message], copies int) {
	m, ok := MessageOf(from, e.Dest, e.Message)
	if !ok {
		return
	}
	r.add(Event{Kind: EventSend, Server: from, Message: &m})
	if copies == 0 {
		r.add(Event{Kind: EventDrop, Server: from, Message: &m})
	}
	for ; copies > 1; copies-- {
		r.add(Event{Kind: EventDuplicate, Server: from, Message: &m})
	}
}

// WriteTo writes the trace, an event a line.
func (r *Recorder) WriteTo(w io.Writer) (written int64, err error) {
	for _, e := range r.Trace {
		line, err := json.Marshal(e)
		if err != nil {
			return written, fmt.Errorf("spec: %w", err)
		}
		n, err := w.Write(append(line, '\n'))
		written += int64(n)
		if err != nil {
			return written, fmt.Errorf("spec: %w", err)
		}
	}
	return written, nil
}

// ReadTrace reads what WriteTo has written.
func ReadTrace(r io.Reader) (trace []Event, err error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	for {
		var e Event
		switch err := d.Decode(&e); {
		case errors.Is(err, io.EOF):
			return trace, nil
		case err != nil:
			return nil, fmt.Errorf("spec: event %d of the trace: %w", len(trace)+1, err)
		}
		trace = append(trace, e)
	}
}

// Core returns the core, to look at.
func (n *Node) Core() *raft.Core { return n.core }

// State is node.Durable's.
func (n *Node) State() []byte { return n.core.State() }

// Do records what an event, such as a request, makes of the core.
func (n *Node) Do(event func(c *raft.Core) envelopes) envelopes { return n.step(nil, event(n.core)) }

// Receive is node.Machine's.
func (n *Node) Receive(from string, m raft.Message, now time.Duration) envelopes {
	out := n.core.Receive(from, m, now)
	if in, ok := MessageOf(from, n.cfg.ID, m); ok {
		return n.step(&in, out)
	}
	return n.step(nil, out)
}

// Tick is node.Machine's.
func (n *Node) Tick(now time.Duration) envelopes { return n.step(nil, n.core.Tick(now)) }

// Next is node.Machine's. It is called last in an event.
func (n *Node) Next() time.Duration {
	n.ended = len(n.r.Trace)
	return n.core.Next()
}

// Unsaved is node.Durable's.
func (n *Node) Unsaved() [][]byte {
	records := n.core.Unsaved()
	e := Event{Kind: EventWrite, Server: n.cfg.ID}
	for _, record := range records {
		c, err := raft.Restore(n.cfg, n.disk, [][]byte{record})
		if err != nil {
			e.Damage = err.Error()
			break
		}
		n.disk = c.State()
		e.Images = append(e.Images, ViewOf(c.Status()).Image)
	}
	if len(records) > 0 {
		n.r.add(e)
	}
	return records
}

// Saved is node.Durable's. Messages that have waited for the disk have left just before.
func (n *Node) Saved(records int, now time.Duration) envelopes {
	at := len(n.r.Trace)
	for at > n.ended && n.r.Trace[at-1].travels() {
		at--
	}
	n.r.Trace = slices.Insert(n.r.Trace, at, Event{Kind: EventSync, Server: n.cfg.ID, Records: records})
	return n.step(nil, n.core.Saved(records, now))
}

// step records an event, and returns the messages that it made.
func (n *Node) step(in *Message, out envelopes) envelopes {
	e := Event{Kind: EventStep, Server: n.cfg.ID, Message: in}
	for _, o := range out {
		if m, ok := MessageOf(n.cfg.ID, o.Dest, o.Message); ok {
			e.Made = append(e.Made, m)
		}
	}
	view := ViewOf(n.core.Status())
	e.View = &view
	n.r.add(e)
	return out
}
