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
// register is the function that registers the program's handlers; the program's main function passes it to node.NewNode as
// well. A Cluster is several nodes that talk to each other.
//
// Deterministic and Idempotent check what a node.Machine promises of its messages, without a node.
//
// A Client fails the test if an expected message does not arrive within Timeout, if a reply is not of the requested type, if an Always
// of the node does not hold or an Unreachable is reached, or if the node has not ended cleanly at the end of the test. It waits on channels only. In a bubble of testing/synctest,
// sleeps and deadlines therefore take no time; the whole Client must then be used inside the bubble.
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

	"glomers/internal/control"
	"glomers/node"
)

// clientID is the node id under which a Client makes its requests.
const clientID = "c1"

// A Client is the network around one node. Its methods may be called concurrently. Methods that can fail the test may be
// called only where testing.TB.FailNow may be called.
type Client struct {
	// Timeout is how long Request, Expect, Init and Close wait. New sets it to 10 s.
	Timeout time.Duration

	tb    testing.TB
	mem   *node.Mem
	disk  node.Disk                              // of the node's Store; nil if it has none
	carry func(m node.Message, line []byte) bool // delivers a message if its destination is another node, which it reports; or nil
	label string                                 // of the node's goroutines, in profiles
	ended chan struct{}                          // closed when Run has returned, after runErr is set
	close sync.Once

	runErr error

	mu       sync.Mutex
	id       string        // the node's id, once Init has been called
	changed  chan struct{} // closed and replaced when a message has been sent
	sent     []node.Message
	services map[string]func(req node.Message) any
	lastID   int64
}

// Start runs a node whose handlers setup registers, initialises it with ids, and returns its client. The first id is the
// node's own; without ids, it is n1. The node is closed at the end of the test.
func Start(tb testing.TB, setup func(n *node.Node), ids ...string) *Client {
	tb.Helper()
	c := New(tb, setup)
	c.Init(ids...)
	return c
}

// New is Start without the initialisation, which is left to Init. It is for nodes that use services in OnInit.
func New(tb testing.TB, setup func(n *node.Node)) *Client {
	tb.Helper()
	c := newClient(tb)
	c.run(setup)
	return c
}

// NewOnDisk is New for a node whose Store is on disk. A test ends a life of the node with Close, and begins the next on the same disk.
func NewOnDisk(tb testing.TB, disk node.Disk, setup func(n *node.Node)) *Client {
	tb.Helper()
	c := newClient(tb)
	c.disk = disk
	c.run(setup)
	return c
}

// newClient returns a Client whose node is not running yet.
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
		Disk:      c.disk,
		Seed:      1,
		Logger:    slog.New(slog.NewTextHandler(c.tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	setup(n)
	control.Listen(n, func(o control.Observation) {
		if o.Violates() {
			c.tb.Errorf("nodetest: %s", o)
		}
	})
	go pprof.Do(context.Background(), pprof.Labels("nodetest", c.label), func(context.Context) {
		c.runErr = n.Run()
		close(c.ended)
	})
	c.tb.Cleanup(c.Close)
}

// Init initialises the node; init is the first message in every network. The first id is the node's own; without ids, it is
// n1.
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

// Request sends a request of type typ and returns the body of the reply, which must be of type typ_ok. The fields of the
// request come from body, a struct or a map; nil means no fields. Resp may be json.RawMessage.
func Request[Resp any](c *Client, typ string, body any) Resp {
	c.tb.Helper()
	reply := c.Do(typ, body)
	if reply.Type() != typ+"_ok" {
		c.tb.Fatalf("nodetest: the reply to %s is %s", typ, reply.Body)
	}
	return Body[Resp](c, reply)
}

// ExpectError sends a request and returns the error in the reply. It fails the test unless the reply is an error with the
// given code.
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

// Do sends a request and returns the reply, whatever its type.
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

// Send sends the node a message of type typ with the fields of body, in the name of another node. The message does not ask
// for a reply.
func (c *Client) Send(from, typ string, body any) {
	c.tb.Helper()
	c.send(from, body, fields{"type": typ})
}

// Reply answers a request that the node has sent and that Expect has returned. The type of the reply is the request's type
// with _ok appended. If body is an error, Reply sends an error reply; its code is that of the *RPCError.
func (c *Client) Reply(req node.Message, body any) {
	c.tb.Helper()
	c.send(req.Dest, body, replyFields(req, body))
}

// Deliver passes a line to the node unchanged.
func (c *Client) Deliver(line string) { c.mem.Deliver([]byte(line)) }

// Expect returns the first message of type typ that the node has sent to dest, and waits for one if necessary. It returns
// every message only once.
func (c *Client) Expect(dest, typ string) node.Message {
	c.tb.Helper()
	return c.await(fmt.Sprintf("a message of type %q to %s", typ, dest), func(m node.Message) bool {
		return m.Dest == dest && m.Type() == typ
	})
}

// Sent returns the messages that the node has sent and that nothing else has consumed: it leaves out replies to Request,
// messages that Expect has returned, and requests to a Service.
func (c *Client) Sent() []node.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]node.Message(nil), c.sent...)
}

// Service has answer reply to the node's requests to the service id, in their order. If answer returns a body, the reserved
// fields are added to it; an error is sent as in Reply; nil means no reply. The function must not wait. A second function
// for the same id replaces the first.
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

// Close ends the node's input and waits until the node has ended. It fails the test if Run returns an error, or if
// goroutines that the node's handlers have started are still running. It is called automatically at the end of the test.
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
