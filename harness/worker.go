package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"glomers/harness/history"
	"glomers/harness/internal/rpc"
	"glomers/harness/network"
	"glomers/harness/workload"
)

// A worker carries out one operation after another. It has a separate goroutine, in which its client can wait for replies.
type worker struct {
	index   int // from 0; also the first of its processes
	process history.Process
	node    string
	client  *client
	script  workload.Script // of the final phase; nil outside it
	jobs    chan job        // one slot, empty while the worker is idle; run.stop closes it
}

// A job is a task for a worker: an operation, or the setup of the workload.
type job struct {
	setup  bool
	op     history.Op
	client *client
}

// work carries out jobs until the channel is closed.
func (r *run) work(w *worker) {
	defer r.working.Done()
	for j := range w.jobs {
		c := &caller{run: r, worker: w, client: j.client}
		f := finished{worker: w}
		if j.setup {
			f.err = r.workload.Setup(c)
			c.sign(f.err)
		} else {
			value, err := r.workload.Invoke(c, j.op)
			c.sign(err)
			f.op = workload.Complete(r.workload, j.op, value, err)
		}
		r.post(r.workerSource(w), f)
		r.active.end()
	}
}

// A client is a party on the network that sends requests to one node, one at a time. The scheduler owns it.
type client struct {
	id     string
	node   string
	lastID int64 // msg_id of the last request; used by the caller only

	waiting int64       // msg_id of the unanswered request; 0 if there is none
	ignored []Unmatched // messages received meanwhile that do not answer the request
	answer  func(reply) // called with the answer, in the scheduler's goroutine
	replies chan reply  // one slot; nil unless the client belongs to a worker
}

// A reply is the outcome of a request.
type reply struct {
	body    json.RawMessage
	err     error       // workload.ErrTimeout or errStopped
	ignored []Unmatched // after ErrTimeout
}

// errStopped is the error of a request that is unanswered when the run ends. It is not in the history, since the scheduler then
// no longer accepts completions.
var errStopped = errors.New("harness: the run has been stopped")

// newClient puts a new client of node on the network.
func (r *run) newClient(node string) *client {
	c := &client{id: "c" + strconv.Itoa(r.clientsMade), node: node}
	r.clientsMade++
	r.clients[c.id] = c
	r.net.Add(c.id, network.Client)
	return c
}

// newWorkerClient puts a new client of node on the network. Its answers go to a worker's goroutine.
func (r *run) newWorkerClient(node string) *client {
	c := r.newClient(node)
	c.replies = make(chan reply, 1)
	c.answer = func(a reply) {
		r.active.begin()
		c.replies <- a // never blocks: there is at most one answer per request
	}
	return c
}

// dropClient removes a client from the network. Messages to it are lost from then on.
func (r *run) dropClient(c *client) {
	delete(r.clients, c.id)
	r.net.Remove(c.id)
}

// ask sends a client's request. The outcome goes to c.answer.
func (r *run) ask(at time.Duration, c *client, id int64, body json.RawMessage, timeout time.Duration) {
	c.waiting, c.ignored = id, nil
	if err := r.send(at, c.id, c.node, body); err != nil {
		r.fail(fmt.Errorf("harness: %w", err))
		return
	}
	r.after(timeout, func() {
		if c.waiting == id {
			r.timedOut(c)
		}
	})
}

func (c *client) settle(a reply) {
	c.waiting = 0
	c.answer(a)
}

// A caller is the workload.Client of a worker; it runs in the worker's goroutine.
type caller struct {
	run    *run
	worker *worker
	client *client
}

// Node implements workload.Client.
func (c *caller) Node() string { return c.client.node }

// Call implements workload.Client.
func (c *caller) Call(body any, wantType string, into any) error {
	c.client.lastID++
	request, err := rpc.WithMsgID(body, c.client.lastID)
	if err != nil {
		return fmt.Errorf("harness: request %T: %w", body, err)
	}
	if !c.run.post(c.run.workerSource(c.worker), asked{client: c.client, id: c.client.lastID, body: request}) {
		return errStopped
	}
	c.run.active.end()
	a := <-c.client.replies
	if len(a.ignored) > 0 {
		return fmt.Errorf("%w: %s sent %s, but %s", a.err, c.client.node, a.ignored[0].Example, a.ignored[0].Problem)
	}
	if a.err != nil {
		return a.err
	}
	return rpc.Decode(a.body, wantType, into)
}

// sign fills in the parties in the error of a malformed reply.
func (c *caller) sign(err error) {
	if m, ok := errors.AsType[*workload.MalformedReply](err); ok {
		m.To, m.From = c.client.id, c.client.node
	}
}
