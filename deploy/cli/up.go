package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"glomers/deploy/agent"
	"glomers/deploy/broker"
	"glomers/deploy/cluster"
	"glomers/deploy/wire"
	"glomers/internal/program"
	"glomers/internal/wording"
)

// An upJob is what `up` brings up.
type upJob struct {
	*cli
	bin    string
	args   []string
	nodes  int
	agents int
	listen string
	seed   uint64
	env    []string
	peers  string // with TCP alone: the file
	only   []string
}

func (c *cli) upCommand() *cobra.Command {
	j := upJob{cli: c}
	cmd := &cobra.Command{
		Use:   "up --bin PATH [--nodes N] [flags] [-- ARGS…]",
		Short: "Start nodes, and keep them until Ctrl-C or down",
		Long: `Start a server, an agent and the nodes n0, n1, …, and keep them until Ctrl-C or "glomers-deploy down".
What a node keeps in GLOMERS_DATA stays in DIR/data/NODE, and a later up finds it there.

With --nats, nodes go to the agents of that server, of which there must be --agents; start one on each machine.
With --tcp, there is neither a server nor an agent: nodes talk over TCP connections, at the addresses in the file.`,
		Example: `  glomers-deploy up --bin ../kafka-log --nodes 3
  glomers-deploy up --bin ./my-node --nats nats://token@10.1.2.3:4222 --agents 3
  glomers-deploy up --bin ../broadcast --tcp peers.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			j.args = args
			if j.peers != "" {
				return j.upTCP(cmd.Context())
			}
			return j.up(cmd.Context(), nil)
		},
	}
	f := cmd.Flags()
	f.StringVar(&j.bin, "bin", "", "the node program: an executable, or the `path` of the directory of a Go program")
	f.IntVar(&j.nodes, "nodes", 3, "how many nodes")
	f.IntVar(&j.agents, "agents", 1, "how many agents must be there, with --nats")
	f.StringVar(&j.listen, "listen", "127.0.0.1:0", "the `address` of the embedded server; port 0 takes a free one. Beyond this machine, everybody who has the token can run programs here")
	f.Uint64Var(&j.seed, "seed", 0, "of the nodes' random numbers: node k gets GLOMERS_SEED = seed + k")
	f.StringArrayVar(&j.env, "env", nil, "an environment variable of nodes: `NAME` passes it on, NAME=VALUE sets it")
	f.StringVar(&j.peers, "tcp", "", "talk over TCP alone; the `file` has a line with the id and the address of each node")
	f.StringSliceVar(&j.only, "only", nil, "with --tcp: the `nodes` to start here, when the others are on other machines")
	return cmd
}

// prepare returns the path of the node program and the directory of the cluster, both to be had until done is called.
func (j *upJob) prepare(ctx context.Context) (path string, place *workplace, done func(), err error) {
	var b program.Builder
	path, err = b.Program(ctx, j.bin)
	if err == nil {
		place, err = openWorkplace(j.dir)
	}
	if err != nil {
		b.Close()
		return "", nil, nil, err
	}
	return path, place, func() {
		place.close()
		b.Close()
	}, nil
}

// up brings the cluster up, and calls then, or waits for the end.
func (j *upJob) up(ctx context.Context, then func(context.Context, cluster.Client) error) error {
	if j.nodes < 1 || j.nodes > 1000 {
		return fmt.Errorf("--nodes %d: want 1 to 1000", j.nodes)
	}
	if j.agents < 1 || j.agents > 1 && j.url == "" {
		return fmt.Errorf("--agents %d: want 1 or more, and more than one only with --nats: the embedded server has one agent", j.agents)
	}
	path, place, done, err := j.prepare(ctx)
	if err != nil {
		return err
	}
	defer done()

	where := "the agents of " + safeURL(j.url)
	if j.url == "" {
		end, err := j.embed(ctx, place)
		if err != nil {
			return err
		}
		defer end()
		where = "this machine"
	}
	client, err := j.client("coordinator")
	if err != nil {
		return err
	}
	defer client.Conn.Close()
	ids := make([]string, j.nodes)
	for i := range ids {
		ids[i] = fmt.Sprint("n", i)
	}
	c, err := cluster.Up(ctx, client, cluster.Plan{
		IDs: ids, Path: path, Args: j.args, Seed: j.seed, Agents: j.agents,
		Note:    j.note,
		Waiting: j.waiting(j.agents),
	})
	if err != nil {
		if ctx.Err() != nil {
			return errInterrupted
		}
		return err
	}
	if then != nil {
		return errors.Join(then(ctx, client), c.Close())
	}
	fmt.Fprintf(j.stderr, "%s of %s on %s: %s\n", wording.Plural(len(ids), "node"), j.bin, where, strings.Join(ids, " "))
	fmt.Fprintf(j.stderr, "talk to it in another terminal: glomers-deploy call %s '{\"type\":…}', tail, status, restart %s; end it with Ctrl-C or glomers-deploy down\n", ids[0], ids[0])
	select {
	case <-ctx.Done():
	case <-c.AskedDown():
	}
	return c.Close()
}

// note tells what the operator should know of a node.
func (c *cli) note(n agent.Note) { fmt.Fprintf(c.stderr, "%s on %s: %s\n", n.Node, n.Agent, n.Text) }

// waiting returns a function that tells how many of the agents are there.
func (c *cli) waiting(want int) func(agents []agent.Hello) {
	return func(agents []agent.Hello) {
		fmt.Fprintf(c.stderr, "%d of %d agents are there; start another with glomers-deploy agent --nats URL\n", len(agents), want)
	}
}

// startAgent starts an agent with a connection of its own.
func (c *cli) startAgent(ctx context.Context, url, token string, config agent.Config) (end func(), err error) {
	conn, err := c.connect(url, "agent "+config.Name, nats.Token(token))
	if err != nil {
		return nil, err
	}
	config.Conn, config.Cluster = conn, c.name
	a, err := agent.Start(ctx, config)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return func() {
		a.Close()
		conn.Close()
	}, nil
}

// embed starts a server and an agent in this process.
func (j *upJob) embed(ctx context.Context, place *workplace) (end func(), err error) {
	token := rand.Text()
	server, err := broker.Start(broker.Config{Listen: j.listen, Token: token})
	if err != nil {
		return nil, err
	}
	url := server.ClientURL()
	endAgent, err := j.startAgent(ctx, url, token, agent.Config{Name: "here", Dir: place.dir, Env: j.env})
	if err == nil {
		err = place.publish(state{url, token})
		if err != nil {
			endAgent()
		}
	}
	if err != nil {
		server.Shutdown()
		return nil, err
	}
	return func() {
		endAgent()
		server.Shutdown()
		server.WaitForShutdown()
	}, nil
}

func (c *cli) agentCommand() *cobra.Command {
	var agentName string
	var env []string
	cmd := &cobra.Command{
		Use:   "agent --nats URL [--as NAME]",
		Short: "Offer this machine to a cluster",
		Long: `Offer this machine to a cluster: run the nodes that a coordinator ("glomers-deploy up --nats URL") asks for, until Ctrl-C.

An agent trusts its server: whoever that lets in can run any program here, with the rights of this user.`,
		Example: `  glomers-deploy agent --nats nats://token@10.1.2.3:4222 --as host2`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.url == "" {
				return errors.New("agent: want --nats with the URL of a server: the embedded one has an agent")
			}
			if agentName == "" {
				host, err := os.Hostname()
				if err != nil {
					return err
				}
				agentName = strings.ReplaceAll(host, ".", "-")
			}
			if err := wire.CheckID(agentName); err != nil {
				return fmt.Errorf("--as %q: %w", agentName, err)
			}
			dir := filepath.Join(c.dir, agentName)
			place, err := openWorkplace(dir)
			if err != nil {
				return err
			}
			defer place.close()
			end, err := c.startAgent(cmd.Context(), c.url, "", agent.Config{Name: agentName, Dir: dir, Env: env})
			if err != nil {
				return err
			}
			defer end()
			fmt.Fprintf(c.stderr, "agent %s of the cluster %s at %s; Ctrl-C ends it and its nodes\n", agentName, c.name, safeURL(c.url))
			<-cmd.Context().Done()
			return nil
		},
	}
	cmd.Flags().StringVar(&agentName, "as", "", "the `name` of this agent; without it, that of this machine")
	cmd.Flags().StringArrayVar(&env, "env", nil, "an environment variable of nodes: `NAME` passes it on, NAME=VALUE sets it")
	return cmd
}
