package node

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// How a node ends: see Run and Shutdown.
const (
	drainLimit = 5 * time.Second       // how long a shutdown waits for what is in flight
	drainQuiet = 50 * time.Millisecond // how long the input must be quiet for Shutdown to end
)

// Run reads messages and handles them, until the input ends (nil), Shutdown is called (nil) or
// the output breaks (an error, at once). Otherwise it waits for the handlers in flight,
// at most 5 s, and flushes the output before it returns. The contexts of timers and of functions given to
// Go end when the shutdown begins. Run may be called once.
func (n *Node) Run() error {
	n.watch.running.Store(true)
	n.wire()
	go n.read()
	<-n.stopped
	n.cancel.background()
	if !isOutputError(n.stopErr) { // otherwise nobody would see what the handlers answer
		n.drain()
	}
	n.cancel.requests()
	n.closeDisk()
	if err := n.transport.Flush(); err != nil {
		return err
	}
	return n.stopErr
}

// drain waits until nothing is in flight.
func (n *Node) drain() {
	select {
	case <-n.inflight.idle():
	case <-time.After(drainLimit):
		n.log.Warn("handlers are still running, ending without them", "waited", drainLimit)
	}
}

// Shutdown makes Run return: it goes on answering until the input has been quiet for 50 ms and no handler
// runs, at most 5 s. It returns at once.
func (n *Node) Shutdown() {
	n.cancel.background()
	go func() {
		n.awaitQuiet()
		n.stop(nil)
	}()
}

// awaitQuiet waits until the input has been quiet for a while, but for drainLimit at the most.
func (n *Node) awaitQuiet() {
	limit := time.After(drainLimit)
	look := time.NewTicker(drainQuiet)
	defer look.Stop()
	for seen := int64(-1); ; {
		now := n.received.Load()
		if now == seen && n.idle.Load() { // what is not idle has lines to read
			return
		}
		seen = now
		select {
		case <-look.C:
		case <-limit:
			return
		case <-n.stopped: // the input has ended meanwhile
			return
		}
	}
}

// stop makes Run end. The first error counts.
func (n *Node) stop(err error) {
	n.stopOnce.Do(func() {
		n.stopErr = err
		close(n.stopped)
	})
}

// read is the reading loop. At any time one goroutine runs it, and calls the handlers itself. A handler that waits first
// starts another goroutine that reads on (task.pause); its own goroutine then ends with the handler.
func (n *Node) read() {
	for {
		if !n.transport.Ready() {
			n.idle.Store(true)
			if n.flush() != nil {
				return
			}
		}
		line, err := n.transport.ReadLine()
		n.idle.Store(false)
		if err != nil {
			n.endOfInput(err)
			return
		}
		n.received.Add(1)
		if !n.take(line) {
			return
		}
	}
}

// take handles a line. It reports whether the calling goroutine is to read on.
func (n *Node) take(line []byte) bool {
	e, err := scanEnvelope(line)
	if err != nil {
		n.log.Warn("ignoring a line that is not a message", "err", err, "line", clip(line))
		if len(e.src) > 0 && !e.hasInReplyTo {
			n.replyError(&e, malformed(err))
		}
		return true
	}
	if n.clock.virtual && n.spawn == nil {
		n.clock.tell(e.now)
		if string(e.src) == clockID {
			n.fromClock(&e)
			return true
		}
	}
	if n.in != nil {
		n.in(e.message())
	}
	if n.gate.closed.Load() && !e.hasInReplyTo && string(e.typ) != "init" {
		n.openGate()
	}
	return n.dispatch(&e)
}

// endOfInput ends the node, and the calls that wait: no reply can come any more.
func (n *Node) endOfInput(err error) {
	n.idle.Store(true)
	n.mu.Lock()
	n.noReplies.Store(true)
	var waiting []*call // in the order of their latest attempts, not the map's
	for _, id := range slices.Sorted(maps.Keys(n.pending)) {
		if c := n.pending[id]; c.callback == nil {
			waiting = append(waiting, c)
		}
	}
	n.mu.Unlock()
	n.cancel.background()
	if errors.Is(err, io.EOF) {
		n.stop(nil)
	} else {
		n.stop(fmt.Errorf("node: cannot read input: %w", err))
	}
	for _, c := range waiting {
		n.complete(c, nil)
	}
}

