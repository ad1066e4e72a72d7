package explore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"glomers/harness/history"
	"glomers/harness/internal/rpc"
	"glomers/harness/workload"
	"glomers/node"
)

// A client carries out one operation after another. Its requests and their replies take no time, as in the harness. An operation
// runs in a goroutine of its own, which hands over to the world and back, so that one of the two runs at a time.
type client struct {
	world   *world
	index   int
	node    int
	id      string
	process history.Process
	todo    []history.Op
	begun   int
	turn    turnOf

	busy    bool
	asking  bool // its request is being handed to the node: its goroutine takes the reply itself
	op      history.Op
	opHash  uint64    // of the operation and of what had completed when it began
	lastID  int64     // msg_id of the latest request
	waiting int64     // msg_id of the request that has no reply yet; 0 if there is none
	reply   *answer   // of that request, until the goroutine has got it
	said    chan said // by the goroutine
	answers chan answer
	err     error // of the last run
}

// An answer is the outcome of a request.
type answer struct {
	body json.RawMessage
	err  error
}

// What the goroutine of an operation says: it makes a request, or it has ended.
type said struct {
	request json.RawMessage // nil at the end
	value   any
	err     error
}

func newClient(w *world, index int, todo []history.Op) *client {
	return &client{
		world: w, index: index, node: index % w.Nodes, id: "c" + strconv.Itoa(index), process: history.Process(index), todo: todo,
		said: make(chan said), answers: make(chan answer),
	}
}

// Node implements workload.Client.
func (c *client) Node() string { return c.world.ids[c.node] }

// Call implements workload.Client, for the goroutine of the operation.
func (c *client) Call(body any, wantType string, into any) error {
	c.lastID++
	request, err := rpc.WithMsgID(body, c.lastID)
	if err != nil {
		return fmt.Errorf("explore: request %T: %w", body, err)
	}
	c.said <- said{request: request}
	a := <-c.answers
	if a.err != nil {
		return a.err
	}
	return rpc.Decode(a.body, wantType, into)
}

// begin begins the next operation.
func (c *client) begin() {
	w := c.world
	op := c.todo[0]
	c.todo = c.todo[1:]
	c.begun++
	if op.F == "" {
		w.print.draws = true
		op = w.workload.(workload.PerProcess).NextFor(c.process)
	}
	c.invoke(op)
}

// invoke begins an operation.
func (c *client) invoke(op history.Op) {
	w := c.world
	op.Process, op.Node, op.Client, op.Type = c.process, c.Node(), c.id, history.Invoke
	c.op = op
	c.opHash = mix(mix(hashBytes([]byte(op.F)), hashBytes(op.Value)), mix(uint64(c.process), w.done))
	w.ops += c.opHash
	w.record(op)
	c.run(func() (any, error) { return w.workload.Invoke(c, op) })
}

// run lets f, which may call Call, run until it waits for a reply or ends.
func (c *client) run(f func() (any, error)) {
	c.busy = true
	c.world.crew.spawn(func() {
		value, err := f()
		c.said <- said{value: value, err: err}
	})
	c.goOn()
}

// goOn lets the goroutine go on until it waits for a reply or ends.
func (c *client) goOn() {
	for {
		s := <-c.said
		if s.request == nil {
			c.end(s)
			return
		}
		c.waiting = c.lastID
		m := c.world.members[c.node]
		if m.up {
			line := envelope(c.id, m.id, s.request)
			c.asking = true
			m.take(line, hashBytes(line))
			c.asking = false
		} else {
			c.reply = &answer{err: workload.ErrTimeout}
		}
		if c.reply == nil {
			return
		}
		c.answer()
	}
}

// receive takes a message to the client. What does not answer its request is ignored.
func (c *client) receive(body json.RawMessage) {
	var head struct {
		InReplyTo *int64 `json:"in_reply_to"`
	}
	if json.Unmarshal(body, &head) == nil && head.InReplyTo != nil && *head.InReplyTo == c.waiting && c.reply == nil {
		c.reply = &answer{body: body}
	}
}

