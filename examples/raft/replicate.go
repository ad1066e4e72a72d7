package raft

import (
	"slices"
	"time"

	"glomers/node"
)

// add appends an entry to the leader's own log, and sends it where it may go now.
func (c *Core) add(e Entry, now time.Duration) (index uint64, out []envelope) {
	e.Term = c.term
	c.replace(c.log.last(), e)
	if e.Members != nil {
		c.meetPeers(c.log.last(), now)
	}
	for _, p := range c.peers {
		out = append(out, c.feed(p, now)...)
	}
	return c.log.last(), out
}

// feed sends p the entries that may go now: all that fit into its window of appends, or one append if they are batched.
func (c *Core) feed(p *peer, now time.Duration) (out []envelope) {
	for p.next <= c.log.last() && p.open(c.cfg.MaxInflight) && now >= p.fedAt+c.cfg.BatchWindow {
		out = append(out, c.sendAppend(p, now)...)
	}
	return out
}

// sendAppend sends p an append: with entries if p may have some, and otherwise without, as a heartbeat. Either asks whether the logs agree so far, so
// that a heartbeat also finds out about appends that were lost.
func (c *Core) sendAppend(p *peer, now time.Duration) []envelope {
	if p.state == StateSnapshot {
		if now < p.fedAt+c.cfg.ElectionTimeout {
			p.sentAt = now
			return c.to(p.id, Message{Kind: Append, Round: c.round(now)}) // all logs agree before their beginning
		}
		p.probe(p.match + 1) // the snapshot was lost
	}
	prev := p.next - 1
	prevTerm, ok := c.log.term(prev)
	if !ok {
		return c.sendSnapshot(p, now)
	}
	p.sentAt = now
	m := Message{Kind: Append, Index: prev, LogTerm: prevTerm, Commit: c.commit, Round: c.round(now)}
	if c.rules.carries(c, p) {
		m.Entries = c.log.after(prev, c.cfg.MaxBytes)
	}
	p.waits = p.state == StateProbe
	if len(m.Entries) > 0 {
		p.fedAt = now
		if p.state == StateReplicate {
			p.next += uint64(len(m.Entries))
			p.inflight = append(p.inflight, p.next-1)
		}
	}
	return c.to(p.id, m)
}

// carries reports whether an append to p has entries, if there are any: so does each probe, because the last one may be lost with its entries.
func (c *Core) carries(p *peer) bool { return p.state == StateProbe || p.open(c.cfg.MaxInflight) }

// sendSnapshot sends p the snapshot (§7).
func (c *Core) sendSnapshot(p *peer, now time.Duration) []envelope {
	s := c.log.snapshot
	p.state, p.snapshot, p.next, p.inflight = StateSnapshot, s.Index, s.Index+1, nil
	p.sentAt, p.fedAt = now, now
	return c.to(p.id, Message{Kind: InstallSnapshot, Snapshot: &s, Round: c.round(now)})
}

// onAppend takes entries, or a heartbeat, from the leader (§5.3).
func (c *Core) onAppend(from string, m Message, now time.Duration) []envelope {
	if c.role == Leader {
		return nil // a term has one leader
	}
	c.hear(from, now)
	reply := Message{Kind: AppendReply, Round: m.Round}
	c.rules.take(c, m, &reply)
	if m.Quiet && !reply.Reject {
		return nil
	}
	return c.to(from, reply)
}

// take takes the entries if the logs agree up to where these begin (§5.3), and puts into the reply up to where they agree then.
func (c *Core) take(m Message, reply *Message) {
	switch term, ok := c.log.term(m.Index); {
	case m.Index < c.commit:
		reply.Index = c.commit // up to which every leader's log is the same
	case !ok || term != m.LogTerm:
		reply.Index, reply.Reject = m.Index, true
		reply.Hint = max(c.log.lastUpTo(m.Index, m.LogTerm), c.commit)
		reply.LogTerm, _ = c.log.term(reply.Hint)
	default:
		c.rules.merge(c, m.Index, m.Entries)
		reply.Index = m.Index + uint64(len(m.Entries))
		c.commit = c.rules.committed(c, m)
	}
}

// merge puts a leader's entries into the log, after index. It removes entries only from the first conflict on: an append that is late, and
// has fewer entries than the log, must not take away those which a later one has brought (§5.3).
func (c *Core) merge(index uint64, entries []Entry) {
	for k, e := range entries {
		if term, ok := c.log.term(index + 1); !ok || term != e.Term {
			c.replace(index, entries[k:]...)
			return
		}
		index++
	}
}

// replace changes the log, which is then to be saved.
func (c *Core) replace(index uint64, entries ...Entry) {
	c.log.replace(index, entries...)
	c.saver.truncated(index)
}

