package raft

import "time"

// Announce tells a member at once what is committed, where otherwise the next append would, because clients of that member wait. It is a
// heartbeat that needs no reply; nor does it count as one, since a leader lives on replies.
func (c *Core) Announce(to string, _ time.Duration) []envelope {
	p := c.peer(to)
	if p == nil || p.state != StateReplicate {
		return nil
	}
	term, ok := c.log.term(p.next - 1)
	if !ok {
		return nil // it needs the snapshot, which the next append will find out
	}
	return c.to(to, Message{Kind: Append, Index: p.next - 1, LogTerm: term, Commit: c.commit, Quiet: true})
}
