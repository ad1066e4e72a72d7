// Package field tests programs on a real network, with the clients, the faults and the checkers of the harness. Nodes are processes at agents, and talk to each
// other over NATS. What passes between a node and the harness's clients and services goes over NATS, too, and then through the harness's network, which
// counts it and has it in the journal, as it has what agents report of the messages between nodes.
//
// Faults of links are made where messages arrive, at the receiver's agent, by the same code as in simulation. Messages that NATS itself loses or delays are
// lost or late.
package field

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"glomers/deploy/agent"
	"glomers/deploy/cluster"
	"glomers/deploy/host"
	"glomers/deploy/wire"
	"glomers/harness"
	"glomers/harness/network"
	"glomers/node"
)

// A Field is a place for tests: the agents of a broker.
type Field struct {
	Client cluster.Client
	Agents int // how many agents must be there; 0 means 1
	// Note is called, from any goroutine, with what the operator should know.
	Note func(agent.Note)
	// Waiting, if not nil, is called when fewer agents are there than must be.
	Waiting func(agents []agent.Hello)

	patience int // the number of roll calls, each of 2 s, to which an agent need not answer; 0 means 5
}

// Run carries out a test of a harness.Binary in the field, as harness.Run does in simulation. A cluster has one test at a time: another one is refused.
func (f *Field) Run(ctx context.Context, t harness.Test) (harness.Result, error) {
	var program harness.ProgramInfo
	if t.Program != nil {
		program = t.Program.Describe()
	}
	if program.Kind != "binary" {
		return harness.Result{}, fmt.Errorf("field: the program is %q: want an executable", program.Kind)
	}
	if len(t.Env) > 0 || t.Cwd != "" {
		return harness.Result{}, errors.New("field: the environment of nodes is that of their agents (glomers-deploy agent --env), and each has a directory of its own")
	}
	c, err := cluster.Gather(ctx, f.Client, cluster.Plan{Path: program.Path, Args: program.Args, Agents: f.Agents, Note: f.Note, Waiting: f.Waiting})
	if err != nil {
		return harness.Result{}, err
	}
	program.Kind = "nats"
	ctx, cancel := context.WithCancel(ctx)
	r := &run{
		field: f, ctx: ctx, program: program, cluster: c, wire: wire.NATS(f.Client.Conn, f.Client.Name), token: rand.Text(),
		last: make(map[string]*process), processes: make(map[string]*process),
	}
	t.Program, t.Network = r, r
	result, err := harness.Run(ctx, t)
	cancel()
	r.working.Wait()
	return result, errors.Join(err, c.Close())
}

// A run is a test that is carried out. It is a harness.Program and a harness.Network.
type run struct {
	field   *Field
	ctx     context.Context // until the end of the run
	program harness.ProgramInfo
	cluster *cluster.Cluster
	wire    wire.Wire
	token   string // of this run alone
	watch   *harness.Watch
	ids     []string
	starts  int                 // of all nodes
	last    map[string]*process // by node
	working sync.WaitGroup

	mu        sync.Mutex
	processes map[string]*process // by Spec.Harness
}

// Describe implements harness.Program.
func (r *run) Describe() harness.ProgramInfo { return r.program }

// Begin implements harness.Network.
func (r *run) Begin(w *harness.Watch, c harness.Conditions) error {
	r.watch, r.ids = w, c.Nodes
	r.cluster.Place(r.ids)
	stop, err := agent.Feed(r.field.Client.Conn, r.field.Client.Name, r.token, r.event)
	if err != nil {
		return err
	}
	r.working.Go(func() {
		<-r.ctx.Done()
		stop()
	})
	for i, a := range r.cluster.Agents() {
		if err := a.Begin(r.ctx, host.Conditions{Test: r.token, Latency: c.Latency, Dist: c.Dist, Seed: c.Seed + uint64(i)}); err != nil {
			return err
		}
	}
	r.working.Go(r.watchAgents)
	return nil
}

// watchAgents ends the run when an agent is gone.
func (r *run) watchAgents() {
	patience := cmp.Or(r.field.patience, 5)
	missed := make(map[string]int)
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-time.After(time.Second):
		}
		answers, err := agent.RollCall(r.ctx, r.field.Client.Conn, r.field.Client.Name, time.Second)
		if err != nil {
			continue // the server may be away for a moment
		}
		for _, a := range r.cluster.Agents() {
			missed[a.Name]++
			if slices.ContainsFunc(answers, func(h agent.Hello) bool { return h.Name == a.Name }) {
				missed[a.Name] = 0
			}
			if missed[a.Name] == patience {
				r.watch.Failed(fmt.Errorf("agent %s has not answered for %d s: its nodes are lost", a.Name, 2*patience))
			}
		}
	}
}

// event handles what an agent tells.
func (r *run) event(e host.Event) {
	r.mu.Lock()
	p := r.processes[e.Harness]
	r.mu.Unlock()
	switch {
	case e.Kind == network.Sent:
		m, err := node.ParseMessage(e.Line)
		if err != nil {
			return // never: the agent has parsed it
		}
		r.watch.Passed(harness.Passage{Key: e.Key, Kind: e.Kind, Message: network.Message{Src: e.Src, Dest: e.Dest, Body: m.Body}})
	case e.Key != "":
		r.watch.Passed(harness.Passage{Key: e.Key, Kind: e.Kind, Copied: e.Copied})
	case p == nil: // killed
	case e.Kind == host.Line:
		p.port.Line(e.Line)
	case e.Kind == host.Log:
		_, _ = fmt.Fprintf(p.port.Log(), "%s\n", e.Line)
	case e.Kind == host.Broke:
		p.port.Fail(string(e.Line))
	}
}

// Impair implements harness.Network.
func (r *run) Impair(owner string, links []network.Link, im network.Impairment) error {
	return r.all(func(a *agent.Remote) error { return a.Impair(r.ctx, owner, links, im) })
}

// Mend implements harness.Network.
func (r *run) Mend(owner string) error {
	return r.all(func(a *agent.Remote) error { return a.Mend(r.ctx, owner) })
}

// Settle implements harness.Network.
func (r *run) Settle() {
	r.working.Go(func() {
		if err := r.all(func(a *agent.Remote) error { return a.Settle(r.ctx) }); err != nil {
			r.watch.Failed(err)
			return
		}
		r.watch.Settled()
	})
}

// all calls do for all agents at the same time.
func (r *run) all(do func(a *agent.Remote) error) error {
	return cluster.Each(r.cluster.Agents(), do)
}

// Start implements harness.Program. It does not wait for the agent.
func (r *run) Start(port *harness.Port) (harness.Process, error) {
	id := port.ID()
	r.starts++
	p := &process{
		run: r, agent: r.cluster.AgentOf(id), id: id, harness: fmt.Sprintf("%s-%d", id, r.starts), port: port,
		started: make(chan struct{}), gone: make(chan struct{}),
	}
	old := r.last[id]
	r.last[id] = p
	r.mu.Lock()
	r.processes[p.harness] = p
	r.mu.Unlock()
	r.working.Go(func() {
		defer close(p.started)
		if old != nil {
			<-old.gone
		}
		spec := host.Spec{ID: id, IDs: r.ids, Path: r.program.Path, Args: r.program.Args, Seed: port.Seed(), Harness: p.harness}
		if err := p.agent.Start(r.ctx, spec, r.cluster.Hash()); err != nil {
			port.Fail("could not be started: " + err.Error())
			return
		}
		p.begin()
	})
	return p, nil
}
