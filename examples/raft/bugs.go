package raft

import "time"

// A Bug is a mistake in one rule. A core that has it (Config.Bug) shows that the tests of the rule can fail.
type Bug struct {
	Name   string
	Breaks string // the mistake, in a line

	change func(r *rules)
}

// Bugs returns the bugs, sorted by their names.
func Bugs() []Bug {
	return []Bug{
		{"ack-before-sync", "acknowledges entries before they are on disk", func(r *rules) {
			r.early = func(Kind) bool { return true }
		}},
		{"append-to-snapshot", "puts entries from the beginning of a log behind a snapshot which has them", func(r *rules) {
			r.take = func(c *Core, m Message, reply *Message) {
				if m.Index == 0 && c.log.snapshot.Index > 0 {
					c.replace(c.log.last(), m.Entries...)
					reply.Index = c.log.last()
					return
				}
				c.take(m, reply)
			}
		}},
		{"append-truncates", "lets an append end the log, though it is an old one", func(r *rules) {
			r.merge = func(c *Core, index uint64, entries []Entry) { c.replace(index, entries...) }
		}},
		{"change-too-early", "changes members before an entry of the leader's own term is committed", func(r *rules) {
			r.mayChange = func(c *Core) bool { return c.log.membersIndex <= c.commit }
		}},
		{"commit-goes-back", "takes a late append's commit index for the latest", func(r *rules) {
			r.committed = func(_ *Core, m Message) uint64 { return min(m.Commit, m.Index+uint64(len(m.Entries))) }
		}},
		{"commit-older-term", "commits an entry of an older term by counting", func(r *rules) {
			r.mayCommit = func(*Core, uint64) bool { return true }
		}},
		{"commit-stops", "commits nothing as long as there are entries of older terms before", func(r *rules) {
			r.mayCommit = func(c *Core, _ uint64) bool { return c.mayCommit(c.commit + 1) }
		}},
		{"half-majority", "takes half of the voters for a majority", func(r *rules) {
			r.majority = func(voters int) int { return (voters + 1) / 2 }
		}},
		{"install-keeps-log", "keeps the log when a snapshot comes which contradicts it", func(r *rules) {
			r.install = func(c *Core, s Snapshot) {
				if s.Index > c.log.last() {
					c.install(s)
				}
			}
		}},
		{"leader-counts-unsaved", "lets the leader count entries that are not on its disk", func(r *rules) {
			r.savedAt = func(c *Core, id string) uint64 {
				if id == c.cfg.ID {
					return c.log.last()
				}
				return c.savedAt(id)
			}
		}},
		{"leader-stays", "goes on as a leader in the newer term that it hears of", func(r *rules) {
			r.newTerm = func(c *Core, term uint64, now time.Duration) {
				if c.role == Leader {
					c.term, c.voted = term, ""
					return
				}
				c.newTerm(term, now)
			}
		}},
		{"leader-votes", "votes for another in the term that it leads", func(r *rules) {
			r.mayVote = func(c *Core, candidate string, m Message) bool {
				return c.role == Leader || c.mayVote(candidate, m)
			}
		}},
		{"lease-ignores-clocks", "relies on its lease for as long as others should keep their promise by its own clock", func(r *rules) {
			r.lease = func(c *Core) time.Duration { return c.cfg.ElectionTimeout }
		}},
		{"match-goes-back", "takes a late acknowledgement for the latest", func(r *rules) {
			r.acked = func(p *peer, index uint64) {
				p.acked(index)
				p.match = index
			}
		}},
		{"match-goes-back-rejected", "takes back what a member has acknowledged when it rejects an append", func(r *rules) {
			r.rejected = func(c *Core, p *peer, m Message) {
				p.match = min(p.match, m.Hint)
				c.rejected(p, m)
			}
		}},
		{"members-when-committed", "uses new members when they are committed, not when they are in the log", func(r *rules) {
			r.members = func(c *Core) Members { return c.log.membersAt(c.commit) }
		}},
		{"next-below-match", "goes back, after a late rejection, to before what is acknowledged", func(r *rules) {
			r.rejected = func(c *Core, p *peer, m Message) {
				if p.state != StateSnapshot {
					p.probe(c.log.lastUpTo(min(m.Hint, m.Index-1), m.LogTerm) + 1)
				}
			}
		}},
		{"old-messages", "takes messages of older terms for messages of its own", func(r *rules) {
			r.fromPast = func(*Core, Message) bool { return true }
		}},
		{"read-any-round", "answers reads without a round of heartbeats", func(r *rules) {
			r.answered = func(c *Core, _ string) uint64 { return c.reads.round }
		}},
		{"read-too-early", "answers reads before an entry of the leader's term is committed", func(r *rules) {
			r.mayRead = func(*Core) bool { return true }
		}},
		{"removed-disrupts", "obeys candidates while it hears of a leader, even those that the leader has removed", func(r *rules) {
			r.mayDisturb = func(*Core, Message, time.Duration) bool { return true }
		}},
		{"retry-empty", "repeats a lost append without its entries", func(r *rules) {
			r.carries = func(c *Core, p *peer) bool { return p.open(c.cfg.MaxInflight) }
		}},
		{"snapshot-forgets-members", "leaves changes of members out of snapshots", func(r *rules) {
			r.snapshot = func(c *Core, index uint64) Snapshot {
				s := c.snapshotAt(index)
				s.Members = c.log.snapshot.Members
				return s
			}
		}},
		{"snapshot-forgets-term", "leaves the last term out of snapshots", func(r *rules) {
			r.snapshot = func(c *Core, index uint64) Snapshot {
				s := c.snapshotAt(index)
				s.Term = 0
				return s
			}
		}},
		{"term-forgotten", "does not save the term of another's election, nor its vote in it", func(r *rules) {
			r.promises = func(c *Core) (uint64, string) {
				if c.voted == c.cfg.ID {
					return c.term, c.voted
				}
				return max(c.saver.term, c.log.lastTerm()), ""
			}
		}},
		{"term-goes-back", "returns to the term of a late message", func(r *rules) {
			r.fromPast = func(c *Core, m Message) bool {
				c.term = m.Term
				return true
			}
		}},
		{"two-changes", "changes members before the last change is committed", func(r *rules) {
			r.mayChange = (*Core).mayRead
		}},
		{"vote-any-log", "votes for a candidate whose log lacks entries", func(r *rules) {
			r.upToDate = func(*Core, uint64, uint64) bool { return true }
		}},
		{"vote-forgotten", "does not save whom it voted for", func(r *rules) {
			r.promises = func(c *Core) (uint64, string) { return c.term, "" }
		}},
		{"vote-longest-log", "votes for the longer log, whatever its last term", func(r *rules) {
			r.upToDate = func(c *Core, index, _ uint64) bool { return index >= c.log.last() }
		}},
		{"vote-twice", "votes for several candidates in a term", func(r *rules) {
			r.mayVote = func(c *Core, _ string, m Message) bool { return c.upToDate(m.Index, m.LogTerm) }
		}},
	}
}

// rulesFor returns the rules of the paper, with the bug that has this name, if any.
func rulesFor(bug string) rules {
	r := paper()
	for _, b := range Bugs() {
		if b.Name == bug {
			b.change(&r)
		}
	}
	return r
}
