package cli

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/record"
	"glomers/internal/serve"
)

func (c *cli) serveCommand() *cobra.Command {
	var (
		store, host string
		port        uint16 = defaultPort
		open        bool
	)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the runs of a store in the browser",
		Long: `Show the runs of a store in the browser: their verdicts and figures, two of them side
by side, their reports, and a run in progress as it goes. Runs can be deleted there.

The address is printed on stdout. Only this machine is served, until Ctrl-C, unless another
--host is given: whoever can reach that address may read, and delete, what is there.`,
		Example: `  glomers serve --open
  glomers serve --store /tmp/store --port 8081
  glomers serve --host 0.0.0.0`,
		Args: noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch place, _ := record.Locate(store); place {
			case record.StoreDir, record.EmptyDir, record.OtherDir:
			default:
				return c.noStore(store)
			}
			s, err := serve.New(store, harness.Figures(c.kinds), c.log)
			if err != nil {
				return err
			}
			s.Suggest(c.firstRun())
			l, err := listen(host, port, cmd.Flags().Changed("port"))
			if err != nil {
				return err
			}
			s.Allow(host)
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
	cmd.Flags().StringVarP(&host, "host", "b", "127.0.0.1", "`address` or name to serve on; 0.0.0.0 means all of this machine's")
	define(cmd, "port", "p", "port", strconv.Itoa(defaultPort), "port to serve on; 0 takes one that is free, as does a default that is taken", portOf(&port))
	cmd.Flags().BoolVar(&open, "open", false, "open the browser")
	return cmd
}

const defaultPort = 8080

// portOf accepts the number of a port.
func portOf(p *uint16) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return errors.New("want the number of a port, from 0 to 65535")
		}
		*p = uint16(n)
		return nil
	}
}

// listen listens on the port. If the port is only the default and is taken, listen uses a free one.
func listen(host string, port uint16, chosen bool) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	if errors.Is(err, addressInUse) && !chosen {
		return net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	return l, err
}
