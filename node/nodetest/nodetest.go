// Package nodetest runs a node in memory for unit tests, as net/http/httptest does
// for servers. The test is the node's network: it sends requests, sees what the
// node sends to others, and plays the services.
//
//	func TestAdd(t *testing.T) {
//		c := nodetest.Start(t, register, "n1", "n2")
//		nodetest.Request[struct{}](c, "add", map[string]any{"element": 7})
//		gossip := c.Expect("n2", "gossip")
//		require.JSONEq(t, `{"type":"gossip","elements":[7]}`, string(gossip.Body))
//	}
//
// where register is the function that registers the program's handlers; its main
// function calls it with node.NewNode. A Cluster is several nodes that talk to each other.
//
// A Client fails the test when something does not come within Timeout, when a reply is not the one that
// was asked for, and at the end of the test when the node has not ended in
// good order. It waits on channels only: in a bubble of testing/synctest, where the
// whole Client must then be used, sleeps and deadlines take no time.
package nodetest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/pprof"
	"sync"
	"testing"
	"time"

	"glomers/node"
)

// clientID is the node id under which a Client makes its requests.
const clientID = "c1"

// A Client is the network around one node. Its methods may be called concurrently; those that
// may fail the test only where testing.TB.FailNow may be.
type Client struct {
	// Timeout is how long Request, Expect, Init and Close wait. New sets it to 10 s.
	Timeout time.Duration

	tb    testing.TB
	mem   *node.Mem
	carry func(m node.Message, line []byte) bool // takes a message to another node, if that is its destination; or nil
	label string                                 // of the node's goroutines in profiles
	ended chan struct{}                          // closed when Run has returned, after runErr is set
	close sync.Once

	runErr error

	mu       sync.Mutex
	id       string        // the node's, once Init was called
	changed  chan struct{} // closed and replaced when a message has been sent
	sent     []node.Message
	services map[string]func(req node.Message) any
	lastID   int64
}

// Start runs a node whose handlers setup registers, initialises it with ids, and returns its
// client. The first id is the node's own; without any it is n1. The node is closed at the end of the test.
func Start(tb testing.TB, setup func(n *node.Node), ids ...string) *Client {
	tb.Helper()
	c := New(tb, setup)
	c.Init(ids...)
	return c
}

// New is Start without the initialisation, which is for Init to do: for nodes that use services
// in OnInit.
func New(tb testing.TB, setup func(n *node.Node)) *Client {
	tb.Helper()
	c := newClient(tb)
	c.run(setup)
	return c
}

// newClient returns a Client whose node does not run yet.
func newClient(tb testing.TB) *Client {
	c := &Client{
		Timeout:  10 * time.Second,
		tb:       tb,
		ended:    make(chan struct{}),
		changed:  make(chan struct{}),
		services: make(map[string]func(node.Message) any),
	}
	c.label = fmt.Sprintf("%p", c)
	c.mem = node.NewMem(c.receive)
	return c
}

