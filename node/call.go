package node

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// DefaultTimeout is how long Call and SyncRPC wait for a reply when neither an option nor
// the context says otherwise.
const DefaultTimeout = 5 * time.Second

// A CallOption changes how Call behaves.
type CallOption func(*policy)

// A policy says how long a request waits for its reply, and how it is repeated.
type policy struct {
	timeout time.Duration // from the first attempt
	repeat  bool
	retry   Retry
}

// WithTimeout makes a call give up after d, all its attempts included.
func WithTimeout(d time.Duration) CallOption {
	return func(p *policy) { p.timeout = d }
}

// Idempotent says that doing the request twice does no more than doing it once, and makes the
// call repeat it in the manner of r: when no reply has come in time, and when the
// reply is error 11, temporarily unavailable. A reply to any attempt is the call's.
func Idempotent(r Retry) CallOption {
	return func(p *policy) { p.repeat, p.retry = true, r }
}

// A Retry is a schedule of attempts: exponential backoff with full jitter (Brooker, "Exponential
// Backoff and Jitter", 2015). Attempt k, counted from 0, is followed by the next one after Wait plus a
// random part of min(Cap, Base·2^k). Zero fields mean the defaults.
type Retry struct {
	Wait   time.Duration // how long an attempt is given for its reply; default 250 ms
	Base   time.Duration // default 50 ms
	Cap    time.Duration // default 1 s
	Budget int           // the largest number of attempts; default 10
}

func (r Retry) withDefaults() Retry {
	def := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&r.Wait, 250*time.Millisecond)
	def(&r.Base, 50*time.Millisecond)
	def(&r.Cap, time.Second)
	if r.Budget <= 0 {
		r.Budget = 10
	}
	return r
}

// backoff returns a random duration in 0 … min(Cap, Base·2^attempt).
func (r Retry) backoff(attempt int, rng *rand.Rand) time.Duration {
	limit := r.Cap
	if attempt < 32 { // beyond that the shift may overflow
		limit = min(r.Cap, r.Base<<attempt)
	}
	return time.Duration(rng.Int64N(int64(limit) + 1))
}

// backoff returns a random pause before another attempt, in the default manner.
func (n *Node) backoff(attempt int) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return Retry{}.withDefaults().backoff(attempt, n.jitter)
}

// Call sends dest the request body, an object or struct, under the type typ, waits for the
// reply and decodes it. It gives up after DefaultTimeout; options change that, and
// make it repeat the request.
//
// An error reply comes back as its *RPCError. No reply in time is an *RPCError with code
// Timeout: the request may have been carried out. If ctx ends first, the error is ctx's.
// Any goroutine may call it; a typed handler passes its own ctx, and other handlers run while it waits.
func Call[Resp any](ctx context.Context, n *Node, dest, typ string, body any, opts ...CallOption) (Resp, error) {
	var resp Resp
	p := policy{timeout: DefaultTimeout}
	for _, o := range opts {
		o(&p)
	}
	e, err := n.roundTrip(ctx, dest, typ, body, p)
	if err != nil {
		return resp, err
	}
	if err := decode(e.body, &resp); err != nil {
		return resp, fmt.Errorf("node: reply %s of %s to %s: %w", e.body, dest, typ, err)
	}
	return resp, nil
}

// RPC sends a request and returns at once. When the reply comes, handler is called with it in a
// goroutine of its own, as in the official library. It is kept until then.
func (n *Node) RPC(dest string, body any, handler HandlerFunc) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("node: request to %s: %w", dest, err)
	}
	c := &call{callback: handler}
	if err := n.request(c, dest, "", raw); err != nil {
		n.forget(c)
		return err
	}
	return nil
}

// SyncRPC sends a request and waits for the reply, until ctx ends, whose error it then returns. If ctx
// has no deadline, it gives up after DefaultTimeout with an *RPCError of code Timeout. An
// error reply is returned as the message and as its *RPCError.
func (n *Node) SyncRPC(ctx context.Context, dest string, body any) (Message, error) {
	p := policy{timeout: DefaultTimeout}
	if _, ok := ctx.Deadline(); ok {
		p.timeout = 0
	}
	e, err := n.roundTrip(ctx, dest, "", body, p)
	if e == nil {
		return Message{}, err
	}
	return e.message(), err
}

// A call is a request whose reply is awaited, by a callback or by a goroutine.
type call struct {
	callback HandlerFunc // of RPC; nil otherwise
	waiter
	ids      []int64  // the msg_id of every attempt; guarded by Node.mu
	id       [1]int64 // room for the first msg_id: most calls have one attempt
	reply    envelope // valid if replied; set before the waiter is woken
	replied  bool
	policy   policy
	received int64  // how many lines the node had read when the call began
	attempt  int    // the number of the latest attempt, from 0; guarded by Node.mu, as is resend
	resend   *event // the next attempt
	again    func() // makes the next attempt
}

