package raft

import (
	"fmt"
	"time"
)

// A saver knows what of a core's state is on disk. A record is written after each event with a change, and answers wait for that
// (see to), so that no node forgets what it has promised.
type saver struct {
	records int // that Unsaved has returned in this life

	// What those records have.
	term     uint64
	voted    string
	index    uint64 // of the log up to here
	snapshot bool   // the snapshot has changed since

	marks  []mark // of records that may not be on disk yet
	stable uint64 // the log is on disk up to here
}

// A mark says what is on disk when the first so many records are.
type mark struct {
	records int
	index   uint64 // of the log up to here
	term    uint64
	voted   string
}

// truncated notes that the log has changed after index.
func (s *saver) truncated(index uint64) {
	s.index, s.stable = min(s.index, index), min(s.stable, index)
	for i := range s.marks {
		s.marks[i].index = min(s.marks[i].index, index)
	}
}

// Unsaved returns the changes since its last call, as records to be saved in this order, and nil if there are none. It must be called
// after each event, and records that are on disk be told to Saved.
func (c *Core) Unsaved() (records [][]byte) {
	s := &c.saver
	if c.term != s.term || c.voted != s.voted {
		s.term, s.voted = c.term, c.voted
		records = append(records, encodeVote(c.rules.promises(c)))
	}
	if s.snapshot {
		s.snapshot = false
		records = append(records, encodeSnapshot(c.log.snapshot))
	}
	from := max(s.index, c.log.snapshot.Index)
	if from < c.log.last() {
		records = append(records, encodeEntries(from, c.log.between(from, c.log.last())))
	}
	s.index = c.log.last()
	if len(records) > 0 {
		s.records += len(records)
		s.marks = append(s.marks, mark{s.records, s.index, c.term, c.voted})
	}
	return records
}

// promises returns what a node must not forget about its term: that there was one, and whom it voted for (figure 2).
func (c *Core) promises() (term uint64, voted string) { return c.term, c.voted }

// Saved takes the news that the first n records which Unsaved has returned are on disk. A leader then counts its own part of the log, and
// a candidate its own vote.
func (c *Core) Saved(n int, now time.Duration) []envelope {
	s := &c.saver
	elected := false
	for len(s.marks) > 0 && s.marks[0].records <= n {
		m := s.marks[0]
		s.marks = s.marks[1:]
		s.stable = max(s.stable, m.index)
		elected = elected || m.term == c.term && m.voted == c.cfg.ID
	}
	switch {
	case c.role == Candidate && elected:
		return c.count(c.cfg.ID, now)
	case c.role == Leader:
		return c.commitSaved(now)
	}
	return nil
}

// State returns everything that is to be saved, in place of all records so far.
func (c *Core) State() []byte {
	records := [][]byte{encodeVote(c.rules.promises(c)), encodeSnapshot(c.log.snapshot)}
	if len(c.log.entries) > 0 {
		records = append(records, encodeEntries(c.log.snapshot.Index, c.log.entries))
	}
	var state []byte
	for _, r := range records {
		state = appendBytes(state, r)
	}
	return state
}

// Restore returns the core of a node that begins a new life, from the last State that was saved and the records that were saved
// after it. Without either, the node is new.
func Restore(cfg Config, state []byte, records [][]byte) (*Core, error) {
	cfg, err := cfg.prepared()
	if err != nil {
		return nil, err
	}
	r := restoring{log: newLog(Snapshot{Members: Members{Voters: cfg.Voters}})}
	if err := r.state(state); err != nil {
		return nil, err
	}
	for i, record := range records {
		if err := r.record(record); err != nil {
			return nil, fmt.Errorf("raft: record %d of %d: %w", i+1, len(records), err)
		}
	}
	c := &Core{cfg: cfg, rules: rulesFor(cfg.Bug), term: r.term, voted: r.voted, log: r.log, role: Follower, heard: longAgo}
	c.commit = c.log.snapshot.Index
	c.saver = saver{
		term: r.term, voted: r.voted, index: c.log.last(), stable: c.log.last(),
		snapshot: len(state) == 0 && len(records) == 0, // the initial members
	}
	if cfg.Lease {
		c.heard = 0 // this node may have been heard of by a leader that relies on it
	}
	c.drawPatience()
	c.restartTimer(0)
	return c, nil
}
