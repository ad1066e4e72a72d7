package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/host"
	"glomers/deploy/wire"
)

// An Agent runs nodes until it is closed.
type Agent struct {
	conn    *nats.Conn
	cluster string
	name    string
	dir     string
	host    *host.Host
	wire    wire.Wire
	feed    *feed
	stop    context.CancelFunc
	working sync.WaitGroup // counts the requests that it carries out
	asked   []*nats.Subscription
}

// Config describes an agent.
type Config struct {
	Conn    *nats.Conn // with wire.Options
	Cluster string
	Name    string // of one agent of the cluster
	Dir     string // see host.Config; programs/ has the programs that the agent has fetched
	Env     []string
}

// Start starts an agent. It fails if the cluster has an agent of this name.
func Start(ctx context.Context, c Config) (*Agent, error) {
	for _, name := range []string{c.Cluster, c.Name} {
		if err := wire.CheckID(name); err != nil {
			return nil, fmt.Errorf("agent: name %q: %w", name, err)
		}
	}
	others, err := RollCall(ctx, c.Conn, c.Cluster, 200*time.Millisecond)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if o.Name == c.Name {
			return nil, fmt.Errorf("agent: the cluster %s has an agent %s already: want another name", c.Cluster, c.Name)
		}
	}
	a := &Agent{conn: c.Conn, cluster: c.Cluster, name: c.Name, dir: c.Dir, wire: wire.NATS(c.Conn, c.Cluster)}
	a.feed = newFeed(c.Conn, c.Cluster)
	a.host, err = host.New(host.Config{Wire: a.wire, Dir: c.Dir, Env: c.Env, Note: a.note, Feed: a.feed.add, Log: func(id, line string) {
		_ = a.conn.Publish(wire.Subject(a.cluster, "log", id), []byte(line)) // for whoever is looking
	}})
	if err != nil {
		a.feed.close()
		return nil, err
	}
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	for subject, handle := range map[string]func(*nats.Msg){
		wire.Subject(c.Cluster, "agents"):        a.hello,
		wire.Subject(c.Cluster, "agent", c.Name): func(m *nats.Msg) { a.working.Go(func() { a.request(ctx, m) }) },
	} {
		s, err := c.Conn.Subscribe(subject, handle)
		if err != nil {
			a.Close()
			return nil, fmt.Errorf("agent: %w", err)
		}
		a.asked = append(a.asked, s)
	}
	if err := c.Conn.FlushTimeout(5 * time.Second); err != nil {
		a.Close()
		return nil, fmt.Errorf("agent: %w", err)
	}
	return a, nil
}

// Close kills the agent's nodes, and returns when they are gone.
func (a *Agent) Close() {
	for _, s := range a.asked {
		_ = s.Unsubscribe() // fails if the connection is closed
	}
	a.stop()
	a.feed.close()
	a.host.Close()
	a.working.Wait()
	a.wire.Close()
}

func (a *Agent) hello(m *nats.Msg) {
	a.answer(m, Hello{Name: a.name, Protocol: Protocol, System: system, Nodes: a.host.Status(), Lost: a.wire.Lost()})
}

func (a *Agent) answer(m *nats.Msg, value any) {
	data, err := json.Marshal(value)
	if err == nil {
		_ = m.Respond(data) // who asks will miss it
	}
}

func (a *Agent) note(id, text string) {
	data, err := json.Marshal(Note{a.name, id, text})
	if err == nil {
		_ = a.conn.Publish(wire.Subject(a.cluster, "note"), data)
	}
}

func (a *Agent) request(ctx context.Context, m *nats.Msg) {
	var answer response
	if err := a.carryOut(ctx, m.Data); err != nil {
		answer.Error = err.Error()
	}
	a.answer(m, answer)
}

func (a *Agent) carryOut(ctx context.Context, data []byte) error {
	var q request
	if err := json.Unmarshal(data, &q); err != nil {
		return fmt.Errorf("the request is not one: %w", err)
	}
	if q.Protocol != Protocol {
		return fmt.Errorf("it speaks version %d of the protocol of agents, and was asked in version %d: use the same glomers-deploy on all machines", Protocol, q.Protocol)
	}
	switch q.Op {
	case opStart:
		var err error
		if q.Node.Path, err = a.program(ctx, q.Node.Path, q.SHA256); err != nil {
			return err
		}
		return a.host.Start(ctx, q.Node)
	case opKill:
		return a.host.Kill(q.Node.ID)
	case opPause:
		return a.host.Pause(q.Node.ID)
	case opResume:
		return a.host.Resume(q.Node.ID)
	case opBegin:
		a.feed.begin(q.Conditions.Test)
		return a.host.Begin(q.Conditions)
	case opImpair:
		return a.host.Impair(q.Owner, q.Links, q.Impairment)
	case opMend:
		a.host.Mend(q.Owner)
		return nil
	case opSettle:
		return a.feed.settle(ctx)
	}
	return fmt.Errorf("the operation %q is unknown", q.Op)
}