// roundTrip sends a request and waits for its reply. For an error reply it returns both the envelope and the
// *RPCError.
func (n *Node) roundTrip(ctx context.Context, dest, typ string, body any, p policy) (*envelope, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("node: request to %s: %w", dest, err)
	}
	p.retry = p.retry.withDefaults()
	w := n.newWaiter(ctx)
	if w.task == nil {
		if err := n.checkStray(ctx); err != nil {
			return nil, err
		}
	}
	c := &call{waiter: w, policy: p, received: n.received.Load()}
	c.ids = c.id[:0]
	defer n.forget(c)
	if p.repeat {
		c.again = func() {
			// The only error is that of a broken output, which ends the node and the call.
			_ = n.request(c, dest, typ, raw)
			n.turn.release()
		}
		n.repeat(c, p.retry.Wait) // before the request, whose reply may change the schedule
	}
	if err := n.request(c, dest, typ, raw); err != nil {
		return nil, err
	}
	if err := n.await(ctx, c); err != nil {
		return nil, err
	}
	if !c.replied {
		return nil, n.noReply(c, dest)
	}
	return &c.reply, replyError(&c.reply)
}

// await waits until c has its reply or its timeout has passed.
func (n *Node) await(ctx context.Context, c *call) error {
	if c.policy.timeout <= 0 {
		return n.wait(ctx, &c.waiter)
	}
	if c.task != nil || n.clock.virtual {
		e := n.timers.after(c.policy.timeout, func() { n.wake(&c.waiter, false) })
		defer n.timers.stop(e)
		return n.wait(ctx, &c.waiter)
	}
	// Without a task the deadline must not depend on the turn, which a handler keeps if it mistakenly
	// passes a context that is not its own.
	limited, cancel := context.WithTimeout(ctx, c.policy.timeout)
	defer cancel()
	if err := n.wait(limited, &c.waiter); err != nil {
		return ctx.Err()
	}
	return nil
}

// noReply returns the error of a call that has ended without a reply.
func (n *Node) noReply(c *call, dest string) error {
	if n.noReplies.Load() {
		return NewRPCError(Timeout, fmt.Sprintf("no reply from %s: the node's input has ended", dest))
	}
	text := fmt.Sprintf("no reply from %s within %v", dest, c.policy.timeout)
	if c.task == nil && n.turn.busy() && n.received.Load() == c.received {
		text += " (nothing was read meanwhile: a typed handler must pass on its own ctx, or it keeps the turn)"
	}
	return NewRPCError(Timeout, text)
}

// request sends one attempt of c, unless c has ended.
func (n *Node) request(c *call, dest, typ string, raw []byte) error {
	n.mu.Lock()
	if n.noReplies.Load() && c.callback == nil {
		n.mu.Unlock()
		return NewRPCError(TemporarilyUnavailable, "the node's input has ended: no reply could come")
	}
	if c.claimed {
		n.mu.Unlock()
		return nil
	}
	n.lastMsgID++
	id := n.lastMsgID
	n.pending[id] = c
	c.ids = append(c.ids, id)
	n.mu.Unlock()
	return n.send(dest, raw, reserved{typ: typ, msgID: id, hasMsgID: true})
}

// repeat schedules the next attempt of c: after wait and a random backoff.
func (n *Node) repeat(c *call, wait time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.claimed || c.attempt+1 >= c.policy.retry.Budget {
		return
	}
	d := wait + c.policy.retry.backoff(c.attempt, n.jitter)
	if c.resend != nil {
		n.timers.stop(c.resend)
	}
	c.resend = n.timers.after(d, func() {
		n.mu.Lock()
		c.attempt++
		n.mu.Unlock()
		n.repeat(c, c.policy.retry.Wait)
		c.again()
	})
}

// forget cancels the next attempt of c, and makes the node ignore replies that are still to come.
func (n *Node) forget(c *call) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range c.ids {
		delete(n.pending, id)
	}
	c.ids = nil
	if c.resend != nil {
		n.timers.stop(c.resend)
	}
}

// deliver passes a reply to its call. The reading goroutine calls it, without the turn.
func (n *Node) deliver(e *envelope) {
	n.mu.Lock()
	c := n.pending[e.inReplyTo]
	n.mu.Unlock()
	switch {
	case c == nil:
		n.log.Debug("nobody waits for this reply", "from", string(e.src), "body", string(e.body))
	case c.callback != nil:
		n.forget(c)
		n.inflight.begin()
		n.clock.loose.begin()
		go n.runCallback(c.callback, e.message())
	default:
		n.deliverToWaiter(c, e)
	}
}

func (n *Node) runCallback(fn HandlerFunc, reply Message) {
	defer n.inflight.end()
	defer n.clock.loose.end()
	err := n.protect("a callback", func() error { return fn(reply) })
	if err != nil && !isOutputError(err) {
		n.log.Error("callback failed", "reply", string(reply.Body), "err", err)
	}
}

func (n *Node) deliverToWaiter(c *call, e *envelope) {
	if c.policy.repeat && ErrorCode(replyError(e)) == TemporarilyUnavailable {
		n.mu.Lock()
		left := c.attempt+1 < c.policy.retry.Budget
		n.mu.Unlock()
		if left {
			n.repeat(c, 0)
			return
		}
	}
	n.complete(c, e)
}

// complete ends c, unless it has ended, with a reply, or with nil if none can come. It does not wait until the task of c
// has the turn.
func (n *Node) complete(c *call, reply *envelope) {
	n.mu.Lock()
	first := !c.claimed
	if first {
		c.claimed = true
		if reply != nil {
			c.reply, c.replied = *reply, true
		}
	}
	n.mu.Unlock()
	switch {
	case !first:
	case c.task != nil:
		n.turn.give(&c.place)
	default:
		n.clock.loose.begin()
		c.place.called <- struct{}{}
	}
}
