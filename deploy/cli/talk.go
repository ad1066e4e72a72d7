package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"glomers/deploy/agent"
	"glomers/deploy/cluster"
	"glomers/deploy/host"
	"glomers/deploy/wire"
)

func (c *cli) callCommand() *cobra.Command {
	var timeout time.Duration
	var peers string
	cmd := &cobra.Command{
		Use:   "call NODE BODY",
		Short: "Send a request to a node, and print the answer",
		Long: `Send a request to a node, as a client of its own, and print the body of the answer, as JSON. BODY is a JSON object with a type; the msg_id is added.
The exit status is 1 if the answer is an error.`,
		Example: `  glomers-deploy call n0 '{"type":"send","key":"k","msg":7}'
  glomers-deploy call n1 '{"type":"poll","offsets":{"k":0}}'`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), timeout, fmt.Errorf("nothing came within %v (--timeout)", timeout))
			defer cancel()
			var answer json.RawMessage
			var err error
			if peers != "" {
				answer, err = callTCP(ctx, peers, args[0], json.RawMessage(args[1]))
			} else {
				answer, err = c.callNATS(ctx, args[0], json.RawMessage(args[1]))
			}
			if err != nil {
				return err
			}
			return c.printAnswer(answer)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 5*time.Second, "how long to wait for the answer")
	cmd.Flags().StringVar(&peers, "tcp", "", "the `file` that up --tcp got")
	return cmd
}

func callTCP(ctx context.Context, file, node string, body json.RawMessage) (json.RawMessage, error) {
	peers, err := readPeers(file)
	if err != nil {
		return nil, err
	}
	if peers.Addresses[node] == "" {
		return nil, fmt.Errorf("%s has no node %s: want one of %s", file, node, strings.Join(peers.IDs, ", "))
	}
	w := wire.TCP(peers)
	defer w.Close()
	return cluster.Call(ctx, w, node, body)
}

func (c *cli) callNATS(ctx context.Context, node string, body json.RawMessage) (json.RawMessage, error) {
	client, err := c.client("call")
	if err != nil {
		return nil, err
	}
	defer client.Conn.Close()
	status, err := client.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.Placed[node] == "" {
		return nil, fmt.Errorf("there is no node %s: want one of %s", node, strings.Join(status.IDs, ", "))
	}
	return client.Call(ctx, node, body)
}

func (c *cli) printAnswer(answer json.RawMessage) error {
	var head struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(answer, &head) == nil && head.Type == "error" {
		c.status = statusError
	}
	return c.printJSON(answer)
}

func (c *cli) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "Show the nodes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := c.client("status")
			if err != nil {
				return err
			}
			defer client.Conn.Close()
			s, err := client.Status(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(s)
			}
			return c.printStatus(s)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the state as JSON")
	return cmd
}

// printStatus prints a table with a line for each node.
func (c *cli) printStatus(s cluster.Status) error {
	nodes := make(map[string]host.Status)
	there := make(map[string]agent.Hello)
	for _, a := range s.Agents {
		there[a.Name] = a
		for _, n := range a.Nodes {
			if s.Placed[n.ID] == a.Name {
				nodes[n.ID] = n
			}
		}
	}
	fmt.Fprintf(c.stdout, "cluster %s: %s\n", s.Cluster, s.Program)
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NODE\tAGENT\tSTATE\tPID\tUP SINCE\tRECEIVED\tSENT\tLOST\tREFUSED")
	for _, id := range s.IDs {
		n, known := nodes[id]
		if !known {
			state := "not started"
			if there[s.Placed[id]].Name == "" {
				state = "the agent does not answer"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t\t\t\t\t\t\n", id, s.Placed[id], state)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%d\t%d\t%d\t%d\n", id, s.Placed[id], n.State, n.PID, time.UnixMilli(n.Since).Format(time.DateTime), n.Received, n.Sent, n.Lost, n.Refused)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, a := range s.Agents {
		if a.Lost > 0 {
			fmt.Fprintf(c.stdout, "agent %s has lost %d messages: the server was away, or what came was too much\n", a.Name, a.Lost)
		}
	}
	for _, id := range s.IDs {
		if why := nodes[id].Why; why != "" {
			fmt.Fprintf(c.stdout, "%s %s\n", id, why)
		}
	}
	return nil
}

func (c *cli) restartCommand() *cobra.Command {
	return &cobra.Command{
		Use: "restart NODE", Short: "Kill a node, and start it again in its directory", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := c.client("restart")
			if err != nil {
				return err
			}
			defer client.Conn.Close()
			return client.Restart(cmd.Context(), args[0])
		},
	}
}

func (c *cli) downCommand() *cobra.Command {
	return &cobra.Command{
		Use: "down", Short: "Kill all nodes, and end up", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := c.client("down")
			if err != nil {
				return err
			}
			defer client.Conn.Close()
			return client.Down(cmd.Context())
		},
	}
}

func (c *cli) tailCommand() *cobra.Command {
	var node string
	var logs, messages bool
	cmd := &cobra.Command{
		Use:   "tail [--node NODE] [--logs | --messages]",
		Short: "Show messages and logs as they come",
		Long: `Show what passes over the network, and what nodes write to stderr, until Ctrl-C. A message is shown when it is sent; it may still be lost.
If more comes than can be shown, some is left out.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if logs && messages {
				return errors.New("--logs and --messages exclude each other: without either, both are shown")
			}
			client, err := c.client("tail")
			if err != nil {
				return err
			}
			defer client.Conn.Close()
			return c.tail(cmd.Context(), client, node, !messages, !logs)
		},
	}
	cmd.Flags().StringVar(&node, "node", "", "only what this `node` writes, sends and gets")
	cmd.Flags().BoolVar(&logs, "logs", false, "only what nodes write to stderr")
	cmd.Flags().BoolVar(&messages, "messages", false, "only messages")
	return cmd
}

func (c *cli) tail(ctx context.Context, client cluster.Client, node string, logs, messages bool) error {
	got := make(chan *nats.Msg, 10_000)
	prefix := wire.Subject(client.Name, "log") + "."
	if logs {
		if _, err := client.Conn.ChanSubscribe(prefix+"*", got); err != nil {
			return err
		}
	}
	if messages {
		if _, err := client.Conn.ChanSubscribe(wire.Subject(client.Name, "to", "*"), got); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-got:
			if id, ok := strings.CutPrefix(m.Subject, prefix); ok {
				if node == "" || node == id {
					fmt.Fprintf(c.stdout, "%s | %s\n", id, m.Data)
				}
				continue
			}
			parsed, err := wire.Parse(m.Data)
			if err == nil && (node == "" || node == parsed.Src || node == parsed.Dest) {
				fmt.Fprintf(c.stdout, "%s\n", m.Data)
			}
		}
	}
}
