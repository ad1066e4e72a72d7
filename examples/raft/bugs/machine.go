package bugs

import (
	"encoding/json"
	"log/slog"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

// A machine is a core with a register: a node.Durable.
type machine struct {
	core *core

	value   int
	applied uint64
	terms   map[uint64]uint64 // of the entries that were applied, by index
	asked   uint64            // the id of the last read
	reads   map[uint64]Read   // by id: those that have ended

	carries *node.Claim
}

// Receive takes a message from another node.
func (m *machine) Receive(from string, msg raft.Message, now time.Duration) []envelope {
	return m.settle(m.core.Receive(from, msg, now), now)
}

// Tick lets the core do what is due.
func (m *machine) Tick(now time.Duration) []envelope { return m.settle(m.core.Tick(now), now) }

// long reports whether a snapshot could take the place of entries.
func (m *machine) long() bool { return m.applied > m.core.Status().Snapshot.Index }

// Next returns the time of the next Tick.
func (m *machine) Next() time.Duration { return m.core.Next() }

// Unsaved returns what is to be saved.
func (m *machine) Unsaved() [][]byte { return m.core.Unsaved() }

// Saved takes the news that records are on disk.
func (m *machine) Saved(n int, now time.Duration) []envelope {
	return m.settle(m.core.Saved(n, now), now)
}

// State returns everything that is to be saved.
func (m *machine) State() []byte { return m.core.State() }

// settle applies at the end of an event what is committed.
func (m *machine) settle(out []envelope, now time.Duration) []envelope {
	out = m.core.save(out, now)
	for _, e := range m.core.Committed() {
		m.applied, m.terms[e.Index] = e.Index, e.Term
		data := e.Data
		if e.Snapshot != nil {
			data = e.Snapshot.Data
		}
		if data != nil {
			_ = json.Unmarshal(data, &m.value) // only numbers are proposed
		}
	}
	for _, r := range m.core.Reads() {
		m.reads[r.ID] = Read{m.applied, r.Failed}
	}
	m.look(out)
	return out
}

// look checks that an append which looks for the place where the logs agree has the entries after it: the last one may be lost with those.
func (m *machine) look(out []envelope) {
	s := m.core.Status()
	for _, e := range out {
		for _, p := range s.Peers {
			if p.ID == e.Dest && e.Message.Kind == raft.Append && p.State == raft.StateProbe && e.Message.Index < s.Last() {
				m.carries.Check(len(e.Message.Entries) > 0, slog.String("to", p.ID), slog.Uint64("after", e.Message.Index))
			}
		}
	}
}
