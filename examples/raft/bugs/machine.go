package bugs

import (
	"encoding/json"
	"log/slog"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

type envelope = node.Envelope[raft.Message]

// A machine is a core with a register: a node.Durable.
type machine struct {
	core    *raft.Core
	id      string
	instant bool // what is saved is on disk at once
	records int  // that the core has returned, if instant

	value   int
	applied uint64
	terms   map[uint64]uint64 // of the entries that were applied, by index
	asked   uint64            // the id of the last read
	reads   map[uint64]Read   // by id: those that have ended
	ticked  time.Duration     // when the last tick was

	carries *node.Claim
}

// Receive takes a message from another node.
func (m *machine) Receive(from string, msg raft.Message, now time.Duration) []envelope {
	return m.settle(m.core.Receive(from, msg, now), now)
}

// Tick lets a leader send heartbeats, and another node start an election.
func (m *machine) Tick(now time.Duration) []envelope {
	if now < m.Next() {
		return nil
	}
	m.ticked = now
	if m.leads() {
		return m.settle(m.core.Tick(now), now)
	}
	_, term := m.core.Leader()
	return m.settle(m.core.Receive(m.id, raft.Message{Kind: raft.TimeoutNow, Term: term}, now), now)
}

// leads reports whether this node is the leader.
func (m *machine) leads() bool {
	leader, _ := m.core.Leader()
	return leader == m.id
}

// long reports whether a snapshot could take the place of entries.
func (m *machine) long() bool { return m.applied > m.core.Status().Snapshot.Index }

// Next returns the time of the next Tick.
func (m *machine) Next() time.Duration { return m.ticked + period }

// Unsaved returns what is to be saved.
func (m *machine) Unsaved() [][]byte {
	if m.instant {
		return nil
	}
	return m.core.Unsaved()
}

// Saved takes the news that records are on disk.
func (m *machine) Saved(n int, now time.Duration) []envelope {
	return m.settle(m.core.Saved(n, now), now)
}

// State returns everything that is to be saved.
func (m *machine) State() []byte { return m.core.State() }

// settle applies at the end of an event what is committed.
func (m *machine) settle(out []envelope, now time.Duration) []envelope {
	for m.instant {
		records := len(m.core.Unsaved())
		if records == 0 {
			break
		}
		m.records += records
		out = append(out, m.core.Saved(m.records, now)...)
	}
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
