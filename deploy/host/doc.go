// Package host runs nodes as processes of this machine, and carries their messages over a wire. It does for them what the harness does in a test: each gets
// init, a directory of its own that GLOMERS_DATA names, and lines on its stdin; its stderr is its log. Nodes need not know that the network is real.
//
// A node that breaks the protocol hurts nobody but itself: a line that is not a message, or that is in the name of somebody else, goes nowhere, is counted,
// and is told to the operator. What a node does not read is lost once it fills a queue, as on any network.
package host

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"glomers/deploy/wire"
	"glomers/internal/proc"
)

// A Spec says what a node runs.
type Spec struct {
	ID   string   `json:"id"`
	IDs  []string `json:"ids"` // of all nodes
	Path string   `json:"path"`
	Args []string `json:"args,omitempty"`
	Seed uint64   `json:"seed"` // GLOMERS_SEED
	// Harness, if not "", says that the node is tested: what it writes to others than nodes is an [Event], what passes between it and other nodes, too, and
	// init comes over the wire. It identifies this start of the node in events, and is as long as an id at most.
	Harness string `json:"harness,omitempty"`
}

// Config says where a host keeps things, and to whom it talks.
type Config struct {
	Wire wire.Wire
	Dir  string   // has data/ID, the directories of nodes, which outlive them, and logs/ID.log
	Env  []string // of nodes: NAME passes a variable on, NAME=VALUE sets it
	// Note is called, from any goroutine, with what the operator should know of a node.
	Note func(id, text string)
	// Log, if not nil, is called, from any goroutine, with each line that a node writes to stderr (cut to 1 KiB).
	Log func(id, line string)
	// Feed, if not nil, is called, from any goroutine, with what happens to nodes that are tested. It may wait: the node then waits, too.
	Feed func(Event)
}

// A Host runs nodes. Its methods may be called concurrently.
type Host struct {
	Config
	place *proc.Place
	guard proc.Guard

	mu     sync.Mutex
	links  *links
	bench  *proc.Place // of nodes that are tested; nil without a test
	nodes  map[string]*node
	closed bool
}

// New returns a host without nodes.
func New(c Config) (*Host, error) {
	place, err := proc.NewPlace(c.Env, "")
	if err == nil {
		err = place.Settle(filepath.Join(c.Dir, "data"))
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join(c.Dir, "logs"), 0o755)
	}
	if err != nil {
		return nil, fmt.Errorf("host: %w", err)
	}
	h := &Host{Config: c, place: place, nodes: make(map[string]*node)}
	h.links = newLinks(Conditions{}, h.arrived)
	return h, nil
}

// InitTimeout is how long a node has to answer init.
const InitTimeout = 10 * time.Second

// Start starts a node, and returns when it has answered init. A node of that id must not be running; if one was, the new one finds what it left in its
// directory. If Start fails, the node is not running.
func (h *Host) Start(ctx context.Context, s Spec) error {
	if err := checkSpec(s); err != nil {
		return err
	}
	n, err := h.begin(s)
	if err != nil {
		return fmt.Errorf("host: node %s: %w", s.ID, err)
	}
	if err := n.init(ctx); err != nil {
		n.kill()
		<-n.gone
		h.forget(n)
		return fmt.Errorf("host: node %s: %w", s.ID, err)
	}
	return nil
}

func checkSpec(s Spec) error {
	for _, id := range s.IDs {
		if err := wire.CheckID(id); err != nil {
			return fmt.Errorf("host: id %q: %w", id, err)
		}
	}
	if s.Harness != "" {
		if err := wire.CheckID(s.Harness); err != nil {
			return fmt.Errorf("host: harness %q: %w", s.Harness, err)
		}
	}
	if !slices.Contains(s.IDs, s.ID) {
		return fmt.Errorf("host: node %q is not one of the nodes %q", s.ID, s.IDs)
	}
	return nil
}

// begin starts the process of a node.
func (h *Host) begin(s Spec) (*node, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errors.New("the host is closed")
	}
	if old := h.nodes[s.ID]; old != nil && old.running() {
		return nil, errors.New("it is running already")
	}
	n, err := h.newNode(s)
	if err != nil {
		return nil, err
	}
	h.nodes[s.ID] = n
	return n, nil
}

func (h *Host) forget(n *node) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.nodes[n.spec.ID] == n {
		delete(h.nodes, n.spec.ID)
	}
}

func (h *Host) node(id string) (*node, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.nodes[id]
	if n == nil {
		return nil, fmt.Errorf("host: there is no node %s here", id)
	}
	return n, nil
}

// Kill ends a node and everything that it has started, at once, as by SIGKILL, and returns when it is gone. What it had on its disk stays.
func (h *Host) Kill(id string) error {
	n, err := h.node(id)
	if err != nil {
		return err
	}
	n.kill()
	<-n.gone
	return nil
}

// Pause stops a node, including its timers, until Resume.
func (h *Host) Pause(id string) error {
	n, err := h.node(id)
	if err != nil {
		return err
	}
	n.paused.Store(true)
	return n.process.Pause()
}

// Resume undoes Pause.
func (h *Host) Resume(id string) error {
	n, err := h.node(id)
	if err != nil {
		return err
	}
	n.paused.Store(false)
	return n.process.Resume()
}

// A Status describes a node.
type Status struct {
	ID       string `json:"id"`
	State    string `json:"state"` // one of the constants below
	Why      string `json:"why,omitempty"`
	PID      int    `json:"pid,omitempty"`
	Since    int64  `json:"since"` // the start of its process: ms since 1970
	Received int64  `json:"received"`
	Sent     int64  `json:"sent"`
	Lost     int64  `json:"lost"`    // messages to it for which its queue had no room
	Refused  int64  `json:"refused"` // lines that were no messages of its own
}

// The states of a node.
const (
	Starting = "starting" // it has not answered init
	Up       = "up"
	Paused   = "paused"
	Killed   = "killed"
	Ended    = "ended" // by itself
)

// Status returns the states of all nodes that have been started here, in the order of their ids.
func (h *Host) Status() []Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]Status, 0, len(h.nodes))
	for _, n := range h.nodes {
		all = append(all, n.status())
	}
	slices.SortFunc(all, func(a, b Status) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) })
	return all
}

// Close kills all nodes, and returns when they are gone.
func (h *Host) Close() {
	h.mu.Lock()
	h.closed = true
	all := make([]*node, 0, len(h.nodes))
	for _, n := range h.nodes {
		all = append(all, n)
	}
	links, bench := h.links, h.bench
	h.mu.Unlock()
	for _, n := range all {
		n.kill()
	}
	links.close()
	h.guard.Collect()
	for _, n := range all {
		<-n.gone
	}
	h.guard.Close()
	_ = h.place.Close() // removes empty directories only
	if err := closeBench(bench); err != nil {
		h.Note("", err.Error())
	}
}

// initLine returns the message with which a node begins.
func initLine(s Spec) []byte {
	line, _ := json.Marshal(map[string]any{"src": self, "dest": s.ID, "body": map[string]any{ // cannot fail: strings and a number
		"type": "init", "msg_id": 1, "node_id": s.ID, "node_ids": s.IDs,
	}})
	return line
}

// self is the party that sends init to nodes, and gets their answers. It is not on the wire.
const self = "host"
