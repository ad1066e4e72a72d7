package raft

import (
	"slices"
	"time"

	"glomers/node"
)

// Reads without writing to the log (thesis 6.4). A read may see the state machine at any index that was committed when the read began.
// The leader knows the highest one, if it is still the leader, and has committed an entry of its term.
//
//	client      leader                     members
//	  │  Read     │ index := commit          │
//	  ├──────────▶│ round r ────────────────▶│  an append, which carries r
//	  │           │◀──────────────── acked r │  a majority has: at that time nobody else was leader
//	  │           │ Committed up to index    │
//	  │◀──────────┤ Reads: the read          │
//
// All reads that wait when a round begins share it, and any append carries a round.
type reads struct {
	round     uint64        // the last one, counted in each term
	begun     time.Duration // when it began
	confirmed uint64        // the last one that a majority has answered
	waiting   []read        // in the order in which they came

	leaseEnd time.Duration
	noLease  bool // for this term

	results []result
}

// A read waits at the leader.
type read struct {
	from  string // the follower that asked; empty if this node's own
	id    uint64
	index uint64 // the commit index when its round began
	round uint64 // 0: none yet
}

// A result is that of this node's own read.
type result struct {
	id     uint64
	index  uint64 // from which on it is right
	failed bool
}

// A ReadResult says that a read may be answered from the state machine with everything in it that Committed has returned: or, if it
// Failed, that the leader has lost its role, and nothing is known.
type ReadResult struct {
	ID     uint64
	Failed bool
}

// restart prepares for a new term as a leader.
func (r *reads) restart() {
	*r = reads{begun: longAgo, leaseEnd: longAgo, results: r.results}
}

// fail ends all reads that wait for this node as a leader.
func (r *reads) fail() {
	for _, w := range r.waiting {
		if w.from == "" {
			r.results = append(r.results, result{id: w.id, failed: true})
		}
	}
	r.waiting = nil
}

func (r *reads) forbidLease() { r.leaseEnd, r.noLease = longAgo, true }

// Read asks when this node's state machine may answer a read that is linearizable. Reads returns the id when it may. At a follower that
// takes a message to the leader and back, which may be lost. So an id is for one read in all of the node's lives.
func (c *Core) Read(id uint64, now time.Duration) ([]envelope, error) {
	switch {
	case c.role == Leader:
		return c.await(read{id: id}, now), nil
	case c.leader == "":
		return nil, ErrNotLeader
	}
	return c.to(c.leader, Message{Kind: ReadIndex, Read: id}), nil
}

// Reads returns the results of reads that have come to an end since its last call. Call it when everything that Committed returned is
// applied.
func (c *Core) Reads() []ReadResult {
	var ended []ReadResult
	c.reads.results = slices.DeleteFunc(c.reads.results, func(r result) bool {
		ends := r.failed || r.index <= c.handed
		if ends {
			ended = append(ended, ReadResult{ID: r.id, Failed: r.failed})
		}
		return ends
	})
	return ended
}

// onReadIndex takes a follower's read.
func (c *Core) onReadIndex(from string, m Message, now time.Duration) []envelope {
	if c.role != Leader {
		return c.to(from, Message{Kind: ReadIndexReply, Read: m.Read, Reject: true})
	}
	return c.await(read{from: from, id: m.Read}, now)
}

// onReadIndexReply takes the leader's answer.
func (c *Core) onReadIndexReply(m Message) {
	c.reads.results = append(c.reads.results, result{id: m.Read, index: m.Index, failed: m.Reject})
}

// await takes a read.
func (c *Core) await(r read, now time.Duration) []envelope {
	c.reads.waiting = append(c.reads.waiting, r)
	return c.serveReads(now)
}

// mayRead reports whether the leader's commit index covers everything that was committed before its term: it does when an entry of its term
// is committed (§8).
func (c *Core) mayRead() bool {
	term, _ := c.log.term(c.commit)
	return term == c.term
}

// leased reports whether no other leader can have been elected yet (thesis 6.4.1).
func (c *Core) leased(now time.Duration) bool { return now < c.reads.leaseEnd }

// serveReads answers the reads by the lease, or begins a round of heartbeats for all of them. There is one such round at a time.
func (c *Core) serveReads(now time.Duration) (out []envelope) {
	switch {
	case len(c.reads.waiting) == 0 || !c.rules.mayRead(c):
		return nil
	case c.rules.leased(c, now):
		for _, w := range c.reads.waiting {
			w.index = c.commit
			out = append(out, c.answer(w)...)
		}
		c.reads.waiting = nil
		return out
	case now < c.nextRound():
		return nil
	}
	c.beginRound(now)
	for i := range c.reads.waiting {
		c.reads.waiting[i].index, c.reads.waiting[i].round = c.commit, c.reads.round
	}
	for _, p := range c.peers {
		if c.rules.members(c).voter(p.id) {
			out = append(out, c.sendAppend(p, now)...)
		}
	}
	return append(out, c.confirm(now)...)
}

// nextRound returns when the next round for reads may begin, or node.Never.
func (c *Core) nextRound() time.Duration {
	w := c.reads.waiting
	if len(w) == 0 || w[0].round != 0 || !c.rules.mayRead(c) {
		return node.Never
	}
	return c.reads.begun + c.cfg.BatchWindow
}

func (c *Core) beginRound(now time.Duration) { c.reads.round, c.reads.begun = c.reads.round+1, now }

// round returns the round that a message to a member belongs to. For a lease there is always one under way.
func (c *Core) round(now time.Duration) uint64 {
	if c.cfg.Lease && c.reads.confirmed == c.reads.round {
		c.beginRound(now)
	}
	return c.reads.round
}

// confirm answers the reads whose round a majority has answered. The lease counts from the beginning of the round: the members that
// answered have heard of this leader later than that, and vote for nobody else before an election timeout is over.
func (c *Core) confirm(now time.Duration) (out []envelope) {
	r := reached(c, func(id string) uint64 { return c.rules.answered(c, id) })
	if r <= c.reads.confirmed {
		return nil
	}
	c.reads.confirmed = r
	if c.cfg.Lease && !c.reads.noLease && r == c.reads.round {
		c.reads.leaseEnd = c.reads.begun + c.rules.lease(c)
	}
	c.reads.waiting = slices.DeleteFunc(c.reads.waiting, func(w read) bool {
		ends := w.round != 0 && w.round <= r
		if ends {
			out = append(out, c.answer(w)...)
		}
		return ends
	})
	return append(out, c.serveReads(now)...)
}

// answered returns the last round that a member has answered.
func (c *Core) answered(id string) uint64 {
	if p := c.peer(id); p != nil {
		return p.round
	}
	return c.reads.round
}

// lease returns how long a lease lasts by this node's clock, while another's may run faster.
func (c *Core) lease() time.Duration {
	return time.Duration(float64(c.cfg.ElectionTimeout) / c.cfg.Drift)
}

// answer ends a read.
func (c *Core) answer(r read) []envelope {
	if r.from != "" {
		return c.to(r.from, Message{Kind: ReadIndexReply, Read: r.id, Index: r.index})
	}
	c.reads.results = append(c.reads.results, result{id: r.id, index: r.index})
	return nil
}