// run runs the node until the end of the test.
func (c *Client) run(setup func(n *node.Node)) {
	n := node.New(node.Options{
		Transport: c.mem,
		Seed:      1,
		Logger:    slog.New(slog.NewTextHandler(c.tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	setup(n)
	go pprof.Do(context.Background(), pprof.Labels("nodetest", c.label), func(context.Context) {
		c.runErr = n.Run()
		close(c.ended)
	})
	c.tb.Cleanup(c.Close)
}

// Init initialises the node, as the first message of every network does. The first id is the
// node's own; without any it is n1.
func (c *Client) Init(ids ...string) {
	c.tb.Helper()
	if len(ids) == 0 {
		ids = []string{"n1"}
	}
	c.mu.Lock()
	c.id = ids[0]
	c.mu.Unlock()
	Request[struct{}](c, "init", map[string]any{"node_id": ids[0], "node_ids": ids})
}

// Request sends a request of type typ with the fields of body, a struct or map, or nil for none, and returns the
// reply's body, which must be of type typ_ok. Resp may be json.RawMessage.
func Request[Resp any](c *Client, typ string, body any) Resp {
	c.tb.Helper()
	reply := c.Do(typ, body)
	if reply.Type() != typ+"_ok" {
		c.tb.Fatalf("nodetest: the reply to %s is %s", typ, reply.Body)
	}
	return Body[Resp](c, reply)
}

// ExpectError sends a request, whose reply must be an error with that code, and returns the error.
func (c *Client) ExpectError(code int, typ string, body any) *node.RPCError {
	c.tb.Helper()
	reply := c.Do(typ, body)
	e := Body[struct {
		Type string
		Code *int // present even if 0
		Text string
	}](c, reply)
	if e.Type != "error" || e.Code == nil || *e.Code != code {
		c.tb.Fatalf("nodetest: the reply to %s is %s, not an error with code %d", typ, reply.Body, code)
	}
	return node.NewRPCError(*e.Code, e.Text)
}

// Do sends a request and returns the reply, whatever it is.
func (c *Client) Do(typ string, body any) node.Message {
	c.tb.Helper()
	c.mu.Lock()
	c.lastID++
	id := c.lastID
	c.mu.Unlock()
	c.send(clientID, body, fields{"type": typ, "msg_id": id})
	return c.await("a reply to "+typ, func(m node.Message) bool {
		to := inReplyTo(m)
		return m.Dest == clientID && to != nil && *to == id
	})
}

// Send sends the node a message of type typ with the fields of body from another node; it
// asks for no reply.
func (c *Client) Send(from, typ string, body any) {
	c.tb.Helper()
	c.send(from, body, fields{"type": typ})
}

// Reply answers a request that the node has sent to dest, and that Expect returned. The type
// is that of the request with _ok; an error is sent as an error reply, which has the code of an *RPCError.
func (c *Client) Reply(req node.Message, body any) {
	c.tb.Helper()
	c.send(req.Dest, body, replyFields(req, body))
}

// Deliver gives the node a line as it is.
func (c *Client) Deliver(line string) { c.mem.Deliver([]byte(line)) }

// Expect returns the first message of type typ that the node has sent to dest, and waits for it if need
// be. Every message is returned once.
func (c *Client) Expect(dest, typ string) node.Message {
	c.tb.Helper()
	return c.await(fmt.Sprintf("a message of type %q to %s", typ, dest), func(m node.Message) bool {
		return m.Dest == dest && m.Type() == typ
	})
}

// Sent returns the messages that the node has sent and nobody has taken: replies that came to Request, messages that
// Expect returned and requests to a Service are not among them.
func (c *Client) Sent() []node.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]node.Message(nil), c.sent...)
}

// Service makes answer reply to the node's requests to id, in their order: with a body, to which the
// reserved fields are added, with an error as in Reply, or, if nil, not at all. answer must not
// wait. A second function for an id replaces the first.
func (c *Client) Service(id string, answer func(req node.Message) any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.services[id] = answer
}

// Body decodes a message's body.
func Body[M any](c *Client, m node.Message) M {
	c.tb.Helper()
	var body M
	if err := json.Unmarshal(m.Body, &body); err != nil {
		c.tb.Fatalf("nodetest: %s: %v", m.Body, err)
	}
	return body
}

// Close ends the node's input and waits until the node has ended. It fails the test if Run returns an error or
// if goroutines that the node's handlers have started go on. At the end of the test it is called anyway.
func (c *Client) Close() {
	c.tb.Helper()
	c.close.Do(func() {
		c.mem.CloseInput()
		select {
		case <-c.ended:
		case <-time.After(c.Timeout):
			c.tb.Errorf("nodetest: the node has not ended within %v:\n%s", c.Timeout, c.goroutines())
			return
		}
		if c.runErr != nil {
			c.tb.Errorf("nodetest: Run returned %v", c.runErr)
		}
		c.checkLeaks()
	})
}
