package node_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/stretchr/testify/require"

	"glomers/node"
)

// officialAPI is what the official library's Node and ours have in common.
type officialAPI interface {
	Handle(typ string, fn maelstrom.HandlerFunc)
	Run() error
	ID() string
	NodeIDs() []string
	Send(dest string, body any) error
	Reply(req maelstrom.Message, body any) error
	RPC(dest string, body any, handler maelstrom.HandlerFunc) error
	SyncRPC(ctx context.Context, dest string, body any) (maelstrom.Message, error)
}

// officialKV is what the KV clients have in common.
type officialKV interface {
	Read(ctx context.Context, key string) (any, error)
	ReadInt(ctx context.Context, key string) (int, error)
}

// A library is one implementation of the official API.
type library struct {
	name string
	new  func(in io.Reader, out io.Writer) (officialAPI, officialKV)
}

var ours = library{"node", func(in io.Reader, out io.Writer) (officialAPI, officialKV) {
	n := node.New(node.Options{Logger: slog.New(slog.DiscardHandler)})
	n.Stdin, n.Stdout = in, out
	n.Init("n1", []string{"n1"}) // or it refuses what the scenarios ask
	return n, node.NewSeqKV(n)
}}

var official = library{"official", func(in io.Reader, out io.Writer) (officialAPI, officialKV) {
	n := maelstrom.NewNode()
	n.Stdin, n.Stdout = in, out
	return n, maelstrom.NewSeqKV(n)
}}

// A scenario plays the network for a node. It returns an error if the node is at fault.
type scenario func(t *testing.T, h *host) error

// requireDefect runs the scenario against our library, which must do well, and against the
// official one, which must not: that it has the defect is a fact, not a claim.
func requireDefect(t *testing.T, play scenario) {
	t.Helper()
	require.NoError(t, against(t, ours, play))
	err := against(t, official, play)
	require.Error(t, err, "the official library does not have this defect any more")
	t.Logf("official library: %v", err)
}

// against runs a scenario in a bubble, where waiting takes no time.
func against(t *testing.T, lib library, play scenario) (verdict error) {
	t.Helper()
	log.SetOutput(io.Discard) // where the official library writes every message
	t.Run(lib.name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(lib)
			verdict = play(t, h)
			h.close()
		})
	})
	return verdict
}

// A host is the other end of a node's stdin and stdout.
type host struct {
	officialAPI
	kv officialKV

	in    *io.PipeWriter
	start func()
	ended chan struct{} // closed when Run has returned, after err is set
	err   error

	mu    sync.Mutex
	text  []byte // the part of a line
	lines chan []byte
}

func newHost(lib library) *host {
	h := &host{ended: make(chan struct{}), lines: make(chan []byte, 1<<16)}
	in, feed := io.Pipe()
	h.in = feed
	h.officialAPI, h.kv = lib.new(in, h)
	h.start = sync.OnceFunc(func() {
		go func() {
			h.err = h.Run()
			_ = in.Close() // never fails
			close(h.ended)
		}()
	})
	return h
}

// Write takes the node's output.
func (h *host) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, p...)
	for {
		line, rest, ok := bytes.Cut(h.text, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		h.lines <- bytes.Clone(line)
		h.text = rest
	}
}

// send starts the node, if it does not run, and gives it lines.
func (h *host) send(lines ...string) error {
	h.start()
	for _, line := range lines {
		if _, err := io.WriteString(h.in, line+"\n"); err != nil {
			<-h.ended
			return fmt.Errorf("the node has ended: %w", h.err)
		}
	}
	return nil
}

// reply is a line of the node's output with everything that a test may ask for.
type reply struct {
	Src, Dest string
	Body      struct {
		Type      string
		MsgID     *int64 `json:"msg_id"`
		InReplyTo *int64 `json:"in_reply_to"`
		Code      *int
		Text      string
		Value     json.RawMessage
	}
	line []byte
}

// next returns the node's next line. It waits for a minute, which is no time in a bubble.
func (h *host) next() (reply, error) {
	var line []byte
	select {
	case line = <-h.lines:
	default:
		select {
		case line = <-h.lines:
		case <-h.ended:
			return reply{}, fmt.Errorf("the node has ended: %w", h.err)
		case <-time.After(time.Minute):
			return reply{}, fmt.Errorf("no line within a minute")
		}
	}
	r := reply{line: line}
	if err := json.Unmarshal(line, &r); err != nil {
		return reply{}, fmt.Errorf("line %s: %w", line, err)
	}
	return r, nil
}

// ask sends one line and returns the next that the node writes.
func (h *host) ask(line string) (reply, error) {
	if err := h.send(line); err != nil {
		return reply{}, err
	}
	return h.next()
}

// close ends the node.
func (h *host) close() {
	h.start()
	_ = h.in.Close() // never fails
	<-h.ended
}

// waitingCallbacks returns how many replies the node waits for.
func waitingCallbacks(h *host) int {
	if n, ok := h.officialAPI.(*node.Node); ok {
		return n.Pending()
	}
	return reflect.ValueOf(h.officialAPI).Elem().FieldByName("callbacks").Len()
}
