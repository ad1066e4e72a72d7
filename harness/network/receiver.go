package network

import "time"

// A receiver is where a party takes messages in one at a time, as the one thread that the reference harness gives each of its
// nodes, services and clients does: idle, it takes the message that is due first of those that wait, sleeps until that is due,
// and delivers it. Whatever comes meanwhile waits, even if it is due at once: a client's request waits for a slow message between nodes.
type receiver struct {
	asleep  bool  // with a message, which is in Network.queue
	waiting queue // all others
}

// arrive puts e, which has just been sent, into the queue of its receiver, unless a fault loses it: what is lost holds nobody up. Latencies
// are whole milliseconds, too.
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

// wake makes the receiver of a message that has been delivered take the next one.
func (n *Network) wake(now time.Duration, r *receiver) {
	r.asleep = false
	n.poll(now, r)
}

// poll makes an idle receiver take the next message. A link that is cut now drops it now, though it be due after the heal; one that is
// cut while the receiver sleeps no longer does. Sleep takes whole milliseconds, so the message is delivered up to one too early.
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
