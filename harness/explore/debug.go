package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"testing"
	"time"

	"glomers/harness/choice"
	"glomers/internal/debugging"
)

// debugFlag is for one test; -run selects it.
var debugFlag = flag.Bool("debug", false, "serve a page for the browser in which the executions of a scope can be stepped through, until Ctrl-C")

// A Debugger serves a page on which all executions of a scope can be stepped through: forwards, backwards, and with other choices.
type Debugger struct{ server *debugging.Server }

// NewDebugger returns a debugger of the scope. What goes wrong while it serves goes to log.
func NewDebugger(s Scope, log *slog.Logger) (*Debugger, error) {
	p, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	defer p.close()
	server, err := debugging.New(p.kind.Name, &subject{s, p.parties()}, log)
	if err != nil {
		return nil, fmt.Errorf("explore: %w", err)
	}
	return &Debugger{server}, nil
}

// ServeHTTP implements http.Handler. The server that calls it must be net/http's, on a loopback address.
func (d *Debugger) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.server.ServeHTTP(w, r) }

// Serve answers on l, which should be on a loopback address, until ctx ends; then it returns nil. It closes l.
func (d *Debugger) Serve(ctx context.Context, l net.Listener) error { return d.server.Serve(ctx, l) }

// Address returns the address at which a debugger that listens on l shows the execution: at its end, or at the beginning if there are no
// decisions.
func Address(l net.Listener, d choice.List) string {
	address := "http://" + l.Addr().String() + "/"
	if len(d) > 0 {
		address += "#" + d.String()
	}
	return address
}

// Debug serves the debugger of the scope on a free port of this machine, prints its address, and returns after Ctrl-C, or shortly before
// the time of the test is over. The option -debug of a test does the same for Explore and Catch.
func Debug(t *testing.T, s Scope) {
	t.Helper()
	d, err := choice.Parse(*decisionsFlag)
	if *decisionsFlag != "" && err != nil {
		t.Fatal(err)
	}
	debugger, err := NewDebugger(s, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	defer stop()
	limit := ""
	if deadline, ok := t.Deadline(); ok {
		var cancel context.CancelFunc
		deadline = deadline.Add(-2 * time.Second)
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
		limit = fmt.Sprintf(", or for %v (-timeout 0: for ever)", time.Until(deadline).Round(time.Second))
	}
	fmt.Fprintf(os.Stderr, "%s\n\tshows %s until Ctrl-C%s\n", Address(l, d), t.Name(), limit)
	if err := debugger.Serve(ctx, l); err != nil {
		t.Fatal(err)
	}
}

// A subject is the debugging.Subject of a scope.
type subject struct {
	scope   Scope
	parties []string
}

// Look implements debugging.Subject, as do the methods below.
func (s *subject) Look(decisions string, at int) (any, error) {
	d, err := choice.Parse(decisions)
	if err != nil {
		return nil, err
	}
	return Look(s.scope, d, at)
}

func (s *subject) Find(decisions string, pattern json.RawMessage) (any, error) {
	wanted, err := s.parse(pattern)
	if err != nil {
		return nil, err
	}
	d, err := choice.Parse(decisions)
	if err != nil {
		return nil, err
	}
	v, err := Look(s.scope, d, 0)
	return wanted.In(v.Actions), err
}

func (s *subject) Search(ctx context.Context, pattern json.RawMessage, patience time.Duration) (any, error) {
	wanted, err := s.parse(pattern)
	if err != nil {
		return nil, err
	}
	return Reach(ctx, s.scope, wanted, patience)
}

// parse reads a pattern.
func (s *subject) parse(text json.RawMessage) (Pattern, error) {
	var p Pattern
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("explore: the pattern: %w", err)
	}
	return p, p.check(s.parties)
}
