package network

import "time"

// A receiver delivers a party's messages one at a time. It models the single receiving thread that the reference harness gives
// each node, service and client. An idle receiver takes the earliest due of its waiting messages, sleeps until that message is
// due, and delivers it. Messages that arrive meanwhile wait, even if they are due at once: a client's request waits for a slow
// message between nodes.
type receiver struct {
	asleep  bool  // it has taken a message, which is in Network.queue
	waiting queue // the messages not yet taken
}

// arrive puts e, which has just been sent, into the queue of its receiver. A message that a fault loses is dropped at once, so
// that it does not delay others. Latencies are cut to whole milliseconds.
func (n *Network) arrive(now time.Duration, e envelope) {
	if e.lost {
		n.bytes -= len(e.body)
		n.drop(now, e)
		return
	}
	e.due = now + (e.due - now).Truncate(time.Millisecond)
	r := &e.link.dest.receiver
	r.waiting.push(e)
	n.waiting++
	n.poll(now, r)
}

// wake makes a receiver take its next message after a delivery.
func (n *Network) wake(now time.Duration, r *receiver) {
	r.asleep = false
	n.poll(now, r)
}

// poll makes an idle receiver take its next message. The state of the link counts now, not when the message is due: a link that
// is cut now drops the message, even if the message is due after the heal, and a link that is cut while the receiver sleeps does
// not. The receiver sleeps for whole milliseconds, so a message may be delivered up to 1 ms early.
func (n *Network) poll(now time.Duration, r *receiver) {
	for !r.asleep && len(r.waiting) > 0 {
		e := r.waiting.pop()
		n.waiting--
		if e.link.cut {
			n.bytes -= len(e.body)
			n.drop(now, e)
			continue
		}
		e.due = now + max(0, e.due-now).Truncate(time.Millisecond)
		r.asleep = true
		n.queue.push(e)
	}
}

func (n *Network) drop(now time.Duration, e envelope) {
	n.dropped++
	n.record(now, Dropped, e.message())
}