// committed returns this node's commit index after an append: what the leader says, but no further than the append's last entry, for only
// up to there are the logs known to agree (figure 2). It never goes back, though appends may come late.
func (c *Core) committed(m Message) uint64 {
	return max(c.commit, min(m.Commit, m.Index+uint64(len(m.Entries))))
}

// onInstallSnapshot takes the leader's snapshot.
func (c *Core) onInstallSnapshot(from string, m Message, now time.Duration) []envelope {
	if c.role == Leader {
		return nil
	}
	c.hear(from, now)
	if s := *m.Snapshot; s.Index > c.commit {
		c.rules.install(c, s)
		c.commit = s.Index
	}
	return c.to(from, Message{Kind: AppendReply, Index: c.commit, Round: m.Round})
}

// install puts a snapshot into the place of the whole log, unless the log has the entry that the snapshot ends with: then the log was
// only behind in its commit index, and what follows that entry stays (§7).
func (c *Core) install(s Snapshot) {
	if term, ok := c.log.term(s.Index); ok && term == s.Term {
		return
	}
	c.log.begin(s)
	c.saver.truncated(c.commit)
	c.saver.snapshot = true
}

// onAppendReply learns from a member where its log agrees with the leader's.
func (c *Core) onAppendReply(from string, m Message, now time.Duration) []envelope {
	p := c.peer(from)
	if p == nil {
		return nil
	}
	p.heard, p.round = now, max(p.round, m.Round)
	if m.Reject {
		c.rules.rejected(c, p, m)
	} else if m.Index <= c.log.last() {
		c.rules.acked(p, m.Index)
	}
	out := c.commitSaved(now)
	if c.role == Leader {
		out = slices.Concat(out, c.confirm(now), c.feed(p, now), c.handOver(now))
	}
	return out
}

// rejected goes back to where the logs may agree: to the member's last entry that is not of a later term than ours at the place asked for,
// then to our last entry that is not of a later term than that one. So each rejection skips a whole term, not one entry (§5.3).
func (c *Core) rejected(p *peer, m Message) {
	old := m.Index <= p.match || p.state == StateProbe && m.Index != p.next-1
	if old || p.state == StateSnapshot {
		return
	}
	p.probe(max(c.log.lastUpTo(min(m.Hint, m.Index-1), m.LogTerm), p.match) + 1)
}

// savedAt returns up to where the log of a member is known to be on disk and the same as the leader's: its match index, or the saved
// part of the leader's own log (thesis 10.2.1).
func (c *Core) savedAt(id string) uint64 {
	if p := c.peer(id); p != nil {
		return p.match
	}
	return c.saver.stable
}

// commitSaved commits what a majority has saved.
func (c *Core) commitSaved(now time.Duration) []envelope {
	n := reached(c, func(id string) uint64 { return c.rules.savedAt(c, id) })
	if n <= c.commit || !c.rules.mayCommit(c, n) {
		return nil
	}
	c.commit = n
	return append(c.serveReads(now), c.retire(now)...)
}

// mayCommit reports whether entry n, which a majority has saved, is committed for that. Only an entry of the leader's own term is: an older
// one may still be replaced by a leader that does not have it (figure 8), until one of this term is committed on top (§5.4.2).
func (c *Core) mayCommit(n uint64) bool {
	term, _ := c.log.term(n)
	return term == c.term
}

// lead does what is due for a leader.
func (c *Core) lead(now time.Duration) (out []envelope) {
	if now >= c.deposedAt() {
		c.follow(c.term, "", now)
		return nil
	}
	if c.transfer.to != "" && now >= c.transfer.until {
		c.transfer = transfer{}
	}
	out = c.serveReads(now)
	for _, p := range c.peers {
		out = append(out, c.feed(p, now)...)
		if now >= p.sentAt+c.cfg.Heartbeat {
			out = append(out, c.sendAppend(p, now)...)
		}
	}
	return out
}

// deposedAt returns when the leader steps down because it has had no word from a majority for an election timeout: they may have
// elected another leader, and its clients should go there (thesis 6.2).
func (c *Core) deposedAt() time.Duration {
	return c.cfg.ElectionTimeout + reached(c, func(id string) time.Duration {
		if p := c.peer(id); p != nil {
			return p.heard
		}
		return node.Never
	})
}

// nextDuty returns when a leader has to do something next.
func (c *Core) nextDuty() time.Duration {
	at := min(c.deposedAt(), c.nextRound())
	if c.transfer.to != "" {
		at = min(at, c.transfer.until)
	}
	for _, p := range c.peers {
		at = min(at, p.sentAt+c.cfg.Heartbeat)
		if p.next <= c.log.last() && p.open(c.cfg.MaxInflight) {
			at = min(at, p.fedAt+c.cfg.BatchWindow)
		}
	}
	return at
}
