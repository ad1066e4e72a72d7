package node

import (
	"encoding/json"
	"math/bits"
	"os"
	"strconv"
	"sync"
	"time"

	"glomers/internal/control"
)

// propertiesID is the service that is told of the properties of a process. docs/properties.md describes the messages.
const propertiesID = "properties"

// extremesLate is how much later than they were seen extremes may be told, in real time. In virtual time they are told before the node
// is at rest.
const extremesLate = 100 * time.Millisecond

// isWatched reports whether the harness of this process wants to be told of properties.
func isWatched() bool { return os.Getenv("GLOMERS_PROPERTIES") == "1" }

// News is what the harness of a process is told of its properties: each outcome when it occurs for the 1st, 2nd, 4th, 8th … time, and
// new extremes a moment later. So a condition that is checked a million times costs 20 messages.
type news struct {
	mu     sync.Mutex
	named  bool     // the node has an id, and has told what it declares
	held   []string // messages from before that
	counts map[outcome]int64
	ranges map[string]*extent // of the Extremes, by name
	untold []*extent          // in the order of the sightings
	waits  bool               // a timer will tell them
}

// An outcome is a property and whether it held.
type outcome struct {
	control.Property
	holds bool
}

// An extent is the smallest and the largest value of a quantity.
type extent struct {
	name              string
	smallest, largest float64
	untold            bool
}

// An observed is the body of a message to the service properties. Of an extent, only the last two fields are set.
type observed struct {
	Type string       `json:"type"`
	Kind control.Kind `json:"kind"`
	Name string       `json:"name"`

	Holds   *bool           `json:"holds,omitempty"`
	Count   int64           `json:"count,omitempty"`
	Details json.RawMessage `json:"details,omitempty"`

	Smallest *float64 `json:"smallest,omitempty"`
	Largest  *float64 `json:"largest,omitempty"`
}

// add takes an observation, and tells it if it is news.
func (w *news) add(n *Node, o control.Observation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o.Kind == control.Extremes {
		w.widen(n, o)
		return
	}
	if w.counts == nil {
		w.counts = make(map[outcome]int64)
	}
	w.counts[outcome{o.Property, o.Holds}]++
	count := w.counts[outcome{o.Property, o.Holds}]
	if bits.OnesCount64(uint64(count)) > 1 {
		return
	}
	m := observed{Type: "observe", Kind: o.Kind, Name: o.Name, Count: count, Details: control.DetailsJSON(o.Details)}
	if o.Kind == control.Always || o.Kind == control.Sometimes {
		m.Holds = &o.Holds
	}
	w.tell(n, string(mustMarshal(m)))
}

// widen takes a value of a quantity. The caller holds mu, as that of the methods below.
func (w *news) widen(n *Node, o control.Observation) {
	if w.ranges == nil {
		w.ranges = make(map[string]*extent)
	}
	e := w.ranges[o.Name]
	switch {
	case e == nil:
		e = &extent{name: o.Name, smallest: o.Value, largest: o.Value}
		w.ranges[o.Name] = e
	case o.Value < e.smallest:
		e.smallest = o.Value
	case o.Value > e.largest:
		e.largest = o.Value
	default:
		return
	}
	if !e.untold {
		e.untold = true
		w.untold = append(w.untold, e)
	}
	if !w.waits && !n.clock.virtual {
		w.waits = true
		time.AfterFunc(extremesLate, n.tellExtremes)
	}
}

// tellExtremes tells the extremes that are news.
func (n *Node) tellExtremes() {
	w := &n.watch.news
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits = false
	for _, e := range w.untold {
		e.untold = false
		smallest, largest := e.smallest, e.largest
		w.tell(n, string(mustMarshal(observed{Type: "observe", Kind: control.Extremes, Name: e.name, Smallest: &smallest, Largest: &largest})))
	}
	w.untold = w.untold[:0]
}

// tell sends a message, once the node has a name.
func (w *news) tell(n *Node, body string) {
	if !w.named {
		w.held = append(w.held, body)
		return
	}
	n.sendAside(propertiesID, body)
}

// introduce tells what the node declares, and what came before it had a name.
func (n *Node) introduce() {
	if !n.watch.on || n.watch.listen != nil || len(n.watch.declared) == 0 {
		return
	}
	w := &n.watch.news
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.named {
		return
	}
	w.named = true
	w.tell(n, `{"type":"declare","properties":`+string(mustMarshal(n.watch.declared))+`}`)
	for _, body := range w.held {
		w.tell(n, body)
	}
	w.held = nil
}

// sendAside sends a message to a service of the harness that is no party of the network. It is none of the node's messages: Out does not
// get it, and no gate holds it back.
func (n *Node) sendAside(service, body string) {
	id := ""
	if known := n.clock.id.Load(); known != nil {
		id = *known
	}
	line := append([]byte(`{"src":`), appendString(nil, id)...)
	line = append(line, `,"dest":`+strconv.Quote(service)+`,"body":`+body+`}`...)
	_ = n.put(line) // the only error is that of a broken output, which has ended the node
}
