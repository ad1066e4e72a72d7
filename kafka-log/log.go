package main

import (
	"encoding/json"
	"log/slog"
	"slices"
)

// A log is one node's replica of all topics. It knows nothing of networks: it writes a journal of its own, reads copies of the other nodes'
// journals, and shows the messages whose place is certain.
//
// # Why polls of different nodes agree
//
// Let w be a node's watermark of a key. Each other node has stated, at some place of its journal, that it gives out no offset below w any
// more. We have its journal up to that place, so we have all that it gave out below w. We ourselves give out nothing below next, which w
// does not exceed. Hence the messages below w are all that will ever be there, and every node whose watermark is at least w shows the same.
// This is Lamport's total order.
//
// # Why the watermark moves on
//
// When a node sees an offset of another node, it moves its next past that offset, and promises that. Once all nodes' promises are here and
// our own messages are everywhere, w is past the offset. A node without messages of its own promises as well, so nobody waits for it.
type log struct {
	self     int               // our index among the nodes
	journals []journal         // by node; all but journals[self] are copies
	topics   map[string]*topic // by key
	unstated []*topic          // topics whose next may be above what our journal says
	stable   int               // how much of our journal every node has had
	hidden   []*topic          // topics with messages of ours that polls may not show yet

	orderOnly bool // a message may be shown that only this node has
	closing
	properties
}

// newLog returns the empty log of the node with the index self.
func newLog(self, nodes int, orderOnly bool) *log {
	return &log{
		self: self, journals: make([]journal, nodes), topics: make(map[string]*topic),
		orderOnly: orderOnly, closing: closing{lead: lead * int64(nodes)},
	}
}

// own returns our journal.
func (l *log) own() journal { return l.journals[l.self] }

// topic returns the topic of a key, which is made if need be.
func (l *log) topic(key string) *topic {
	t := l.topics[key]
	if t == nil {
		t = newTopic(key, l.self, len(l.journals))
		l.topics[key] = t
	}
	return t
}

// send adds a client's message and returns its offset.
func (l *log) send(key string, msg json.RawMessage) int64 {
	t := l.topic(key)
	l.leap(t)
	offset := t.next
	l.add(l.self, item{Op: opSend, Key: key, Offset: offset, Msg: msg})
	return offset
}

// commit raises the committed offset of a key: a register that keeps the maximum, which is a state-based CRDT (Shapiro et al. 2011).
func (l *log) commit(key string, offset int64) {
	if offset > l.topic(key).committed {
		l.add(l.self, item{Op: opCommit, Key: key, Offset: offset})
	}
}

// promise states the next offset of all topics in which other nodes' messages have raised it.
func (l *log) promise() {
	for _, t := range l.unstated {
		t.unstated = false
		if t.next > t.bounds[l.self] { // a message of ours may have stated it meanwhile
			l.add(l.self, item{Op: opPromise, Key: t.key, Offset: t.next})
		}
	}
	l.unstated = l.unstated[:0]
}

// extend adds the items of a run of node i's journal that are new, and reports whether there are any.
func (l *log) extend(i int, r run) bool {
	items := r.continuation(len(l.journals[i]))
	for _, it := range items {
		l.add(i, it)
	}
	return len(items) > 0
}

// add appends an item to the journal of node i and carries it out.
func (l *log) add(i int, it item) {
	l.journals[i] = append(l.journals[i], it)
	if it.Op == opClose {
		l.closedBy(i)
		return
	}
	t := l.topic(it.Key)
	switch it.Op {
	case opCommit:
		t.committed = max(t.committed, it.Offset)
	case opPromise:
		l.bound(t, i, it.Offset)
	case opSend:
		if l.above.Watched() && i != l.self { // our own come back when we join, and polls show nothing before that is over
			l.above.Check(it.Offset >= t.watermark(l.self), slog.String("key", it.Key), slog.Int64("offset", it.Offset), slog.Int64("watermark", t.watermark(l.self)))
		}
		t.insert(entry{it.Offset, it.Msg})
		l.bound(t, i, it.Offset+l.nodes())
		if i == l.self {
			l.hide(t, it.Offset)
		} else {
			l.pass(t, it.Offset)
		}
	}
}

// hide records that we have given out an offset of t.
func (l *log) hide(t *topic, offset int64) {
	t.own = max(t.own, offset)
	if !l.orderOnly {
		t.unstable = append(t.unstable, offset)
	}
	if !t.hidden {
		t.hidden = true
		l.hidden = append(l.hidden, t)
	}
}

// hides reports whether there are messages of ours that polls do not show yet.
func (l *log) hides() bool {
	l.hidden = slices.DeleteFunc(l.hidden, func(t *topic) bool {
		t.hidden = t.watermark(l.self) <= t.own
		return !t.hidden
	})
	return len(l.hidden) > 0
}

// bound records that node i has stated that it gives out no offset of t below b any more.
func (l *log) bound(t *topic, i int, b int64) {
	t.stated[i] = max(t.stated[i], b)
	t.bounds[i] = max(t.bounds[i], b)
	t.next = max(t.next, t.bounds[l.self])
}

// pass moves our next offset of t past that of another node.
func (l *log) pass(t *topic, offset int64) {
	if t.next > offset {
		return
	}
	rounds := (offset-t.next)/l.nodes() + 1
	t.next += rounds * l.nodes()
	if !t.unstated {
		t.unstated = true
		l.unstated = append(l.unstated, t)
	}
}

// nodes returns how many nodes there are, as a distance of offsets.
func (l *log) nodes() int64 { return int64(len(l.journals)) }

// stabilise records that every node has had the first n items of our journal.
func (l *log) stabilise(n int) {
	for ; l.stable < n; l.stable++ {
		if it := l.own()[l.stable]; it.Op == opSend && !l.orderOnly {
			t := l.topics[it.Key]
			t.unstable = t.unstable[1:]
		}
	}
}

// poll returns the messages of a key from offset on, in order and without a gap, at most limit of them.
func (l *log) poll(key string, offset int64, limit int) []entry {
	t := l.topics[key]
	if t == nil {
		return nil
	}
	return t.between(offset, t.watermark(l.self), limit)
}

// committed returns the committed offset of a key; false if there is none.
func (l *log) committed(key string) (int64, bool) {
	t := l.topics[key]
	if t == nil || t.committed < 0 {
		return 0, false
	}
	return t.committed, true
}