// dispatch passes a message to its handler or its call. It reports whether the calling goroutine is to read on. It does not keep e,
// so that an envelope costs no allocation.
func (n *Node) dispatch(e *envelope) bool {
	if e.hasInReplyTo {
		n.deliver(e)
		return true
	}
	h, ok := n.handlers[string(e.typ)]
	switch {
	case string(e.typ) == "init":
		h = handler{typed: n.answerInit}
	case !ok:
		n.log.Warn("no handler for this message", "type", string(e.typ), "from", string(e.src))
		n.replyError(e, NewRPCError(NotSupported, fmt.Sprintf("no handler for messages of type %q", e.typ)))
		return true
	case n.phase.Load() != initiated && n.early(e):
		return true
	case h.official != nil:
		n.inflight.begin()
		n.clock.loose.begin()
		go n.runOfficial(h.official, *e)
		return true
	}
	n.inflight.begin() // before the turn is acquired: a message that waits for the turn is in flight
	n.turn.acquire()
	if n.spawn != nil { // the caller's goroutine must not wait with the handler
		t := &task{Context: n.requests, n: n, e: *e}
		n.spawn(func() { n.run(t, h.typed) })
		return true
	}
	return n.run(&task{Context: n.requests, n: n, e: *e, reads: true}, h.typed)
}

// early reports whether a message has come before the node can handle it, and then refuses it.
func (n *Node) early(e *envelope) bool {
	if n.phase.Load() != nameless && slices.Contains(n.NodeIDs(), string(e.src)) {
		return false
	}
	n.log.Debug("ignoring a message that came before the node was initialised", "type", string(e.typ), "from", string(e.src))
	n.replyError(e, NewRPCError(TemporarilyUnavailable, "this node has not been initialised yet"))
	return true
}

// A handler is that of a message type. One of the two fields is set.
type handler struct {
	official HandlerFunc   // run in a goroutine of its own
	typed    func(t *task) // run with the turn; it replies itself
}

// register adds a handler; a second one for a type is a programming error.
func (n *Node) register(typ string, h handler) {
	if _, ok := n.handlers[typ]; ok {
		panic(fmt.Sprintf("node: duplicate message handler for %q message type", typ))
	}
	n.handlers[typ] = h
}

// Handle registers fn for messages of type typ, as in the official library: each runs in its own goroutine, started
// in the order in which the messages came, and replies with Reply; an error is replied
// like that of a typed handler. It panics if typ has a handler. Call it before Run.
func (n *Node) Handle(typ string, fn HandlerFunc) { n.register(typ, handler{official: fn}) }

func (n *Node) runOfficial(fn HandlerFunc, e envelope) {
	defer n.inflight.end()
	defer n.clock.loose.end()
	msg := e.message()
	if err := n.protect("the handler of "+string(e.typ), func() error { return fn(msg) }); err != nil {
		n.fail(&e, err)
	}
}

// answerInit is the handler of init.
func (n *Node) answerInit(t *task) {
	err := n.protect("initialisation", func() error { return n.initialise(t) })
	if err != nil {
		n.log.Error("initialisation failed", "err", err)
		n.replyError(&t.e, err)
		return
	}
	n.reply(&t.e, "init_ok", []byte("{}"))
}

// reply answers the request e, if it asked for an answer. raw is the JSON of an object.
func (n *Node) reply(e *envelope, typ string, raw []byte) {
	if !e.hasMsgID {
		return
	}
	// The only error left is that of the output, which Run returns.
	_ = n.send(string(e.src), raw, reserved{typ: typ, inReplyTo: e.msgID, hasInReplyTo: true})
}

// fail tells the sender of e about its handler's error, or reports one that the sender did not ask for.
func (n *Node) fail(e *envelope, err error) {
	if !e.hasMsgID && !isOutputError(err) {
		n.log.Warn("handler failed", "type", string(e.typ), "from", string(e.src), "err", err)
	}
	n.replyError(e, err)
}

// replyError answers the request e with err.
func (n *Node) replyError(e *envelope, err error) {
	n.reply(e, "", mustMarshal(toErrorReply(err)))
}

// clip shortens a line for a report.
func clip(line []byte) string {
	const limit = 200
	if len(line) > limit {
		return fmt.Sprintf("%q… (%d bytes)", line[:limit], len(line))
	}
	return fmt.Sprintf("%q", line)
}
