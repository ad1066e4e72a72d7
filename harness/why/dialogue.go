package why

import (
	"math"

	"glomers/harness/history"
)

// A dialogue is an operation as the record has it, with the messages of the client and the node.
type dialogue struct {
	inv, done      history.Op
	ended          bool
	node           string
	request, reply *Sent // nil if the journal does not have them
	begin, end     int64 // on its node: from the request's arrival to the sending of the reply
	first, last    int64 // the ids of the messages between these
}

// dialogue returns that of the operation that has an event at an index of the history.
func (r *Run) dialogue(op int) dialogue {
	d := dialogue{inv: r.Ops[op], node: r.Ops[op].Node, last: math.MaxInt64}
	if d.inv.Type == history.Invoke {
		d.done, d.ended = r.Completion(op)
	} else {
		d.done, d.ended = d.inv, true
		if inv, ok := r.Invocation(op); ok {
			d.inv = inv
		}
	}
	d.begin, d.end = d.inv.Time, r.End
	if d.ended {
		d.end = d.done.Time
	}
	if d.inv.Type == history.Invoke {
		d.request = r.request(d.inv)
	}
	if d.request != nil {
		d.first = d.request.ID
		if at, ok := d.request.Arrival(); ok {
			d.begin = at
		}
		if d.reply = r.answer(d.request); d.reply != nil {
			d.end, d.last = d.reply.At, d.reply.ID
		}
	}
	return d
}

// failed reports whether the operation certainly did not happen.
func (d dialogue) failed() bool { return d.ended && d.done.Type == history.Fail }

// acknowledged reports whether the client was told that the operation had happened.
func (d dialogue) acknowledged() bool { return d.ended && d.done.Type == history.OK }
