package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/agent"
	"glomers/deploy/host"
	"glomers/deploy/wire"
)

// A Plan says what a cluster runs.
type Plan struct {
	IDs    []string // of the nodes, for Up
	Path   string   // of the program of every node
	Args   []string
	Seed   uint64
	Agents int // how many agents must be there; 0 means 1
	// Note is called, from any goroutine, with what the operator should know.
	Note func(agent.Note)
	// Waiting, if not nil, is called when fewer agents are there than must be.
	Waiting func(agents []agent.Hello)
}

// A Cluster is a cluster that is up. Its methods may be called concurrently.
type Cluster struct {
	Client
	plan   Plan
	hash   string
	down   chan struct{} // closed when somebody asks for it
	once   sync.Once
	stops  []func()
	agents []agent.Hello

	mu     sync.Mutex
	ids    []string                 // of the nodes; nil before Place
	placed map[string]*agent.Remote // by node
}

// Up starts the nodes of a plan, each on an agent, in turn. It waits for the agents. If it fails, no node is running.
func Up(ctx context.Context, client Client, p Plan) (*Cluster, error) {
	c, err := Gather(ctx, client, p)
	if err != nil {
		return nil, err
	}
	c.Place(p.IDs)
	if err := c.startAll(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Gather waits for the agents of a plan, but does not give nodes to them.
func Gather(ctx context.Context, client Client, p Plan) (*Cluster, error) {
	if err := wire.CheckID(client.Name); err != nil {
		return nil, fmt.Errorf("cluster: name %q: %w", client.Name, err)
	}
	hash, err := agent.HashFile(p.Path)
	if err != nil {
		return nil, fmt.Errorf("cluster: program: %w", err)
	}
	claim, err := newClaim(ctx, client)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Client: client, plan: p, hash: hash, down: make(chan struct{}), stops: []func(){claim.stop}, placed: make(map[string]*agent.Remote)}
	if err := c.serve(); err != nil {
		c.close()
		return nil, err
	}
	agents, err := c.awaitAgents(ctx)
	if err == nil {
		err = checkAgents(agents)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	c.agents = agents
	return c, nil
}

// serve subscribes to what others ask of the coordinator.
func (c *Cluster) serve() error {
	stop, err := agent.ServeFile(c.Conn, c.Name, c.plan.Path, c.hash)
	if err != nil {
		return err
	}
	c.stops = append(c.stops, stop)
	for subject, handle := range map[string]func(*nats.Msg){
		wire.Subject(c.Name, "control"): func(m *nats.Msg) { go c.control(m) },
		wire.Subject(c.Name, "note"): func(m *nats.Msg) {
			var n agent.Note
			if json.Unmarshal(m.Data, &n) == nil {
				c.plan.Note(n)
			}
		},
	} {
		s, err := c.Conn.Subscribe(subject, handle)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		c.stops = append(c.stops, func() { _ = s.Unsubscribe() }) // fails if the connection is closed
	}
	return c.Conn.FlushTimeout(5 * time.Second)
}

// awaitAgents waits until enough agents are there.
func (c *Cluster) awaitAgents(ctx context.Context) ([]agent.Hello, error) {
	told := -1
	for {
		agents, err := agent.RollCall(ctx, c.Conn, c.Name, patience)
		if err != nil {
			return nil, fmt.Errorf("cluster: %w", err)
		}
		if len(agents) >= max(1, c.plan.Agents) {
			return agents, nil
		}
		if len(agents) != told && c.plan.Waiting != nil {
			c.plan.Waiting(agents)
		}
		told = len(agents)
		select {
		case <-c.down:
			return nil, errDown
		default:
		}
	}
}

var errDown = errors.New("cluster: somebody has asked for its end")

// checkAgents returns an error unless the agents can work together.
func checkAgents(agents []agent.Hello) error {
	for i, a := range agents {
		if err := a.Check(); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if i > 0 && agents[i-1].Name == a.Name {
			return fmt.Errorf("cluster: two agents have the name %s: end one of them", a.Name)
		}
		for _, n := range a.Nodes {
			if n.PID != 0 {
				return fmt.Errorf("cluster: agent %s still runs the node %s of an earlier coordinator: end that agent, and start it again", a.Name, n.ID)
			}
		}
	}
	return nil
}

// nodes returns the ids of the nodes.
func (c *Cluster) nodes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids
}

// Place gives each node to an agent, in turn.
func (c *Cluster) Place(ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = ids
	for i, id := range ids {
		c.placed[id] = agent.NewRemote(c.Conn, c.Name, c.agents[i%len(c.agents)].Name)
	}
}

// AgentOf returns the agent of a node; nil if the node has none.
func (c *Cluster) AgentOf(id string) *agent.Remote {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.placed[id]
}

// Agents returns the agents that have nodes, in the order of their first nodes.
func (c *Cluster) Agents() []*agent.Remote {
	var all []*agent.Remote
	for _, id := range c.nodes() {
		a := c.AgentOf(id)
		if !slices.ContainsFunc(all, func(b *agent.Remote) bool { return a.Name == b.Name }) {
			all = append(all, a)
		}
	}
	return all
}

// Hash returns the hash of the program, which an agent wants to know when it starts a node.
func (c *Cluster) Hash() string { return c.hash }

// each calls do for each node, all at the same time, and returns the errors.
func (c *Cluster) each(do func(id string, a *agent.Remote) error) error {
	return Each(c.nodes(), func(id string) error { return do(id, c.AgentOf(id)) })
}

// Each calls do for each of several things, all at the same time, and returns the errors.
func Each[T any](things []T, do func(T) error) error {
	errs := make([]error, len(things))
	var working sync.WaitGroup
	for i, thing := range things {
		working.Go(func() { errs[i] = do(thing) })
	}
	working.Wait()
	return errors.Join(errs...)
}

func (c *Cluster) startAll(ctx context.Context) error {
	return c.each(func(id string, a *agent.Remote) error { return c.start(ctx, id, a) })
}

func (c *Cluster) start(ctx context.Context, id string, a *agent.Remote) error {
	seed := c.plan.Seed + uint64(slices.Index(c.nodes(), id))
	return a.Start(ctx, host.Spec{ID: id, IDs: c.nodes(), Path: c.plan.Path, Args: c.plan.Args, Seed: seed}, c.hash)
}

// Restart implements what [Client.Restart] asks for.
func (c *Cluster) Restart(ctx context.Context, id string) error {
	a := c.AgentOf(id)
	if a == nil {
		return fmt.Errorf("there is no node %s: want one of %s", id, strings.Join(c.nodes(), ", "))
	}
	_ = a.Kill(ctx, id) // the agent may be a new one, which does not know the node
	return c.start(ctx, id, a)
}

// Status implements what [Client.Status] asks for.
func (c *Cluster) Status(ctx context.Context) (Status, error) {
	agents, err := agent.RollCall(ctx, c.Conn, c.Name, patience)
	s := Status{
		Cluster: c.Name, Program: strings.Join(append([]string{c.plan.Path}, c.plan.Args...), " "), Placed: make(map[string]string), IDs: c.nodes(), Agents: agents,
	}
	for _, id := range s.IDs {
		if a := c.AgentOf(id); a != nil {
			s.Placed[id] = a.Name
		}
	}
	return s, err
}

// AskedDown is closed when somebody has asked for the end.
func (c *Cluster) AskedDown() <-chan struct{} { return c.down }

func (c *Cluster) control(m *nats.Msg) {
	ctx, cancel := context.WithTimeout(context.Background(), controlTimeout)
	defer cancel()
	var q control
	var r reply
	err := json.Unmarshal(m.Data, &q)
	if err == nil {
		switch q.Op {
		case opStatus:
			var s Status
			s, err = c.Status(ctx)
			r.Status = &s
		case opRestart:
			err = c.Restart(ctx, q.Node)
		case opDown:
			err = c.kill(ctx)
			defer c.once.Do(func() { close(c.down) })
		default:
			err = fmt.Errorf("the operation %q is unknown", q.Op)
		}
	}
	if err != nil {
		r.Error = err.Error()
	}
	if data, err := json.Marshal(r); err == nil {
		_ = m.Respond(data) // who asks will miss it
		_ = c.Conn.FlushTimeout(time.Second)
	}
}

// kill kills all nodes.
func (c *Cluster) kill(ctx context.Context) error {
	return c.each(func(id string, a *agent.Remote) error { return a.Kill(ctx, id) })
}

// Close kills all nodes, as far as their agents can be reached, and stops to coordinate.
func (c *Cluster) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := c.kill(ctx)
	c.close()
	return err
}

// close returns when the server knows that nobody listens any more: who asks from then on hears at once that the cluster is not up.
func (c *Cluster) close() {
	for _, stop := range c.stops {
		stop()
	}
	_ = c.Conn.FlushTimeout(5 * time.Second) // fails if the connection is closed, which the server sees
}
