package main

import (
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"

	"glomers/internal/serve"
)

func (c *cli) serveCommand() *cobra.Command {
	var (
		store string
		port  uint16
		open  bool
	)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the runs of a store in the browser",
		Long: `Show the runs of a store in the browser: their verdicts and figures, two of them side
by side, their reports, and a run in progress as it goes. Runs can be deleted there.

The address is printed on stdout. Only this machine is served, until Ctrl-C.`,
		Example: `  glomers serve --open
  glomers serve --store /tmp/store --port 8080`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := serve.New(store, c.log)
			if err != nil {
				return fmt.Errorf("%w\nA run makes one: glomers challenge 1", err)
			}
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
			if err != nil {
				return err
			}
			url := "http://" + l.Addr().String() + "/"
			fmt.Fprintln(c.stdout, url)
			if open {
				if err := openBrowser(url); err != nil {
					c.log.Warn("the browser does not open; the address is above", "err", err)
				}
			}
			return s.Serve(cmd.Context(), l)
		},
	}
	cmd.Flags().StringVar(&store, "store", "store", "`directory` with the files of the runs")
	cmd.Flags().Uint16Var(&port, "port", 0, "`port` to serve on; 0 takes one that is free")
	cmd.Flags().BoolVar(&open, "open", false, "open the browser")
	return cmd
}

// openBrowser shows a page in the user's browser.
func openBrowser(url string) error {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	return exec.Command(program, url).Start() // it may last as long as the browser
}
