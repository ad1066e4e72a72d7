package raft

import (
	"fmt"
	"time"
)

// A transfer is a leader's attempt to make another voter the leader (thesis 3.10). The zero value stands for none.
type transfer struct {
	to    string
	until time.Duration // the leader then goes on
	asked bool          // the other was told to start its election
}

// Transfer makes another voter the leader. The leader takes no proposals until that voter has the whole log and was elected, or until
// an election timeout has passed.
func (c *Core) Transfer(to string, now time.Duration) ([]envelope, error) {
	switch {
	case c.role != Leader:
		return nil, ErrNotLeader
	case c.transfer.to != "":
		return nil, ErrTransferring
	case to == c.cfg.ID || !c.rules.members(c).voter(to):
		return nil, fmt.Errorf("raft: cannot hand over to %q: want one of the other voters %v", to, c.rules.members(c).Voters)
	}
	c.transfer = transfer{to: to, until: now + c.cfg.ElectionTimeout}
	return c.handOver(now), nil
}

// handOver tells the next leader to start an election, as soon as its log is complete. It wins against any other, because its timer need
// not run out. The lease ends with that, for the rest of this term: nobody knows when the message arrives (thesis 6.4.1).
func (c *Core) handOver(now time.Duration) []envelope {
	p := c.peer(c.transfer.to)
	if p == nil || c.transfer.asked || !c.rules.complete(c, p) {
		return nil
	}
	c.transfer.asked = true
	c.reads.forbidLease()
	return c.to(c.transfer.to, Message{Kind: TimeoutNow})
}

// complete reports whether p has the whole log.
func (c *Core) complete(p *peer) bool { return p.match == c.log.last() }

// onTimeoutNow starts an election without asking for it first.
func (c *Core) onTimeoutNow(now time.Duration) []envelope {
	if c.role == Leader || !c.electable() {
		return nil
	}
	return c.campaign(Candidate, true, now)
}
