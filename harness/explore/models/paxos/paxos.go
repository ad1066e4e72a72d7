// Package paxos is single-decree Paxos, the consensus algorithm of Lamport, "The Part-Time Parliament" (1998), in the form of his
// "Paxos Made Simple" (2001): servers agree on one value, and never on two, whatever messages are late or lost.
//
// Each server is proposer, acceptor and learner. A proposer makes a ballot, a number that no other proposer makes:
//
//	proposer                   acceptors, itself included
//	   │  prepare(ballot)          │  promise to accept nothing below ballot
//	   ├──────────────────────────▶│
//	   │◀──────────────────────────┤  promise(ballot, last vote)
//	   │  accept(ballot, value)    │  vote for value, unless a higher ballot was promised
//	   ├──────────────────────────▶│
//	   │◀──────────────────────────┤  accepted(ballot)
//	   │  decided(value)           │
//	   ├──────────────────────────▶│
//
// With promises of a majority, the proposer proposes the value of the highest vote among them, and its own value only if there is no
// vote. That is why two majorities never choose different values: they share an acceptor, whose promise shows the later proposer the
// vote, or keeps the earlier one from getting it.
//
// A server makes one proposal and does not repeat it, so a proposal that was overtaken is never decided. Package paxos is a model
// to explore, not a service to run.
package paxos

import (
	"slices"
	"strings"
	"time"

	"glomers/node"
)

// A Ballot is the number of an attempt to choose a value. Ballots are ordered by round, and those of a round by their proposers.
type Ballot struct {
	Round    int    `json:"round"`
	Proposer string `json:"proposer"`
}

// Less reports whether b is lower than c.
func (b Ballot) Less(c Ballot) bool {
	return b.Round < c.Round || b.Round == c.Round && strings.Compare(b.Proposer, c.Proposer) < 0
}

// A Vote is an acceptor's vote for a value in a ballot.
type Vote struct {
	Ballot Ballot `json:"ballot"`
	Value  int    `json:"value"`
}

// A Message goes from server to server.
type Message struct {
	Kind   string `json:"kind"` // prepare, promise, accept, accepted or decided
	Ballot Ballot `json:"ballot"`
	Value  int    `json:"value,omitempty"` // of accept and decided
	Vote   *Vote  `json:"vote,omitempty"`  // of promise: the acceptor's last vote, if it has voted
}

type envelope = node.Envelope[Message]

// A Server is the state of one server. It is a node.Machine.
type Server struct {
	Ballot   Ballot           `json:"ballot"`             // the highest that this server has promised or begun
	Vote     *Vote            `json:"vote,omitempty"`     // its last vote
	Decided  bool             `json:"decided,omitempty"`  // the value of its vote is chosen
	Proposal *int             `json:"proposal,omitempty"` // the value that it proposes
	Promises map[string]*Vote `json:"promises,omitempty"` // for its proposal, with the votes that came with them
	Accepts  []string         `json:"accepts,omitempty"`  // of its proposal, ascending

	id    string
	peers []string
}

// NewServer returns the server id; peers are the others.
func NewServer(id string, peers []string) *Server { return &Server{id: id, peers: peers} }

// Propose begins a ballot for value, unless the server has already proposed a value, or knows the one that is chosen.
func (s *Server) Propose(value int) []envelope {
	if s.Decided || s.Proposal != nil {
		return nil
	}
	s.Proposal = &value
	s.Ballot = Ballot{s.Ballot.Round + 1, s.id}
	s.Promises = map[string]*Vote{s.id: s.Vote}
	return append(s.broadcast(Message{Kind: "prepare", Ballot: s.Ballot}), s.progress()...)
}

// Receive takes a message from another server. What comes after the decision changes nothing.
func (s *Server) Receive(from string, m Message, _ time.Duration) []envelope {
	switch {
	case s.Decided:
	case m.Kind == "prepare" && s.Ballot.Less(m.Ballot):
		s.Ballot = m.Ballot
		return []envelope{{Dest: from, Message: Message{Kind: "promise", Ballot: m.Ballot, Vote: s.Vote}}}
	case m.Kind == "promise" && m.Ballot == s.Ballot:
		s.Promises[from] = m.Vote
		return s.progress()
	case m.Kind == "accept" && !m.Ballot.Less(s.Ballot):
		s.Ballot, s.Vote = m.Ballot, &Vote{m.Ballot, m.Value}
		return []envelope{{Dest: from, Message: Message{Kind: "accepted", Ballot: m.Ballot}}}
	case m.Kind == "accepted" && m.Ballot == s.Ballot:
		s.addAccept(from)
		return s.progress()
	case m.Kind == "decided":
		s.Ballot, s.Vote, s.Decided = m.Ballot, &Vote{m.Ballot, m.Value}, true
	}
	return nil
}

// progress goes on with the server's proposal when a majority has promised, and when a majority has accepted.
func (s *Server) progress() (out []envelope) {
	if len(s.Accepts) == 0 && len(s.Promises) >= s.majority() {
		if v := highest(s.Promises); v != nil {
			s.Proposal = &v.Value
		}
		s.Vote = &Vote{s.Ballot, *s.Proposal}
		s.addAccept(s.id)
		out = s.broadcast(Message{Kind: "accept", Ballot: s.Ballot, Value: *s.Proposal})
	}
	if len(s.Accepts) >= s.majority() {
		s.Decided = true
		out = append(out, s.broadcast(Message{Kind: "decided", Ballot: s.Ballot, Value: s.Vote.Value})...)
	}
	return out
}

// highest returns the vote in the highest ballot, or nil if there is no vote.
func highest(votes map[string]*Vote) *Vote {
	var h *Vote
	for _, v := range votes {
		if v != nil && (h == nil || h.Ballot.Less(v.Ballot)) {
			h = v
		}
	}
	return h
}

func (s *Server) addAccept(id string) {
	if i, found := slices.BinarySearch(s.Accepts, id); !found {
		s.Accepts = slices.Insert(s.Accepts, i, id)
	}
}

func (s *Server) majority() int { return (len(s.peers)+1)/2 + 1 }

func (s *Server) broadcast(m Message) []envelope {
	var out []envelope
	for _, id := range s.peers {
		out = append(out, envelope{Dest: id, Message: m})
	}
	return out
}

// Tick does nothing: a server has no timers.
func (s *Server) Tick(time.Duration) []envelope { return nil }

// Next returns Never.
func (s *Server) Next() time.Duration { return node.Never }
