package spec

import (
	"glomers/examples/raft"
)

// The kinds of events.
const (
	EventInit      = "init"      // the first one: Views has the servers as they begin
	EventStep      = "step"      // a server did something: took Message if there is one, made messages, and is now as View says
	EventWrite     = "write"     // it has written records, after each of which the disk has one of Images
	EventSync      = "sync"      // its first Records, of this life, are on disk
	EventSend      = "send"      // Message leaves the server
	EventDuplicate = "duplicate" // the network doubles Message
	EventDrop      = "drop"      // the network loses Message
	EventRestart   = "restart"   // the server was killed, and begins a new life as View says
)

// An Event is a line of a trace. Fields that do not count for its kind are empty.
type Event struct {
	Kind    string          `json:"event"`
	Server  string          `json:"server"`
	Message *Message        `json:"message,omitempty"`
	Made    []Message       `json:"made,omitempty"`
	View    *View           `json:"view,omitempty"`
	Views   map[string]View `json:"views,omitempty"`
	Images  []Image         `json:"images,omitempty"`
	Records int             `json:"records,omitempty"`
	Damage  string          `json:"damage,omitempty"` // of a write: why a restart could not read the records
}

// travels reports whether the event is one of the network.
func (e Event) travels() bool {
	return e.Kind == EventSend || e.Kind == EventDrop || e.Kind == EventDuplicate
}

// An Image is what a server's disk has.
type Image struct {
	CurrentTerm     uint64  `json:"currentTerm"`
	VotedFor        string  `json:"votedFor"`
	SnapshotIndex   uint64  `json:"snapshotIndex"`
	SnapshotTerm    uint64  `json:"snapshotTerm"`
	SnapshotMembers Members `json:"snapshotMembers"`
	Log             []Entry `json:"log"` // after the snapshot
}

func (i Image) last() uint64 { return i.SnapshotIndex + uint64(len(i.Log)) }

// A View is what can be seen of a server.
type View struct {
	Image
	State        string            `json:"state"`
	CommitIndex  uint64            `json:"commitIndex"`
	VotesGranted []string          `json:"votesGranted"`
	NextIndex    map[string]uint64 `json:"nextIndex"`
	MatchIndex   map[string]uint64 `json:"matchIndex"`
}

// ViewOf returns what a core's status shows of the specification's variables.
func ViewOf(s raft.Status) View {
	v := View{
		Image: Image{
			CurrentTerm: s.Term, VotedFor: s.Voted,
			SnapshotIndex: s.Snapshot.Index, SnapshotTerm: s.Snapshot.Term, SnapshotMembers: membersOf(&s.Snapshot.Members),
			Log: entriesOf(s.Entries),
		},
		State: map[raft.Role]string{
			raft.Follower: Follower, raft.PreCandidate: PreCandidate, raft.Candidate: Candidate, raft.Leader: Leader,
		}[s.Role],
		CommitIndex: s.Commit, VotesGranted: listed(s.Votes),
		NextIndex: make(map[string]uint64), MatchIndex: make(map[string]uint64),
	}
	for _, p := range s.Peers {
		v.NextIndex[p.ID], v.MatchIndex[p.ID] = p.Next, p.Match
	}
	return v
}

// MessageOf returns a core's message as the specification has it, or false if the specification has no such messages: those of reads.
func MessageOf(from, to string, m raft.Message) (Message, bool) {
	kind, ok := map[raft.Kind]string{
		raft.PreVote: PreVoteRequest, raft.PreVoteReply: PreVoteResponse, raft.Vote: RequestVoteRequest, raft.VoteReply: RequestVoteResponse,
		raft.Append: AppendEntriesRequest, raft.AppendReply: AppendEntriesResponse,
		raft.InstallSnapshot: InstallSnapshotRequest, raft.TimeoutNow: TimeoutNowRequest,
	}[m.Kind]
	s := Message{
		Type: kind, Term: m.Term, Source: from, Dest: to, Index: m.Index, Entries: entriesOf(m.Entries), Commit: m.Commit,
		Transfer: m.Transfer,
	}
	switch m.Kind {
	case raft.PreVoteReply, raft.VoteReply, raft.AppendReply:
		s.Accepted = !m.Reject
	case raft.InstallSnapshot:
		s.Index, s.LogTerm, s.Members = m.Snapshot.Index, m.Snapshot.Term, membersOf(&m.Snapshot.Members)
	default:
		s.LogTerm = m.LogTerm
	}
	return s, ok
}

func entriesOf(entries []raft.Entry) []Entry {
	all := make([]Entry, len(entries))
	for i, e := range entries {
		all[i] = Entry{Term: e.Term, Value: string(e.Data), Members: membersOf(e.Members)}
	}
	return all
}

func membersOf(m *raft.Members) (all Members) {
	if m != nil {
		all = Members{Voters: m.Voters, Learners: m.Learners}
	}
	return all
}
