package network

import (
	"encoding/json"
	"time"
)

// An envelope is a message under way.
type envelope struct {
	due    time.Duration
	link   *link
	writer *party // nil if it is the link's src
	id     int64
	lost   bool // a fault loses the message on the way
	body   json.RawMessage
}

// message returns the message with the network's copies of the ids. The caller's ids may be substrings of a long line, which
// they would keep in memory.
func (e *envelope) message() Message {
	m := Message{ID: e.id, Src: e.link.src.id, Dest: e.link.dest.id, Body: e.body}
	if e.writer != nil {
		m.Writer = e.writer.id
	}
	return m
}

// before is a total order. It compares message ids only within a link, so that the interleaving of different senders has no
// effect.
func (e *envelope) before(o *envelope) bool {
	switch {
	case e.due != o.due:
		return e.due < o.due
	case e.link == o.link:
		return e.id < o.id
	case e.link.src != o.link.src:
		return e.link.src.index < o.link.src.index
	default:
		return e.link.dest.index < o.link.dest.index
	}
}

// A queue is a binary heap of values. container/heap would allocate for each message and compare through an interface.
type queue []envelope

func (q *queue) push(e envelope) {
	*q = append(*q, envelope{})
	h := *q
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// pop removes the first envelope. The queue must not be empty.
func (q *queue) pop() envelope {
	h := *q
	first := h[0]
	last := h[len(h)-1]
	h[len(h)-1] = envelope{} // frees the body
	h = h[:len(h)-1]
	*q = h
	if len(h) == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if right := child + 1; right < len(h) && h[right].before(&h[child]) {
			child = right
		}
		if !h[child].before(&last) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = last
	return first
}
