package raft

import "time"

// rules are the decisions that everything rests on. Each is a method of Core, or a function, which stands with its mechanism and says
// why it is so. The core asks for them here, so that a bug of the table (see Bugs) is another function in one of these fields.
type rules struct {
	// Terms and votes.
	newTerm    func(c *Core, term uint64, now time.Duration)    // a newer term ends every role: §5.1
	fromPast   func(c *Core, m Message) bool                    // a message of an older term does not count: §5.1
	mayVote    func(c *Core, candidate string, m Message) bool  // one vote in a term: §5.2
	upToDate   func(c *Core, index, term uint64) bool           // only for a log that has what is committed: §5.4.1
	mayDisturb func(c *Core, m Message, now time.Duration) bool // none while there is a leader: thesis 4.2.3
	majority   func(voters int) int                             // two of them have a member in common: §5.2

	// The log.
	take      func(c *Core, m Message, reply *Message)     // only after an entry that both logs have: §5.3
	merge     func(c *Core, index uint64, entries []Entry) // only conflicts are removed: §5.3
	committed func(c *Core, m Message) uint64              // a follower commits what it is known to share: figure 2
	carries   func(c *Core, p *peer) bool                  // what may be lost is sent again: §5.3
	acked     func(p *peer, index uint64)                  // a match is for ever: figure 2
	rejected  func(c *Core, p *peer, m Message)            // back to where the logs may agree: §5.3
	mayCommit func(c *Core, n uint64) bool                 // an entry of the leader's own term: §5.4.2
	snapshot  func(c *Core, index uint64) Snapshot         // with the last term, and the members: §7
	install   func(c *Core, s Snapshot)                    // the end of the log stays only if it is a continuation: §7

	// The disk.
	promises func(c *Core) (term uint64, voted string) // survive a restart: figure 2
	early    func(k Kind) bool                         // what promises nothing need not wait for the disk: thesis 10.2.1
	savedAt  func(c *Core, id string) uint64           // a leader counts itself for what is on its disk: thesis 10.2.1

	// Reads, members, transfers.
	mayRead   func(c *Core) bool                    // the commit index of a new leader is old: §8
	answered  func(c *Core, id string) uint64       // a round of heartbeats: §8
	leased    func(c *Core, now time.Duration) bool // thesis 6.4.1
	lease     func(c *Core) time.Duration           // clocks differ: thesis 6.4.1
	members   func(c *Core) Members                 // those of the log count at once: thesis 4.1
	mayChange func(c *Core) bool                    // one change at a time: thesis 4.1, and the note of 2015
	complete  func(c *Core, p *peer) bool           // the next leader has the whole log: thesis 3.10
}

// paper returns the rules of the paper and the thesis.
func paper() rules {
	return rules{
		newTerm:    (*Core).newTerm,
		fromPast:   (*Core).fromPast,
		mayVote:    (*Core).mayVote,
		upToDate:   (*Core).upToDate,
		mayDisturb: (*Core).mayDisturb,
		majority:   majority,

		take:      (*Core).take,
		merge:     (*Core).merge,
		committed: (*Core).committed,
		carries:   (*Core).carries,
		acked:     (*peer).acked,
		rejected:  (*Core).rejected,
		mayCommit: (*Core).mayCommit,
		snapshot:  (*Core).snapshotAt,
		install:   (*Core).install,

		promises: (*Core).promises,
		early:    early,
		savedAt:  (*Core).savedAt,

		mayRead:   (*Core).mayRead,
		answered:  (*Core).answered,
		leased:    (*Core).leased,
		lease:     (*Core).lease,
		members:   (*Core).members,
		mayChange: (*Core).mayChange,
		complete:  (*Core).complete,
	}
}
