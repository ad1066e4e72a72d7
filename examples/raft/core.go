package raft

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"glomers/node"
)

// A Role is what a node is in its term (§5.1).
type Role string

// The roles. A PreCandidate asks whether it would be elected, before it is a Candidate of a new term.
const (
	Follower     Role = "follower"
	PreCandidate Role = "pre-candidate"
	Candidate    Role = "candidate"
	Leader       Role = "leader"
)

// A Core is a node's part of the consensus: a node.Machine that is also node.Durable. New, or Restore, makes one.
type Core struct {
	cfg   Config
	rules rules

	// These survive a restart: "persistent state on all servers" of figure 2, and the snapshot of figure 13.
	term  uint64
	voted string // for whom, in this term; empty if for nobody
	log   log

	saver saver // what of them is on disk

	role   Role
	leader string // of this term; empty if it is not known

	// commit is the highest index that is known to be committed, and handed the highest that Committed has returned.
	//
	// Invariant: log.snapshot.Index ≤ commit ≤ log.last(), and handed ≤ commit.
	commit, handed uint64

	patience   time.Duration // how long this node waits for a leader
	electionAt time.Duration // when it will have waited for that long
	heard      time.Duration // when the leader was last heard of, or longAgo
	votes      []string      // of a candidate: who has granted it one

	peers    []*peer // of a leader, sorted by id: the other members
	transfer transfer
	reads    reads
}

// longAgo is earlier than any time of a node, even after an election timeout was added to it.
const longAgo = -node.Never

// Errors of requests to a core. None of them has changed anything.
var (
	ErrNotLeader    = errors.New("raft: this node is not the leader")
	ErrTransferring = errors.New("raft: the leader is handing over to another")
)

// New returns the core of a node that has never run: Restore with nothing to restore.
func New(cfg Config) (*Core, error) { return Restore(cfg, nil, nil) }

// Leader returns the current term and its leader, or "" if this node knows of none.
func (c *Core) Leader() (id string, term uint64) { return c.leader, c.term }

// Propose puts data, a JSON value, into the log. It is decided when Committed returns an entry with that index: if its term is
// another one, data was lost, and may be proposed again.
func (c *Core) Propose(data []byte, now time.Duration) (index, term uint64, out []envelope, err error) {
	switch {
	case c.role != Leader:
		return 0, 0, nil, ErrNotLeader
	case c.transfer.to != "":
		return 0, 0, nil, ErrTransferring
	}
	value, err := canonical(data)
	if err != nil {
		return 0, 0, nil, err
	}
	index, out = c.add(Entry{Data: value}, now)
	return index, c.term, out, nil
}

// canonical returns data as it will be after every way over the wire.
func canonical(data []byte) (json.RawMessage, error) {
	value, err := json.Marshal(json.RawMessage(data))
	if err != nil || len(data) == 0 {
		return nil, fmt.Errorf("raft: %.40q is not a JSON value", data)
	}
	return value, nil
}

// Committed returns the entries that were committed since its last call, in the order of the log, for the state machine: among them
// those without Data. In place of entries that are not there it returns the Snapshot which they are in: after Restore, and when
// this node had fallen behind.
func (c *Core) Committed() []Entry {
	var all []Entry
	if s := c.log.snapshot; c.handed < s.Index {
		all = append(all, Entry{Index: s.Index, Term: s.Term, Snapshot: &s})
		c.handed = s.Index
	}
	all = append(all, c.log.between(c.handed, c.commit)...)
	c.handed = c.commit
	return all
}

// Compact ends the log's part up to index, which Committed has returned: data, a JSON value, is the state of the state machine after it (§7).
func (c *Core) Compact(index uint64, data []byte) error {
	if index <= c.log.snapshot.Index || index > c.handed {
		return fmt.Errorf("raft: a snapshot at %d: want an index after the last snapshot, at %d, and up to %d, which is applied",
			index, c.log.snapshot.Index, c.handed)
	}
	value, err := canonical(data)
	if err != nil {
		return err
	}
	s := c.rules.snapshot(c, index)
	s.Data = value
	c.log.begin(s)
	c.saver.snapshot = true
	return nil
}

