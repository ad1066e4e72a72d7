package raft

import (
	"encoding/json"

	"glomers/node"
)

// A Message is everything that one core says to another. Which fields count, besides Kind and Term, depends on the kind.
type Message struct {
	Kind     Kind      `json:"kind"`
	Term     uint64    `json:"term"` // the sender's; of pre-votes the one that it would have
	Index    uint64    `json:"index,omitempty"`
	LogTerm  uint64    `json:"log_term,omitempty"` // of the entry at Index or Hint
	Entries  []Entry   `json:"entries,omitempty"`  // those that follow Index
	Commit   uint64    `json:"commit,omitempty"`   // the leader's commit index
	Hint     uint64    `json:"hint,omitempty"`     // where the logs may agree
	Round    uint64    `json:"round,omitempty"`    // of heartbeats, in which the message counts
	Read     uint64    `json:"read,omitempty"`     // the id of a read
	Reject   bool      `json:"reject,omitempty"`
	Quiet    bool      `json:"quiet,omitempty"`    // an append needs no reply if the logs agree
	Transfer bool      `json:"transfer,omitempty"` // the leader wants this election
	Snapshot *Snapshot `json:"snapshot,omitempty"`
}

// A Kind says what a Message is.
type Kind string

// The kinds, with the names of the remote procedure calls in figures 2 and 13 of the paper. A reply may refuse (Reject).
const (
	PreVote         Kind = "pre_vote"         // would you vote for me in Term? Index and LogTerm: the end of my log (thesis 9.6)
	PreVoteReply    Kind = "pre_vote_reply"   //
	Vote            Kind = "vote"             // RequestVote: as PreVote, and meant; Transfer
	VoteReply       Kind = "vote_reply"       //
	Append          Kind = "append"           // AppendEntries: Index, LogTerm, Entries, Commit, Round; a heartbeat if it has no entries
	AppendReply     Kind = "append_reply"     // Index: up to which the logs agree; refused: the Index of the append, Hint, LogTerm; Round
	InstallSnapshot Kind = "install_snapshot" // Snapshot, in one message, without the chunks of figure 13; Round. An AppendReply answers
	TimeoutNow      Kind = "timeout_now"      // start an election at once (thesis 3.10)
	ReadIndex       Kind = "read_index"       // Read: a follower asks for the index that this read must wait for (thesis 6.4)
	ReadIndexReply  Kind = "read_index_reply" // Read, Index
)

// An Entry is a place in the log. It has data, or members, or neither: the entry with which a leader begins its term (§8).
type Entry struct {
	Index   uint64          `json:"-"` // an append's entries follow its Index
	Term    uint64          `json:"term"`
	Data    json.RawMessage `json:"data,omitempty"`
	Members *Members        `json:"members,omitempty"`

	// Snapshot is set only in what Committed returns. It takes the place of all entries up to Index.
	Snapshot *Snapshot `json:"-"`
}

// A Snapshot is the state of the state machine after the entry at Index (§7).
type Snapshot struct {
	Index   uint64          `json:"index"`
	Term    uint64          `json:"term"` // of that entry
	Members Members         `json:"members"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// sane reports whether a core may have sent m. Anything else would damage what this node saves.
func (m Message) sane() bool {
	term := m.LogTerm
	for _, e := range m.Entries {
		if e.Term < term || e.Term > m.Term || e.Members != nil && e.Members.valid() != nil {
			return false
		}
		term = e.Term
	}
	if s := m.Snapshot; s != nil && (s.Term > m.Term || s.Index > maxIndex || s.Members.valid() != nil) {
		return false
	}
	return m.Term <= maxIndex && m.Index <= maxIndex && (m.Snapshot != nil) == (m.Kind == InstallSnapshot)
}

// envelope is a message on its way.
type envelope = node.Envelope[Message]
