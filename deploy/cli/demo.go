package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/deploy/cluster"
	"glomers/internal/program"
)

func (c *cli) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Bring up three nodes of kafka-log, send, poll, kill one, and end",
		Long:  "Bring up three nodes of ../kafka-log with an embedded server in a temporary directory, send messages, poll them at another node, restart a node, and end it all. Each step shows the command that does it.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := program.Root()
			if err != nil {
				return fmt.Errorf("demo: %w", err)
			}
			if c.dir, err = os.MkdirTemp("", "glomers-deploy-"); err != nil {
				return err
			}
			defer os.RemoveAll(c.dir)
			c.url = ""
			j := upJob{cli: c, bin: filepath.Join(root, "kafka-log"), args: []string{"-durable"}, nodes: 3, agents: 1, listen: "127.0.0.1:0"}
			fmt.Fprintf(c.stdout, "$ glomers-deploy up --bin kafka-log --nodes 3 -- -durable\n")
			return j.up(cmd.Context(), c.demo)
		},
	}
}

// demo shows what a log on three nodes does.
func (c *cli) demo(ctx context.Context, client cluster.Client) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("it took more than 30 s"))
	defer cancel()
	for i := range 3 {
		if _, err := c.show(ctx, client, "n0", fmt.Sprintf(`{"type":"send","key":"k","msg":%d}`, 10*(i+1))); err != nil {
			return err
		}
	}
	if err := c.showPoll(ctx, client, "n1"); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "$ glomers-deploy restart n0\n")
	if err := client.Restart(ctx, "n0"); err != nil {
		return err
	}
	if err := c.showPoll(ctx, client, "n0"); err != nil {
		return err
	}
	status, err := client.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "$ glomers-deploy status\n")
	if err := c.printStatus(status); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "$ glomers-deploy down\n")
	return nil
}

// showPoll polls until a node shows all three messages: nodes tell each other of messages now and then, not at once.
func (c *cli) showPoll(ctx context.Context, client cluster.Client, node string) error {
	const poll = `{"type":"poll","offsets":{"k":0}}`
	for {
		answer, err := client.Call(ctx, node, json.RawMessage(poll))
		if err != nil {
			return err
		}
		if strings.Contains(string(answer), "30]") {
			_, err := c.show(ctx, client, node, poll)
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// show carries out a call, and shows the command for it and what came.
func (c *cli) show(ctx context.Context, client cluster.Client, node, body string) (json.RawMessage, error) {
	fmt.Fprintf(c.stdout, "$ glomers-deploy call %s '%s'\n", node, body)
	answer, err := client.Call(ctx, node, json.RawMessage(body))
	if err != nil {
		return nil, err
	}
	return answer, c.printJSON(answer)
}
