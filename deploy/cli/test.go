package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	glomers "glomers/cli"
	"glomers/deploy/agent"
	"glomers/deploy/broker"
	"glomers/deploy/cluster"
	"glomers/deploy/field"
	"glomers/harness"
)

// A tester carries out tests in the field.
type tester struct {
	*cli
	agents int

	field *field.Field // nil before the first test
	ends  []func()
}

// testCommand returns a command of glomers, test or challenge, whose nodes talk over NATS.
func (c *cli) testCommand(name, short string) *cobra.Command {
	return &cobra.Command{
		Use: name + " [flags]", Short: short, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			t := &tester{cli: c}
			defer t.close()
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			c.registerServer(flags)
			flags.IntVar(&t.agents, "agents", 3, "how many agents run the nodes: here, each with a connection of its own, or with --nats those that are there")
			c.status = glomers.Run(cmd.Context(), append([]string{name}, args...), c.rawOut, c.rawErr, glomers.Called(cmd.Root().Name()), glomers.Elsewhere(flags, t.run))
			return nil
		},
	}
}

func (t *tester) run(ctx context.Context, test harness.Test) (harness.Result, error) {
	if t.field == nil {
		if err := t.open(ctx); err != nil {
			return harness.Result{}, err
		}
	}
	return t.field.Run(ctx, test)
}

// open gets the agents ready.
func (t *tester) open(ctx context.Context) error {
	if t.agents < 1 || t.agents > 100 {
		return fmt.Errorf("--agents %d: want 1 to 100", t.agents)
	}
	url, token := t.url, ""
	if url == "" {
		token = rand.Text()
		server, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Token: token})
		if err != nil {
			return err
		}
		t.ends = append(t.ends, func() {
			server.Shutdown()
			server.WaitForShutdown()
		})
		url = server.ClientURL()
		dir, err := os.MkdirTemp("", "glomers-deploy-")
		if err != nil {
			return err
		}
		t.ends = append(t.ends, func() { _ = os.RemoveAll(dir) })
		for i := range t.agents {
			name := fmt.Sprint("a", i+1)
			end, err := t.startAgent(ctx, url, token, agent.Config{Name: name, Dir: filepath.Join(dir, name)})
			if err != nil {
				return err
			}
			t.ends = append(t.ends, end)
		}
	}
	conn, err := t.connect(url, "test", nats.Token(token))
	if err != nil {
		return err
	}
	t.ends = append(t.ends, conn.Close)
	t.field = &field.Field{Client: cluster.Client{Conn: conn, Name: t.name}, Agents: t.agents, Note: t.note, Waiting: t.waiting(t.agents)}
	return nil
}

func (t *tester) close() {
	for i := len(t.ends) - 1; i >= 0; i-- {
		t.ends[i]()
	}
}
