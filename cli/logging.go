package cli

import (
	"io"
	"log/slog"
	"time"

	"github.com/lmittmann/tint"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// newLog returns a log that writes lines to w, which may be a terminal. Messages may come from nodes and must be escaped, so
// every log is made here.
func newLog(w io.Writer, colour bool) *slog.Logger {
	return slog.New(terminal.Handler(tint.NewTextHandler(w, &tint.Options{TimeFormat: time.TimeOnly, NoColor: !colour})))
}

// logging selects the events of a run that are logged as they happen.
type logging struct {
	ops, stderr, sent, received bool
}

// attach makes t write the selected events to log.
func (l logging) attach(t *harness.Test, log *slog.Logger) {
	if l.ops {
		t.OnOp = func(op history.Op) { log.Info(op.Text()) }
	}
	if l.stderr {
		t.OnLog = func(node, line string) { log.Info(line, "node", node) }
	}
	if l.sent || l.received {
		t.OnMessage = func(e network.Event) {
			wanted := l.received
			if e.Kind == network.Sent {
				wanted = l.sent
			}
			if !wanted {
				return
			}
			fields := []any{"at", wording.Duration(e.Time), "id", e.ID, "src", e.Src}
			if e.Writer != "" {
				fields = append(fields, "writer", e.Writer)
			}
			log.Info(e.Kind, append(fields, "dest", e.Dest, "body", string(e.Body))...)
		}
	}
}

// logJSON switches the log to JSON, without colours and without live lines.
func (c *cli) logJSON() {
	c.terminal = false
	c.log = slog.New(slog.NewJSONHandler(escapedJSON{c.stderr}, nil))
}

// escapedJSON escapes JSON for a terminal. Each call of Write gets a whole text.
type escapedJSON struct{ w io.Writer }

func (e escapedJSON) Write(b []byte) (int, error) {
	if _, err := e.w.Write(terminal.JSON(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
