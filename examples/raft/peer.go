package raft

import (
	"slices"
	"time"
)

// A PeerState says how a leader sends its log to a member. A member begins with StateProbe.
//
//	               reply: match found
//	  ┌─ probe ──────────────────────────▶ replicate
//	  │    ▲  ▲                                │
//	  │    │  └────────── rejected ────────────┘
//	  │    │ no reply
//	  ▼    │
//	snapshot ──── reply: installed ─────▶ replicate
type PeerState string

// The states.
const (
	StateProbe     PeerState = "probe"     // it is not known where the logs agree: one append at a time
	StateReplicate PeerState = "replicate" // they agree: appends follow each other without waiting for replies (thesis 10.2.1)
	StateSnapshot  PeerState = "snapshot"  // the member needs entries that are compacted: nothing but heartbeats until it has the snapshot
)

// A peer is what a leader knows of another member.
//
// Invariant: match < next.
type peer struct {
	id    string
	state PeerState
	match uint64 // the logs agree up to here; it never goes back, because a member saves what it acknowledges
	next  uint64 // the first entry to send next

	waits    bool          // StateProbe: the probe is not answered
	inflight []uint64      // StateReplicate: the last indexes of appends that are not answered
	snapshot uint64        // StateSnapshot: the index of the snapshot on its way
	sentAt   time.Duration // when the last message went
	fedAt    time.Duration // when the last entries, or the snapshot, went

	heard time.Duration // when it last answered
	round uint64        // the last round of heartbeats that it has answered
}

func newPeer(id string, next uint64, now time.Duration) *peer {
	return &peer{id: id, state: StateProbe, next: next, sentAt: longAgo, fedAt: longAgo, heard: now}
}

// peer returns what this leader knows of another member, or nil.
func (c *Core) peer(id string) *peer {
	for _, p := range c.peers {
		if p.id == id {
			return p
		}
	}
	return nil
}

// open reports whether entries may be sent.
func (p *peer) open(maxInflight int) bool {
	return p.state == StateProbe && !p.waits || p.state == StateReplicate && len(p.inflight) < maxInflight
}

// probe looks for the place where the logs agree, beginning with the entry before next.
func (p *peer) probe(next uint64) {
	p.state, p.next, p.waits, p.inflight = StateProbe, next, false, nil
}

// acked notes that the logs agree up to index.
func (p *peer) acked(index uint64) {
	p.match, p.next = max(p.match, index), max(p.next, index+1)
	switch p.state {
	case StateProbe:
		p.state, p.next, p.waits = StateReplicate, p.match+1, false
	case StateReplicate:
		p.inflight = slices.DeleteFunc(p.inflight, func(last uint64) bool { return last <= p.match })
	case StateSnapshot:
		if p.match >= p.snapshot {
			p.state = StateReplicate
		}
	}
}
