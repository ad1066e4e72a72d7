package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// The states of a server. A PreCandidate asks whether it would win, before it begins a term.
const (
	Follower     = "Follower"
	PreCandidate = "PreCandidate"
	Candidate    = "Candidate"
	Leader       = "Leader"
)

// The types of messages.
const (
	PreVoteRequest         = "PreVoteRequest"
	PreVoteResponse        = "PreVoteResponse"
	RequestVoteRequest     = "RequestVoteRequest"
	RequestVoteResponse    = "RequestVoteResponse"
	AppendEntriesRequest   = "AppendEntriesRequest"
	AppendEntriesResponse  = "AppendEntriesResponse"
	InstallSnapshotRequest = "InstallSnapshotRequest"
	TimeoutNowRequest      = "TimeoutNowRequest"
)

// Members are the servers that a log names. Voters is empty in an entry that does not change them.
type Members struct {
	Voters   []string `json:"voters"`
	Learners []string `json:"learners"`
}

func (m Members) equal(o Members) bool {
	return slices.Equal(m.Voters, o.Voters) && slices.Equal(m.Learners, o.Learners)
}

// MarshalJSON writes no null for an empty list: a trace has the same form everywhere.
func (m Members) MarshalJSON() ([]byte, error) {
	type plain Members
	return json.Marshal(plain{listed(m.Voters), listed(m.Learners)})
}

func listed[T any](list []T) []T { return append([]T{}, list...) }

// An Entry is one of a log.
type Entry struct {
	Term    uint64  `json:"term"`
	Value   string  `json:"value"` // empty if it has members, or begins a term
	Members Members `json:"members"`
}

func (e Entry) equal(o Entry) bool {
	return e.Term == o.Term && e.Value == o.Value && e.Members.equal(o.Members)
}

// A Message is one between servers. Which fields count depends on the type; the others are zero.
type Message struct {
	Type     string  `json:"mtype"`
	Term     uint64  `json:"mterm"`
	Source   string  `json:"msource"`
	Dest     string  `json:"mdest"`
	Index    uint64  `json:"mindex"`   // of the entry before the entries; of the last entry; up to which the logs agree; of the snapshot
	LogTerm  uint64  `json:"mlogTerm"` // of the entry at Index, in requests
	Entries  []Entry `json:"mentries"`
	Commit   uint64  `json:"mcommitIndex"`
	Accepted bool    `json:"maccepted"` // in responses: a vote is granted, or the logs agree
	Transfer bool    `json:"mtransfer"` // the leader has asked for this election
	Members  Members `json:"mmembers"`  // of the snapshot

	log []Entry // all entries of the snapshot: the specification knows them, a trace does not
}

// key is the same for equal messages.
func (m Message) key() string {
	m.Entries = listed(m.Entries)
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a Message has nothing that JSON lacks
	}
	return string(b)
}

// An image is the durable state of a server, as it would be after a kill.
type image struct {
	initial       Members // before any entry that changes them
	currentTerm   uint64
	votedFor      string
	log           []Entry // from the first entry on, as if there were no snapshots
	snapshotIndex uint64  // the entries up to here are in the snapshot
}

// A waiting message may leave when the disk has the images up to the one with this number.
type waiting struct {
	Message
	needs int
}

// A server has the variables of one server. Its slices and maps are replaced, not changed, so that a copy of the struct is a copy of it.
type server struct {
	id string
	image

	state                 string
	commitIndex           uint64
	votesGranted          []string // sorted
	nextIndex, matchIndex map[string]uint64

	disk   []image // what was written in this life; the first one is what the life began with
	synced int     // disk[synced] is the last one that is sure to survive
	outbox []waiting
}

// begin returns a server whose life begins with what its disk has.
func begin(id string, from image) server {
	return server{id: id, image: from, state: Follower, commitIndex: from.snapshotIndex, disk: []image{from}}
}

// membersAt returns the members that the log up to index says: of its last entry that has some.
func (m image) membersAt(index uint64) Members {
	for ; index > 0; index-- {
		if e := m.log[index-1]; len(e.Members.Voters) > 0 {
			return e.Members
		}
	}
	return m.initial
}

// members returns the members that count: the latest ones, committed or not.
func (s *server) members() Members { return s.membersAt(s.last()) }

// quorum reports whether a majority of the voters satisfies is.
func (s *server) quorum(is func(id string) bool) bool {
	voters, n := s.members().Voters, 0
	for _, id := range voters {
		if is(id) {
			n++
		}
	}
	return 2*n > len(voters)
}

// electable reports whether the server may become a candidate: it is a voter, or its removal is not committed.
func (s *server) electable() bool {
	return slices.Contains(s.members().Voters, s.id) || slices.Contains(s.membersAt(s.commitIndex).Voters, s.id)
}

// upToDate reports whether a log with that end is at least as up-to-date as this server's.
func (s *server) upToDate(index, term uint64) bool {
	last := s.termAt(s.last())
	return term > last || term == last && index >= s.last()
}

// durable returns up to where the log is on the disk.
func (s *server) durable() uint64 {
	disk, n := s.disk[s.synced].log, uint64(0)
	for n < min(s.last(), uint64(len(disk))) && disk[n].Term == s.log[n].Term {
		n++
	}
	return n
}

// termAt returns the term of an entry; there is none at 0.
func (m image) termAt(index uint64) uint64 {
	if index == 0 || index > m.last() {
		return 0
	}
	return m.log[index-1].Term
}

func (m image) last() uint64 { return uint64(len(m.log)) }

func (m image) equal(o image) bool {
	return m.currentTerm == o.currentTerm && m.votedFor == o.votedFor && m.snapshotIndex == o.snapshotIndex && same(m.log, o.log)
}

// differences says in what an observed image is another one.
func (m image) differences(o Image) (all differences) {
	all.note("currentTerm", m.currentTerm == o.CurrentTerm, m.currentTerm, o.CurrentTerm)
	all.note("votedFor", m.votedFor == o.VotedFor, strconv.Quote(m.votedFor), strconv.Quote(o.VotedFor))
	at := m.snapshotIndex
	all.note("snapshotIndex", at == o.SnapshotIndex, at, o.SnapshotIndex)
	if at != o.SnapshotIndex {
		return all
	}
	all.note("the last term of the snapshot", m.termAt(at) == o.SnapshotTerm, m.termAt(at), o.SnapshotTerm)
	all.note("the members in the snapshot", m.membersAt(at).equal(o.SnapshotMembers), m.membersAt(at), o.SnapshotMembers)
	all.note("Len(log)", m.last() == o.last(), m.last(), o.last())
	for i := at; i < min(m.last(), o.last()); i++ {
		if a, b := m.log[i], o.Log[i-at]; !a.equal(b) {
			all.note(fmt.Sprintf("log[%d]", i+1), false, a, b)
			break
		}
	}
	return all
}

// differences are sentences about variables.
type differences []string

func (d *differences) note(variable string, equal bool, spec, trace any) {
	if !equal {
		*d = append(*d, fmt.Sprintf("%s is %v, and should be %v", variable, trace, spec))
	}
}

// same reports whether two logs are equal.
func same(a, b []Entry) bool {
	if len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] {
		return true // as they are never changed in place
	}
	return slices.EqualFunc(a, b, Entry.equal)
}

func set(m map[string]uint64, key string, value uint64) map[string]uint64 {
	m = maps.Clone(m)
	m[key] = value
	return m
}
