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

// newLog returns a log that writes lines to w, which may be a terminal. All logs are made here, so that none has messages that are not
// escaped: they come from nodes.
func newLog(w io.Writer, colour bool) *slog.Logger {
	return slog.New(terminal.Handler(tint.NewTextHandler(w, &tint.Options{TimeFormat: time.TimeOnly, NoColor: !colour})))
}

// logging says what of a run is logged as it happens.
type logging struct {
	ops, stderr, sent, received bool
}

// attach makes t log to log.
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

// logJSON has everything that is logged written as JSON, without colours and lines that change.
func (c *cli) logJSON() {
	c.terminal = false
	c.log = slog.New(slog.NewJSONHandler(escapedJSON{c.stderr}, nil))
}

// escapedJSON writes JSON to what may be a terminal, a text per call.
type escapedJSON struct{ w io.Writer }

func (e escapedJSON) Write(b []byte) (int, error) {
	if _, err := e.w.Write(terminal.JSON(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
