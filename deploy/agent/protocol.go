// Package agent runs nodes on one machine for a cluster, as its coordinator asks over NATS.
//
// Whoever can talk to the broker of a cluster can let its agents run any program: an agent trusts its broker, and everybody whom that lets in.
package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/host"
	"glomers/deploy/wire"
	"glomers/harness/network"
)

// Protocol is the version of what agents and coordinators say to each other. They work together only if it is the same.
const Protocol = 2

// A Hello is what an agent says of itself.
type Hello struct {
	Name     string        `json:"name"`
	Protocol int           `json:"protocol"`
	System   string        `json:"system"` // such as linux/amd64
	Nodes    []host.Status `json:"nodes"`
	Lost     int64         `json:"lost"` // messages that its wire has lost
}

// Check returns an error unless this program understands the agent.
func (h Hello) Check() error {
	if h.Protocol != Protocol {
		return fmt.Errorf("agent %s speaks version %d of the protocol of agents, and this program version %d: use the same glomers-deploy on all machines", h.Name, h.Protocol, Protocol)
	}
	return nil
}

const system = runtime.GOOS + "/" + runtime.GOARCH

// The operations of a request.
const (
	opStart  = "start"
	opKill   = "kill"
	opPause  = "pause"
	opResume = "resume"
	opBegin  = "begin"
	opImpair = "impair"
	opMend   = "mend"
	opSettle = "settle"
)

type request struct {
	Protocol int       `json:"protocol"`
	Op       string    `json:"op"`
	Node     host.Spec `json:"node"` // whole for start; its id for kill, pause and resume
	SHA256   string    `json:"sha256,omitempty"`

	Conditions host.Conditions    `json:"conditions"`      // for begin
	Owner      string             `json:"owner,omitempty"` // for impair and mend
	Links      []network.Link     `json:"links,omitempty"` // for impair
	Impairment network.Impairment `json:"impairment"`
}

type response struct {
	Error string `json:"error,omitempty"`
}

// A Note is what an operator should know of a node.
type Note struct {
	Agent string `json:"agent"`
	Node  string `json:"node"`
	Text  string `json:"text"`
}

// A Remote is an agent, wherever it runs, as a coordinator sees it. Its methods may be called concurrently.
type Remote struct {
	conn    *nats.Conn
	cluster string
	Name    string
}

// RollCall returns what all agents of a cluster say, in the order of their names. It waits for the agents for the given time.
func RollCall(ctx context.Context, conn *nats.Conn, cluster string, wait time.Duration) ([]Hello, error) {
	answers := make(chan *nats.Msg, 1000)
	inbox := conn.NewInbox()
	s, err := conn.ChanSubscribe(inbox, answers)
	if err == nil {
		defer func() { _ = s.Unsubscribe() }() // fails if the connection is closed
		err = conn.PublishRequest(wire.Subject(cluster, "agents"), inbox, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("agents: %w", err)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	var all []Hello
	for {
		select {
		case m := <-answers:
			var h Hello
			if json.Unmarshal(m.Data, &h) == nil && wire.CheckID(h.Name) == nil {
				all = append(all, h)
			}
			continue // without agents, the broker itself answers, with nothing
		case <-timer.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		slices.SortFunc(all, func(a, b Hello) int { return strings.Compare(a.Name, b.Name) })
		return all, nil
	}
}

// NewRemote returns the agent with a name.
func NewRemote(conn *nats.Conn, cluster, name string) *Remote { return &Remote{conn, cluster, name} }

// Start starts a node, as [host.Host.Start] does. The agent gets the program from a [FileServer] unless it has a file of that path and hash.
func (r *Remote) Start(ctx context.Context, s host.Spec, sha256 string) error {
	return r.ask(ctx, request{Op: opStart, Node: s, SHA256: sha256})
}

// Kill is [host.Host.Kill], and so on.
func (r *Remote) Kill(ctx context.Context, id string) error   { return r.about(ctx, opKill, id) }
func (r *Remote) Pause(ctx context.Context, id string) error  { return r.about(ctx, opPause, id) }
func (r *Remote) Resume(ctx context.Context, id string) error { return r.about(ctx, opResume, id) }

// Begin, Impair and Mend are those of [host.Host].
func (r *Remote) Begin(ctx context.Context, c host.Conditions) error {
	return r.ask(ctx, request{Op: opBegin, Conditions: c})
}

func (r *Remote) Impair(ctx context.Context, owner string, links []network.Link, im network.Impairment) error {
	return r.ask(ctx, request{Op: opImpair, Owner: owner, Links: links, Impairment: im})
}

func (r *Remote) Mend(ctx context.Context, owner string) error {
	return r.ask(ctx, request{Op: opMend, Owner: owner})
}

// Settle returns when all that has happened at the agent up to now has been received; see [Feed].
func (r *Remote) Settle(ctx context.Context) error { return r.ask(ctx, request{Op: opSettle}) }

func (r *Remote) about(ctx context.Context, op, id string) error {
	return r.ask(ctx, request{Op: op, Node: host.Spec{ID: id}})
}

// askTimeout is longer than what takes an agent longest: to fetch a program, and to start a node that does not answer.
const askTimeout = host.InitTimeout + 20*time.Second

func (r *Remote) ask(ctx context.Context, q request) error {
	q.Protocol = Protocol
	data, err := json.Marshal(q)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, askTimeout, fmt.Errorf("it does not answer within %v", askTimeout))
	defer cancel()
	m, err := r.conn.RequestWithContext(ctx, wire.Subject(r.cluster, "agent", r.Name), data)
	var answer response
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		err = errors.New("it is not there")
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case err == nil:
		err = json.Unmarshal(m.Data, &answer)
	}
	if err != nil {
		return fmt.Errorf("agent %s: %w", r.Name, err)
	}
	if answer.Error != "" {
		return fmt.Errorf("agent %s: %s", r.Name, answer.Error)
	}
	return nil
}
