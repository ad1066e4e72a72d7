package rsm

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

// Options are those of a Replica. What is 0 has the default.
type Options struct {
	// Window is how long commands and reads wait for others, so that they travel together: a node sends the leader one message in a
	// window, and the leader all others one. The first after a pause goes at once. Without it, nothing waits.
	Window time.Duration
	// Retry is the time after which a request without an answer is sent again. Default: 300 ms.
	Retry time.Duration
	// Entries is the number of log entries after which a snapshot takes their place. Default: 1000.
	Entries uint64
}

// A Replica is a node's part of a replicated state machine: a node.Durable. It has no goroutines, no clock and does no I/O.
type Replica[M, C, R any] struct {
	id string
	Options
	engine  Engine[M]
	machine Machine[C, R]

	sessions sessions[R]
	applied  uint64 // index in the log, up to which machine and sessions are
	snapshot uint64 // index of the last one

	own requests[C, R] // of this node's clients
	all collector[C]   // of all nodes, at the leader

	leader    string // as it was at the last event
	term      uint64
	flushedAt time.Duration // when the last window began
	noticed   []string      // who was told in this event what is committed
	saved     bool          // the life is a record
	broken    error         // a snapshot that this node cannot read

	properties
}

// Restore returns the replica of the node id in its next life, from the last state and the records that came after it. start restores the engine,
// in the same way.
func Restore[M, C, R any](id string, o Options, m Machine[C, R], start func(state []byte, records [][]byte) (Engine[M], error), state []byte, records [][]byte) (*Replica[M, C, R], error) {
	if o.Retry == 0 {
		o.Retry = 300 * time.Millisecond
	}
	if o.Entries == 0 {
		o.Entries = 1000
	}
	life, state, records, err := lastLife(state, records)
	if err != nil {
		return nil, err
	}
	engine, err := start(state, records)
	if err != nil {
		return nil, err
	}
	r := &Replica[M, C, R]{
		id: id, Options: o, engine: engine, machine: m, sessions: make(sessions[R]), flushedAt: -node.Never,
		own: requests[C, R]{life: life + 1, retryAt: node.Never},
		all: collector[C]{rounds: make(map[uint64][]asker)},
	}
	r.advance(&parcel[M, C]{}, 0)
	return r, r.broken
}

// Write takes a command of a client. Its Request is Done when the command is applied here.
func (r *Replica[M, C, R]) Write(command C, now time.Duration) (*Request[C, R], []envelope[M, C]) {
	q := &Request[C, R]{command: command}
	r.own.writes = append(r.own.writes, q)
	return q, r.settle(nil, now)
}

// Read takes a command that changes nothing.
func (r *Replica[M, C, R]) Read(command C, now time.Duration) (*Request[C, R], []envelope[M, C]) {
	q := &Request[C, R]{command: command, read: true}
	r.own.reads = append(r.own.reads, q)
	return q, r.settle(nil, now)
}

// GiveUp ends a request whose client waits no more. It reports whether the command was certainly not applied, and never will be.
func (r *Replica[M, C, R]) GiveUp(q *Request[C, R]) (certain bool) {
	r.own.remove(q)
	return q.read || q.number == 0
}

// Receive takes a message from another node.
func (r *Replica[M, C, R]) Receive(from string, m Message[M, C], now time.Duration) []envelope[M, C] {
	var out []node.Envelope[M]
	for _, e := range m.Engine {
		out = append(out, r.engine.Receive(from, e, now)...)
	}
	for _, i := range m.Index {
		r.own.answered(i)
	}
	if leader, _ := r.engine.Leader(); leader == r.id {
		r.follow(now)
		r.all.take(from, m.Batch, m.Ask)
	} else if m.Batch != nil || m.Ask != nil {
		r.strayed.Reach()
	}
	return r.settle(out, now)
}

// Tick does what is due.
func (r *Replica[M, C, R]) Tick(now time.Duration) []envelope[M, C] {
	if r.own.retryAt <= now {
		r.own.resend(r.Retry, now)
	}
	return r.settle(r.engine.Tick(now), now)
}

// Next returns the time of the next Tick.
func (r *Replica[M, C, R]) Next() time.Duration {
	at := min(r.engine.Next(), r.own.retryAt)
	if r.waiting() {
		at = min(at, r.flushedAt+r.Window)
	}
	return at
}

// waiting reports whether something waits for the end of a window.
func (r *Replica[M, C, R]) waiting() bool {
	return r.leader != "" && (r.own.unsent() || r.all.waiting())
}

