package raft

import (
	"fmt"
	"slices"
	"strings"
)

// A Status is a view of a core, for people, checkers and explorations: all of its state but for the times. Two cores in the same
// state have the same as JSON. It shares memory with the core, which does not change it any more.
type Status struct {
	ID     string `json:"id"`
	Term   uint64 `json:"term"`
	Voted  string `json:"voted,omitempty"`
	Role   Role   `json:"role"`
	Leader string `json:"leader,omitempty"`

	Snapshot Snapshot `json:"snapshot"` // the log begins with it
	Entries  []Entry  `json:"entries"`  // those after it
	Commit   uint64   `json:"commit"`
	Handed   uint64   `json:"handed"` // up to where Committed has returned the entries
	Saved    uint64   `json:"saved"`  // up to where the log is on disk

	Members      Members `json:"members"`       // the latest, committed or not
	MembersIndex uint64  `json:"members_index"` // where they are in the log

	Votes    []string     `json:"votes,omitempty"`    // of a candidate
	Peers    []PeerStatus `json:"peers,omitempty"`    // of a leader
	Transfer string       `json:"transfer,omitempty"` // to whom a leader hands over
	Round    uint64       `json:"round,omitempty"`    // of a leader's heartbeats
	Waiting  []uint64     `json:"waiting,omitempty"`  // the ids of reads that wait for a leader's round
	Results  []uint64     `json:"results,omitempty"`  // the ids of reads that Reads will return
}

// A PeerStatus is what a leader knows of another member.
type PeerStatus struct {
	ID       string    `json:"id"`
	State    PeerState `json:"state"`
	Match    uint64    `json:"match"`
	Next     uint64    `json:"next"`
	Waits    bool      `json:"waits,omitempty"`
	Inflight []uint64  `json:"inflight,omitempty"`
	Round    uint64    `json:"round,omitempty"`
}

// Last returns the index of the last entry.
func (s Status) Last() uint64 { return s.Snapshot.Index + uint64(len(s.Entries)) }

// Status returns a view of the core.
func (c *Core) Status() Status {
	s := Status{
		ID: c.cfg.ID, Term: c.term, Voted: c.voted, Role: c.role, Leader: c.leader,
		Snapshot: c.log.snapshot, Entries: slices.Clip(c.log.entries), Commit: c.commit, Handed: c.handed, Saved: c.saver.stable,
		Members: c.log.members, MembersIndex: c.log.membersIndex,
		Votes: slices.Clone(c.votes), Transfer: c.transfer.to, Round: c.reads.round,
	}
	for _, p := range c.peers {
		s.Peers = append(s.Peers, PeerStatus{p.id, p.state, p.match, p.next, p.waits, slices.Clone(p.inflight), p.round})
	}
	for _, w := range c.reads.waiting {
		s.Waiting = append(s.Waiting, w.id)
	}
	for _, r := range c.reads.results {
		s.Results = append(s.Results, r.id)
	}
	return s
}

// String describes the core in lines, for scenarios.
func (c *Core) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in term %d", c.role, c.term)
	if c.voted != "" {
		fmt.Fprintf(&b, ", voted for %s", c.voted)
	}
	if c.role != Leader && c.leader != "" {
		fmt.Fprintf(&b, ", follows %s", c.leader)
	}
	fmt.Fprintf(&b, "; committed %d of %s\n", c.commit, c.log.terms())
	for _, p := range c.peers {
		fmt.Fprintf(&b, "%s: %s, match %d, next %d", p.id, p.state, p.match, p.next)
		if len(p.inflight) > 0 {
			fmt.Fprintf(&b, ", inflight up to %d", p.inflight)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// terms describes the log by the terms of its entries: s4:2 is a snapshot at index 4, whose entry has term 2.
func (l *log) terms() string {
	var places []string
	if s := l.snapshot; s.Index > 0 {
		places = append(places, fmt.Sprintf("s%d:%d", s.Index, s.Term))
	}
	for _, e := range l.entries {
		places = append(places, fmt.Sprint(e.Term))
	}
	return "[" + strings.Join(places, " ") + "]"
}
