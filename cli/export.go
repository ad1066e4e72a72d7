package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness/record"
	"glomers/internal/export"
	"glomers/internal/wording"
)

func (c *cli) exportCommand() *cobra.Command {
	var (
		o  export.Options
		to string
	)
	cmd := &cobra.Command{
		Use:   "export [DIR] --format " + strings.Join(export.Formats(), "|"),
		Short: "Write a run in the format of another tool",
		Long: `Write what happened in a run, that in DIR or else the one that was finished last, in the format
of another tool:

  otlp      OpenTelemetry's traces, as lines of OTLP/JSON: a span for each operation and for each
            message. A client's request belongs to its operation, and an answer to its request;
            what else a message led to is not in the record
  perfetto  Chrome's trace events: open the file at https://ui.perfetto.dev
  shiviz    a log with vector clocks: open it at https://bestchai.bitbucket.io/shiviz, with the
            expression that is there`,
		Example: `  glomers export --format perfetto --out trace.json
  glomers export store/latest --format shiviz --from 3 --to 3.5
  glomers export --format otlp | curl --data-binary @- …`,
		Args: oneRun,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := runIn(args)
			if o.Format == "" {
				return fmt.Errorf("--format: want %s", wording.Or(export.Formats()))
			}
			if err := c.noRun(dir, "test.json", "a journal"); err != nil {
				return err
			}
			run, err := record.Open(dir)
			if err != nil {
				return err
			}
			defer run.Close()
			if to == "" {
				return c.export(c.stdout, run, o)
			}
			f, err := os.Create(to)
			if err != nil {
				return err
			}
			return errors.Join(c.export(f, run, o), f.Close())
		},
	}
	cmd.Flags().StringVar(&o.Format, "format", "", "`one` of "+strings.Join(export.Formats(), ", "))
	cmd.Flags().StringVar(&to, "out", "", "the `file` to write; without it, stdout")
	define(cmd, "from", "", "seconds", "", "only from this time after the start on", span(&o.From, time.Second, 0))
	define(cmd, "to", "", "seconds", "", "only up to this time after the start", span(&o.To, time.Second, 0))
	return cmd
}

// export writes a run, and says what of it is missing.
func (c *cli) export(w io.Writer, run *record.Run, o export.Options) error {
	missing, err := export.Write(w, run, o)
	if missing.Lines > 0 {
		c.log.Warn("some of the messages are missing", "lines of the journal that are no events", missing.Lines)
	}
	if missing.Half {
		c.log.Warn("the last message is missing: the journal ends in half a line")
	}
	if missing.Full {
		c.log.Warn("the messages are those until the journal was full: --max-journal of the run")
	}
	return err
}