// settle does at the end of each event what has become possible by it, and returns all that the event sends.
func (r *Replica[M, C, R]) settle(out []node.Envelope[M], now time.Duration) []envelope[M, C] {
	p := &parcel[M, C]{}
	p.engine(out)
	r.noticed = r.noticed[:0]
	r.follow(now)
	r.advance(p, now)
	r.flush(p, now)
	r.advance(p, now) // a leader with a lease has answered reads at once
	return p.out
}

// follow notes a change of the leader. What the last one was sent may be lost.
func (r *Replica[M, C, R]) follow(now time.Duration) {
	leader, term := r.engine.Leader()
	if leader == r.leader && term == r.term {
		return
	}
	r.again.Check(leader != "" && len(r.own.writes) > 0 && r.own.writes[0].number > 0)
	r.leader, r.term = leader, term
	r.all.clear()
	r.own.resend(0, now)
}

// flush sends what waits to the leader at the end of a window, or, at no cost, with a message that goes there anyway.
func (r *Replica[M, C, R]) flush(p *parcel[M, C], now time.Duration) {
	rides := r.leader != r.id && p.has(r.leader)
	if !r.waiting() || now < r.flushedAt+r.Window && !rides {
		return
	}
	r.flushedAt = now
	if r.leader == r.id {
		r.decide(p, now)
	} else {
		m := p.to(r.leader, false) // a command must not leave before the life that it belongs to is on disk
		m.Batch, m.Ask = r.own.batch(r.id, now), r.own.asks(now)
	}
	r.own.retryAt = min(r.own.retryAt, now+r.Retry)
}

// advance applies what was committed, and answers the reads that have waited for it.
func (r *Replica[M, C, R]) advance(p *parcel[M, C], now time.Duration) {
	for _, e := range r.engine.Committed() {
		if e.Snapshot != nil {
			r.restore(e.Snapshot)
		} else {
			r.apply(e, p, now)
		}
	}
	r.confirm(p, now)
	waiting := r.own.reads[:0]
	for _, q := range r.own.reads {
		if q.index == 0 || q.index > r.applied {
			waiting = append(waiting, q)
			continue
		}
		q.Done, q.Reply = true, r.machine.Read(q.command)
	}
	clear(r.own.reads[len(waiting):])
	r.own.reads = waiting
	r.compact()
}

// apply carries out the commands of an entry that were not carried out before. Every node skips the same ones.
func (r *Replica[M, C, R]) apply(e raft.Entry, p *parcel[M, C], now time.Duration) {
	r.applied = e.Index
	var batches []Batch[C]
	if len(e.Data) == 0 || json.Unmarshal(e.Data, &batches) != nil {
		return
	}
	for _, b := range batches {
		t := r.sessions.open(b.Node, b.Life, b.Done)
		if t == nil {
			continue
		}
		for _, c := range b.Commands {
			repeated := t.applied(c.Number)
			r.twice.Check(repeated)
			if repeated {
				continue
			}
			reply := r.machine.Apply(c.Command)
			t.Replies[c.Number] = reply
			if b.Node == r.id && b.Life == r.own.life {
				r.own.reply(c.Number, reply)
			}
		}
		if r.leader == r.id {
			r.notice(p, b.Node, now)
		}
	}
}

// A state is what a snapshot has.
type state[R any] struct {
	Sessions sessions[R]     `json:"sessions"`
	Machine  json.RawMessage `json:"machine"`
}

// restore puts a snapshot in place of the state. Commands of this node may have been applied in what it stands for.
func (r *Replica[M, C, R]) restore(s *raft.Snapshot) {
	r.installed.Check(s.Index > r.applied && r.applied > 0)
	var st state[R]
	err := json.Unmarshal(s.Data, &st)
	if err == nil {
		err = r.machine.Restore(st.Machine)
	}
	if err != nil {
		r.broken = fmt.Errorf("rsm: the snapshot at index %d: %w", s.Index, err)
		return
	}
	r.sessions, r.applied, r.snapshot = st.Sessions, s.Index, s.Index
	if t, ok := r.sessions[r.id]; ok && t.Life == r.own.life {
		for number, reply := range t.Replies {
			r.own.reply(number, reply)
		}
	}
}

// compact lets a snapshot take the place of many entries.
func (r *Replica[M, C, R]) compact() {
	if r.applied < r.snapshot+r.Entries || r.broken != nil {
		return
	}
	machine, err := r.machine.Snapshot()
	if err == nil {
		var data []byte
		if data, err = json.Marshal(state[R]{r.sessions, machine}); err == nil {
			err = r.engine.Compact(r.applied, data)
		}
	}
	if err != nil {
		r.broken = fmt.Errorf("rsm: no snapshot can be made: %w", err)
		return
	}
	r.snapshot = r.applied
}
