package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness/record"
	"glomers/harness/report"
)

func (c *cli) reportCommand() *cobra.Command {
	var (
		o    report.Options
		open bool
		ops  []int
	)
	cmd := &cobra.Command{
		Use:   "report [DIR]",
		Short: "Write the report of a run again",
		Long: `Write report.html and the pictures latency.svg, rate.svg and messages.svg into the
directory of a run, DIR or else the run that was finished last. Every run writes them
itself; this is for runs of other versions, and for other messages: the picture has the first
1,000 from --from on, and so has the page if there are more than it has room for. --ops takes
the numbers that verdicts give operations.

A report has limits, and says what it leaves out: it shows 300,000 messages, 400,000 events of
the history, 16 KiB of each value, and reads 4 GiB of the history and of the journal (--limit).`,
		Example: `  glomers report --open
  glomers report store/latest --from 3 --to 4.5
  glomers report --ops 9,11`,
		Args: oneRun,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := runIn(args)
			if len(ops) > 0 && (o.From > 0 || o.To > 0) {
				return errors.New("--ops with --from or --to: want one or the other")
			}
			if err := c.noRun(dir, "test.json", "a history", "results"); err != nil {
				return err
			}
			if len(ops) > 0 {
				if err := o.Around(dir, ops); err != nil {
					return err
				}
			}
			if err := o.Write(dir); err != nil {
				return err
			}
			page := filepath.Join(record.Resolve(dir), "report.html")
			fmt.Fprintln(c.stdout, page)
			if open {
				return openBrowser(page)
			}
			return nil
		},
	}
	define(cmd, "from", "", "seconds", "", "show messages from this time after the start on", span(&o.From, time.Second, 0))
	define(cmd, "to", "", "seconds", "", "show messages up to this time after the start", span(&o.To, time.Second, 0))
	define(cmd, "ops", "", "numbers", "", "show the messages of the time of these operations, with commas between them", indexes(&ops))
	define(cmd, "limit", "", "size", "4GiB", "how much of the history, and of the journal, is read", sizeOf(&o.Limit))
	cmd.Flags().BoolVar(&open, "open", false, "open the report in the browser")
	return cmd
}
