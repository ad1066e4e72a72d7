package raft

import (
	"slices"
	"time"
)

// drawPatience draws how long this node waits for a leader. Candidates draw again, so that they do not split the votes for ever (§5.2).
func (c *Core) drawPatience() {
	c.patience = c.cfg.ElectionTimeout + time.Duration(c.cfg.Rand.Int64N(int64(c.cfg.ElectionTimeout)))
}

// restartTimer puts off the election that this node would start.
func (c *Core) restartTimer(now time.Duration) { c.electionAt = now + c.patience }

// hear notes that the leader of this term has spoken.
func (c *Core) hear(leader string, now time.Duration) {
	c.follow(c.term, leader, now)
	c.heard = now
	c.restartTimer(now)
}

// hasLeader reports whether this node believes in a leader: it leads itself, or has heard of one within the shortest election timeout.
// A leader that loses its majority steps down, so a leader's belief in itself ends, too.
func (c *Core) hasLeader(now time.Duration) bool {
	return c.role == Leader || now < c.heard+c.cfg.ElectionTimeout
}

// mayDisturb reports whether a candidate may end the current term. A removed member, which gets no heartbeats, may not
// (thesis 4.2.3), and nobody may while the leader relies on its lease (thesis 6.4.1). A candidate that the leader has chosen may (thesis 3.10).
func (c *Core) mayDisturb(m Message, now time.Duration) bool { return m.Transfer || !c.hasLeader(now) }

// campaign starts an election (§5.2), or one for trial (thesis 9.6): the PreCandidate of a node that was cut off does not raise the term
// of the others, and so does not depose their leader when it is back.
func (c *Core) campaign(role Role, transfer bool, now time.Duration) []envelope {
	m := Message{Kind: PreVote, Term: c.term + 1, Index: c.log.last(), LogTerm: c.log.lastTerm(), Transfer: transfer}
	if role == Candidate {
		m.Kind = Vote
		c.term, c.voted = c.term+1, c.cfg.ID
	}
	c.role, c.leader, c.votes = role, "", nil
	c.drawPatience()
	c.restartTimer(now)
	var out []envelope
	for _, id := range c.rules.members(c).Voters {
		if id != c.cfg.ID {
			out = append(out, envelope{Dest: id, Message: m})
		}
	}
	if role == PreCandidate {
		return append(out, c.count(c.cfg.ID, now)...)
	}
	return out // its own vote counts when it is saved, as any vote does
}

// onVote answers a candidate, or a node that would be one.
func (c *Core) onVote(from string, m Message, now time.Duration) []envelope {
	granted := c.rules.mayVote(c, from, m) && c.rules.mayDisturb(c, m, now)
	if m.Kind == PreVote {
		reply := envelope{Dest: from, Message: Message{Kind: PreVoteReply, Term: m.Term, Reject: !granted}}
		if !granted {
			reply.Message.Term = c.term
		}
		return []envelope{reply}
	}
	if granted {
		c.voted = from
		c.restartTimer(now)
	}
	return c.to(from, Message{Kind: VoteReply, Reject: !granted})
}

// mayVote reports whether a candidate gets this node's vote: one candidate does in a term (§5.2), and only if its log is at least
// as up-to-date, so that it has every entry that is committed (§5.4.1).
func (c *Core) mayVote(candidate string, m Message) bool {
	free := m.Term > c.term || c.voted == "" || c.voted == candidate
	return free && c.rules.upToDate(c, m.Index, m.LogTerm)
}

// upToDate reports whether a log that ends with that index and term is at least as up-to-date as this one: the later last term wins, then the
// longer log (§5.4.1).
func (c *Core) upToDate(index, term uint64) bool {
	last := c.log.lastTerm()
	return term > last || term == last && index >= c.log.last()
}

// onVoteReply counts a vote.
func (c *Core) onVoteReply(from string, m Message, now time.Duration) []envelope {
	wanted, term := Candidate, c.term
	if m.Kind == PreVoteReply {
		wanted, term = PreCandidate, c.term+1
	}
	switch {
	case c.role != wanted || m.Term != term:
		return nil
	case m.Reject:
		c.retrySoon(now)
		return nil
	}
	return c.count(from, now)
}

// retrySoon brings the next election of a candidate forward that was refused a vote: another candidate has it, and perhaps neither wins.
// Time to hear of a leader is not needed once more, as pre-votes protect a leader (thesis 9.6). Only the random part is, so that the
// candidates do not meet again (§5.2).
func (c *Core) retrySoon(now time.Duration) {
	c.electionAt = min(c.electionAt, now+time.Duration(c.cfg.Rand.Int64N(int64(c.cfg.ElectionTimeout)/2+1)))
}

// count counts a vote for this node, which may win the election.
func (c *Core) count(voter string, now time.Duration) []envelope {
	if !slices.Contains(c.votes, voter) {
		c.votes = append(c.votes, voter)
		slices.Sort(c.votes)
	}
	won := reached(c, func(id string) int {
		if slices.Contains(c.votes, id) {
			return 1
		}
		return 0
	})
	switch {
	case won == 0:
		return nil
	case c.role == PreCandidate:
		return c.campaign(Candidate, false, now)
	}
	return c.begin(now)
}

// begin begins the rule of this node. The first entry of its term, an empty one, is there to be committed: only then does the leader
// know which of the entries before it are committed, too (§5.4.2, §8).
func (c *Core) begin(now time.Duration) []envelope {
	c.role, c.leader, c.votes = Leader, c.cfg.ID, nil
	c.reads.restart()
	c.meetPeers(c.log.last()+1, now)
	_, out := c.add(Entry{}, now)
	return out
}
