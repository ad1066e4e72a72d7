package raft

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
		{"append-truncates", "lets an append end the log, though it is an old one", func(r *rules) {
			r.merge = func(c *Core, index uint64, entries []Entry) { c.replace(index, entries...) }
		}},
		{"commit-older-term", "commits an entry of an older term by counting", func(r *rules) {
			r.mayCommit = func(*Core, uint64) bool { return true }
		}},
		{"half-majority", "takes half of the voters for a majority", func(r *rules) {
			r.majority = func(voters int) int { return (voters + 1) / 2 }
		}},
		{"leader-counts-unsaved", "lets the leader count entries that are not on its disk", func(r *rules) {
			r.savedAt = func(c *Core, id string) uint64 {
				if id == c.cfg.ID {
					return c.log.last()
				}
				return c.savedAt(id)
			}
		}},
		{"vote-any-log", "votes for a candidate whose log lacks entries", func(r *rules) {
			r.upToDate = func(*Core, uint64, uint64) bool { return true }
		}},
		{"vote-forgotten", "does not save whom it voted for", func(r *rules) {
			r.promises = func(c *Core) (uint64, string) { return c.term, "" }
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
