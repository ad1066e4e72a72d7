package raft

import "time"

// Announce tells a member at once what is committed, where otherwise the next append would, because clients of that member wait. It is a
// heartbeat that needs no reply; nor does it count as one, since a leader lives on replies.
func (c *Core) Announce(to string, _ time.Duration) []envelope {
	for _, p := range c.peers {
		if term, ok := c.log.term(p.next - 1); p.id == to && p.state == StateReplicate && ok {
			return c.to(to, Message{Kind: Append, Index: p.next - 1, LogTerm: term, Commit: c.commit, Quiet: true})
		}
	}
	return nil
}