// answer hands the reply to the goroutine.
func (c *client) answer() {
	a := *c.reply
	c.reply, c.waiting = nil, 0
	c.answers <- a
}

// giveUp ends the request of the client, as if no reply had come in time.
func (c *client) giveUp() {
	for c.busy {
		c.reply = &answer{err: workload.ErrTimeout}
		c.answer()
		c.goOn()
	}
}

// end records the completion of the operation.
func (c *client) end(s said) {
	c.busy, c.err = false, s.err
	if c.op.F == "" {
		return // the setup
	}
	w := c.world
	op := workload.Complete(w.workload, c.op, s.value, s.err)
	w.print.completes = true
	w.done += c.opHash
	w.ops += mix(c.opHash, mix(hashBytes([]byte(op.Type)), mix(hashBytes(op.Value), hashBytes(op.Error))))
	if op.Type == history.Info {
		c.process += history.Process(w.Clients)
	}
	c.op = history.Op{}
	c.turn.round = w.round
	w.record(op)
	if r, ok := w.workload.(workload.Reactive); ok {
		r.Observe(op)
	}
}

// key returns a hash of the client's state, apart from what has happened to its operations.
func (c *client) key() uint64 {
	return mix(uint64(len(c.todo))<<32|uint64(c.process), uint64(c.waiting)<<1|boolBit(c.busy))
}

// record adds an event to the history.
func (w *world) record(op history.Op) {
	op.Index = len(w.history)
	op.Time = int64(w.elapsed) + int64(len(w.history)+1)*1000
	w.history = append(w.history, op)
}

// send puts a line that a party has written under way, or hands it to the client that it is for.
func (w *world) send(from int, line []byte) {
	parsed, err := node.ParseMessage(line)
	if err != nil {
		w.fail(fmt.Errorf("explore: %s wrote %s, which is no message: %w", w.name(from), line, err))
		return
	}
	if to := w.receiver(parsed.Dest); to >= 0 {
		w.bag = append(w.bag, &message{
			src: parsed.Src, dest: parsed.Dest, from: from, to: to, service: from >= w.Nodes || to >= w.Nodes,
			line: line, body: parsed.Body, id: hashBytes(line), turn: turnOf{w.round, w.made}, fresh: true,
		})
		w.made++
		return
	}
	var head struct {
		Type      string `json:"type"`
		InReplyTo int64  `json:"in_reply_to"`
	}
	if parsed.Dest == initialiser && json.Unmarshal(parsed.Body, &head) == nil && head.InReplyTo == initID {
		if head.Type != "init_ok" {
			w.fail(fmt.Errorf("explore: %s%s answers init with %s", w.name(from), w.members[from].again(), parsed.Body))
		}
		w.members[from].initialised = true
		return
	}
	for _, c := range w.clients {
		if c.id == parsed.Dest {
			c.receive(parsed.Body)
			return
		}
	}
	w.fail(fmt.Errorf("explore: %s sends a message to %q, which is no party: %s", w.name(from), parsed.Dest, line))
}

// receiver returns the index of a node or service; -1 for others.
func (w *world) receiver(id string) int {
	if i := slices.Index(w.ids, id); i >= 0 {
		return i
	}
	for _, s := range w.services {
		if s.Name() == id {
			return s.index
		}
	}
	return -1
}

// name returns the id of a node or service.
func (w *world) name(receiver int) string {
	if receiver < w.Nodes {
		return w.ids[receiver]
	}
	return w.services[receiver-w.Nodes].Name()
}

// settle hands replies to the clients that wait for them. An operation that is just beginning takes its reply itself.
func (w *world) settle() {
	for _, c := range w.clients {
		if c.reply != nil && c.waiting != 0 && !c.asking {
			c.answer()
			c.goOn()
		}
	}
}