// snapshotAt returns the snapshot at index, without data: the last term is there for the next append's check, and the members because
// their entry is gone (§7).
func (c *Core) snapshotAt(index uint64) Snapshot {
	t, _ := c.log.term(index)
	return Snapshot{Index: index, Term: t, Members: c.log.membersAt(index)}
}

// Receive takes a message from another node.
func (c *Core) Receive(from string, m Message, now time.Duration) []envelope {
	switch {
	case !m.sane():
		return nil
	case m.Term > c.term:
		if m.Kind == Vote && !c.rules.mayDisturb(c, m, now) {
			return nil
		}
		if m.Kind != PreVote && (m.Kind != PreVoteReply || m.Reject) { // those have a term that may never come
			c.rules.newTerm(c, m.Term, now)
		}
	case m.Term < c.term && !c.rules.fromPast(c, m):
		return c.refuse(from, m)
	}
	switch m.Kind {
	case PreVote, Vote:
		return c.onVote(from, m, now)
	case PreVoteReply, VoteReply:
		return c.onVoteReply(from, m, now)
	case Append:
		return c.onAppend(from, m, now)
	case InstallSnapshot:
		return c.onInstallSnapshot(from, m, now)
	case AppendReply:
		return c.onAppendReply(from, m, now)
	case TimeoutNow:
		return c.onTimeoutNow(now)
	case ReadIndex:
		return c.onReadIndex(from, m, now)
	case ReadIndexReply:
		c.onReadIndexReply(m)
	}
	return nil
}

// refuse answers a message of an older term with the current one, which ends the sender's role (§5.1).
func (c *Core) refuse(from string, m Message) []envelope {
	switch m.Kind {
	case PreVote:
		return c.to(from, Message{Kind: PreVoteReply, Reject: true})
	case Vote:
		return c.to(from, Message{Kind: VoteReply, Reject: true})
	case Append, InstallSnapshot:
		return c.to(from, Message{Kind: AppendReply, Reject: true})
	case ReadIndex:
		return c.to(from, Message{Kind: ReadIndexReply, Read: m.Read, Reject: true})
	}
	return nil
}

// to returns a message of this term. A leader's appends need not wait for its own disk (thesis 10.2.1), because it counts itself only
// for what is saved. Votes and acknowledgements promise that something is saved.
func (c *Core) to(dest string, m Message) []envelope {
	m.Term = c.term
	return []envelope{{Dest: dest, Message: m, Early: c.rules.early(m.Kind)}}
}

// early reports whether a message may leave before the sender's changes are on disk.
func early(k Kind) bool { return k == Append || k == InstallSnapshot }

// follow makes this node a follower in a term that is not older than its own.
func (c *Core) follow(term uint64, leader string, now time.Duration) {
	if term > c.term {
		c.term, c.voted = term, ""
	}
	if c.role == Leader {
		c.reads.fail()
		c.peers, c.transfer, c.heard = nil, transfer{}, longAgo
		c.restartTimer(now)
	}
	c.role, c.leader, c.votes = Follower, leader, nil
}

// newTerm makes this node a follower in a newer term, in which it knows of no leader (§5.1).
func (c *Core) newTerm(term uint64, now time.Duration) { c.follow(term, "", now) }

// fromPast reports whether a message of an older term counts: none does (§5.1).
func (c *Core) fromPast(Message) bool { return false }

// Tick does what is due.
func (c *Core) Tick(now time.Duration) []envelope {
	if c.role == Leader {
		return c.lead(now)
	}
	if c.electable() && now >= c.electionAt {
		return c.campaign(PreCandidate, false, now)
	}
	return nil
}

// Next returns the time of the next Tick.
func (c *Core) Next() time.Duration {
	switch {
	case c.role == Leader:
		return c.nextDuty()
	case c.electable():
		return c.electionAt
	}
	return node.Never
}
