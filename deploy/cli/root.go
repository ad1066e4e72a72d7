// Package cli is the command line of glomers-deploy.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"glomers/deploy/cluster"
	"glomers/deploy/wire"
	"glomers/internal/terminal"
)

// The exit statuses.
const (
	statusFine   = 0
	statusError  = 1 // a node answered with an error
	statusBroken = 3 // the command could not be carried out
)

// A cli is one execution of the program.
type cli struct {
	stdout, stderr io.Writer // escaped for terminals
	rawOut, rawErr io.Writer // the same, not escaped: for glomers, which does that itself
	status         int

	// The flags of all commands.
	name, dir, url, creds string
	ca, cert, key         string
}

// Main runs the command line of this process, and ends the process.
func Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes a command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out, errs := terminal.NewWriter(stdout, false), terminal.NewWriter(stderr, false)
	defer out.Flush()
	defer errs.Flush()
	c := &cli{stdout: out, stderr: errs, rawOut: stdout, rawErr: stderr}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(errs, "glomers-deploy: %v\n", err)
		return statusBroken
	}
	return c.status
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "glomers-deploy",
		Short: "Run node programs on a real network",
		Long: `Run node programs on a real network: the same programs as in tests, unchanged.

Nodes are processes. Agents start them, on one machine or on many, and carry their messages over NATS: an embedded
server, or your own. What the network promises is what nodes are written for: a message arrives at most once, or is lost.

Whoever can talk to the server can let its agents run any program. The embedded server listens on this machine alone, and
lets in those who can read the file in --dir that holds its token.

Exit status: 0 if all went well, 1 if a node answered with an error, 3 if the command could not be carried out.`,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	f := root.PersistentFlags()
	f.StringVar(&c.dir, "dir", "deployed", "the `directory` for logs and for what nodes keep; it also says how to reach the embedded server")
	c.registerServer(f)
	root.AddCommand(c.upCommand(), c.agentCommand(), c.callCommand(), c.statusCommand(), c.tailCommand(), c.restartCommand(), c.downCommand(), c.demoCommand(),
		c.testCommand("test", "Run one test of glomers with nodes on a real network"), c.testCommand("challenge", "Run challenges with nodes on a real network"))
	return root
}

// registerServer adds the flags that say which cluster of which server is meant.
func (c *cli) registerServer(f *pflag.FlagSet) {
	f.StringVar(&c.name, "name", "glomers", "the name of the cluster: several can be up at the same time")
	f.Var((*serverURL)(&c.url), "nats", "the `URL` of a NATS server, as in nats://token@host:4222 or tls://host:4222; without it, the embedded one")
	f.StringVar(&c.creds, "creds", "", "a `file` with NATS credentials")
	f.StringVar(&c.ca, "tls-ca", "", "a `file` with the certificates that the server's must come from")
	f.StringVar(&c.cert, "tls-cert", "", "a `file` with our certificate, for a server that wants one")
	f.StringVar(&c.key, "tls-key", "", "the `file` with its key")
}

// connect connects to a server. who is told to its operator.
func (c *cli) connect(url, who string, options ...nats.Option) (*nats.Conn, error) {
	options = append(wire.Options(), append(options, nats.Name("glomers-deploy "+who), nats.Timeout(5*time.Second))...)
	if c.creds != "" {
		options = append(options, nats.UserCredentials(c.creds))
	}
	if c.ca != "" {
		options = append(options, nats.RootCAs(c.ca))
	}
	if (c.cert == "") != (c.key == "") {
		return nil, errors.New("--tls-cert and --tls-key: want both or neither")
	}
	if c.cert != "" {
		options = append(options, nats.ClientCert(c.cert, c.key))
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("NATS server %s: %w", safeURL(url), err)
	}
	return conn, nil
}

// client returns a client of the cluster that the flags name.
func (c *cli) client(who string) (cluster.Client, error) {
	if err := wire.CheckID(c.name); err != nil {
		return cluster.Client{}, fmt.Errorf("--name %q: %w", c.name, err)
	}
	url, token := c.url, ""
	if url == "" {
		s, err := readState(c.dir)
		if err != nil {
			return cluster.Client{}, err
		}
		url, token = s.URL, s.Token
	}
	conn, err := c.connect(url, who, nats.Token(token))
	if err != nil && c.url == "" {
		err = fmt.Errorf("the cluster in %s does not answer; if its up was killed, start it again: %w", c.dir, err)
	}
	return cluster.Client{Conn: conn, Name: c.name}, err
}

// printJSON prints a value as one line of JSON, escaped for terminals.
func (c *cli) printJSON(v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		_, err = fmt.Fprintf(c.stdout, "%s\n", text)
	}
	return err
}

// errInterrupted is the end by Ctrl-C of a command that was not done.
var errInterrupted = errors.New("interrupted")
