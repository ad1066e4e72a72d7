package rsm

import (
	"slices"
	"time"

	"glomers/node"
)

// A Request is a command of a client of this node.
type Request[C, R any] struct {
	Done  bool // Reply is the answer
	Reply R

	command C
	read    bool
	number  uint64 // a write: in the session, from its first sending on; a read: that of its first ask. 0: it has never left this node
	sent    bool   // and need not be sent again yet
	sentAt  time.Duration
	index   uint64 // a read: from which index on it is right; 0: not known
}

// requests are those that wait, in the order in which they came.
type requests[C, R any] struct {
	life   uint64
	number uint64 // the last number of a write
	ask    uint64 // the last number of an ask

	writes, reads []*Request[C, R]
	retryAt       time.Duration // when to look for what was not answered, or node.Never
}

// unsent reports whether there is something that the leader must be sent.
func (q *requests[C, R]) unsent() bool {
	unsent := func(r *Request[C, R]) bool { return !r.sent }
	return slices.ContainsFunc(q.writes, unsent) || slices.ContainsFunc(q.reads, unsent)
}

// resend makes everything due again that was sent that long ago, and sets retryAt for the rest.
func (q *requests[C, R]) resend(ago, now time.Duration) {
	q.retryAt = node.Never
	for _, r := range slices.Concat(q.writes, q.reads) {
		switch {
		case !r.sent || r.index != 0:
		case r.sentAt+ago <= now:
			r.sent = false
		default:
			q.retryAt = min(q.retryAt, r.sentAt+ago)
		}
	}
}

// batch returns the commands to send to a leader now, nil if there are none.
func (q *requests[C, R]) batch(id string, now time.Duration) *Batch[C] {
	b := &Batch[C]{Node: id, Life: q.life}
	for _, r := range q.writes {
		if r.number == 0 {
			q.number++
			r.number = q.number
		}
		if !r.sent {
			r.sent, r.sentAt = true, now
			b.Commands = append(b.Commands, Command[C]{r.number, r.command})
		}
	}
	if len(b.Commands) == 0 {
		return nil
	}
	b.Done = q.number
	for _, r := range q.writes {
		b.Done = min(b.Done, r.number-1)
	}
	return b
}

// asks returns a question to the leader for all reads that were not sent, nil if there are none.
func (q *requests[C, R]) asks(now time.Duration) *Ask {
	id := q.ask + 1
	for _, r := range q.reads {
		if r.sent {
			continue
		}
		r.sent, r.sentAt, q.ask = true, now, id
		if r.number == 0 {
			r.number = id
		}
	}
	if q.ask < id {
		return nil
	}
	return &Ask{q.life, id}
}

// answered notes the leader's answer to an ask. It is right for all reads that had begun before the ask: those whose first ask it is, or was
// before it.
func (q *requests[C, R]) answered(a Index) {
	for _, r := range q.reads {
		if a.Life == q.life && r.index == 0 && r.number != 0 && r.number <= a.ID {
			r.index = a.Index
		}
	}
}

// lost makes the reads due again that wait for an ask which the engine has given up.
func (q *requests[C, R]) lost(a Ask) {
	for _, r := range q.reads {
		if r.index == 0 && r.number <= a.ID {
			r.sent = false
		}
	}
}

// reply ends the write with a number.
func (q *requests[C, R]) reply(number uint64, reply R) {
	for i, r := range q.writes {
		if r.number == number {
			r.Done, r.Reply = true, reply
			q.writes = slices.Delete(q.writes, i, i+1)
			return
		}
	}
}

// remove takes away a request whose client waits no more.
func (q *requests[C, R]) remove(r *Request[C, R]) {
	other := func(o *Request[C, R]) bool { return o == r }
	q.writes, q.reads = slices.DeleteFunc(q.writes, other), slices.DeleteFunc(q.reads, other)
}
