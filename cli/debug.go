package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"glomers/harness/choice"
	"glomers/harness/explore"
)

func (c *cli) debugCommand() *cobra.Command {
	var (
		f         = scopeFlags{tests: testFlags{kinds: c.kinds, faults: c.faults}}
		decisions choice.List
		port      uint16
		open      bool
	)
	cmd := &cobra.Command{
		Use:   "debug NAME",
		Short: "Step through the executions of a small cluster in the browser",
		Long: `Show an execution of a small cluster of baselines or mutants in the browser, action by
action: forwards, backwards, or with another message, a loss, a timer, a kill in between.
The page shows the states of all nodes, what an action has changed, what was tried, and two
executions side by side; it searches for failures, and for events in a certain order.

The address is printed on stdout. Only this machine is served, until Ctrl-C. The hash of
the address is the list of decisions: --decisions, or a link, shows that execution again.
A node of your own is debugged from a test of it: go test -run NAME -debug.`,
		Example: `  glomers debug broadcast-no-retry --losses 1 --open
  glomers debug flooding --node-count 4 --ops "c0 broadcast 1; c3 read"
  glomers debug broadcast-no-retry --losses 1 --decisions 7.4`,
		ValidArgs: sampleCompletions(),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("no node is named: want %s; %s node lists them", cmd.UseLine(), c.name)
			}
			return oneWord(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			node, err := findSample(args[0])
			if err != nil {
				return err
			}
			scope, err := f.of(node)
			if err != nil {
				return err
			}
			d, err := explore.NewDebugger(scope, c.log)
			if err != nil {
				return err
			}
			if _, err := explore.Look(scope, decisions, -1); err != nil {
				return err
			}
			l, err := listen("127.0.0.1", port, true)
			if err != nil {
				return err
			}
			url := explore.Address(l, decisions)
			fmt.Fprintln(c.stdout, url)
			if open {
				if err := openBrowser(url); err != nil {
					c.log.Warn("the browser does not open; the address is above", "err", err)
				}
			}
			return d.Serve(cmd.Context(), l)
		},
	}
	f.register(cmd)
	define(cmd, "decisions", "", "list", "0", "show the execution with these decisions, as in 12.3-17.1", func(text string) (err error) {
		decisions, err = choice.Parse(text)
		return err
	})
	define(cmd, "port", "p", "port", "0", "port to serve on; 0 takes one that is free", portOf(&port))
	cmd.Flags().BoolVar(&open, "open", false, "open the browser")
	return cmd
}
