package spec

import "slices"

// Timeout: a server that has not heard of a leader asks whether it would win an election (thesis 9.6).
func (s *step) Timeout() bool {
	if s.state == Leader || !s.electable() {
		return false
	}
	s.state, s.votesGranted = PreCandidate, []string{s.id}
	return true
}

// RequestPreVote: it asks another voter.
func (s *step) RequestPreVote(to string) bool {
	if s.state != PreCandidate || !s.votes(to) {
		return false
	}
	return s.send(Message{Type: PreVoteRequest, Term: s.currentTerm + 1, Dest: to, Index: s.last(), LogTerm: s.termAt(s.last())})
}

// HandlePreVoteRequest: the answer is a forecast, which changes nothing. It may be no for any reason.
func (s *step) HandlePreVoteRequest(m Message, grant bool) bool {
	if m.Type != PreVoteRequest || m.Term < s.currentTerm || grant && !s.mayVote(m) {
		return false
	}
	term := s.currentTerm
	if grant {
		term = m.Term // which this server is not in
	}
	s.in = nil
	return s.send(Message{Type: PreVoteResponse, Term: term, Dest: m.Source, Accepted: grant})
}

// HandlePreVoteResponse: a forecast is counted.
func (s *step) HandlePreVoteResponse(m Message) bool {
	if m.Type != PreVoteResponse || !m.Accepted || s.state != PreCandidate || m.Term != s.currentTerm+1 {
		return false
	}
	s.in = nil
	s.grant(m.Source)
	return true
}

// StartElection: a server that would win becomes a candidate in a new term, and so does one that the leader has told to.
func (s *step) StartElection() bool {
	told := s.in != nil && s.in.Type == TimeoutNowRequest && s.in.Term == s.currentTerm && s.state != Leader
	would := s.state == PreCandidate && s.quorum(s.granted)
	if !s.electable() || !told && !would {
		return false
	}
	if told {
		s.in = nil
	}
	s.currentTerm, s.votedFor = s.currentTerm+1, s.id
	s.state, s.votesGranted = Candidate, nil
	s.write()
	return true
}

// RequestVote: a candidate asks another voter. It says whether the leader has asked for this election.
func (s *step) RequestVote(to string, transfer bool) bool {
	if s.state != Candidate || !s.votes(to) {
		return false
	}
	return s.send(Message{Type: RequestVoteRequest, Term: s.currentTerm, Dest: to, Index: s.last(), LogTerm: s.termAt(s.last()), Transfer: transfer})
}

// HandleRequestVoteRequest: a server has one vote in a term, for a candidate whose log has everything that may be committed. It may
// refuse for any other reason, too.
func (s *step) HandleRequestVoteRequest(m Message, grant bool) bool {
	if m.Type != RequestVoteRequest || m.Term != s.currentTerm || grant && !s.mayVote(m) {
		return false
	}
	if grant {
		s.votedFor = m.Source
		s.write()
	}
	s.in = nil
	return s.send(Message{Type: RequestVoteResponse, Term: s.currentTerm, Dest: m.Source, Accepted: grant})
}

// HandleRequestVoteResponse: a vote is counted.
func (s *step) HandleRequestVoteResponse(m Message) bool {
	if m.Type != RequestVoteResponse || !m.Accepted || s.state != Candidate || m.Term != s.currentTerm {
		return false
	}
	s.in = nil
	s.grant(m.Source)
	return true
}

// CountOwnVote: a candidate's own vote counts as soon as it is on its disk.
func (s *step) CountOwnVote() bool {
	if d := s.disk[s.synced]; s.state != Candidate || d.currentTerm != s.currentTerm || d.votedFor != s.id {
		return false
	}
	s.grant(s.id)
	return true
}

// BecomeLeader: a majority has elected the candidate. The first entry of its term is an empty one.
func (s *step) BecomeLeader() bool {
	if s.state != Candidate || !s.quorum(s.granted) {
		return false
	}
	s.state, s.votesGranted = Leader, nil
	s.nextIndex, s.matchIndex = make(map[string]uint64), make(map[string]uint64)
	for _, id := range s.others() {
		s.nextIndex[id], s.matchIndex[id] = s.last()+1, 0
	}
	s.log = append(slices.Clip(s.log), Entry{Term: s.currentTerm})
	s.write()
	return true
}

// StepDown: a leader may give up at any time: because it has had no word from a majority, or is no longer a voter.
func (s *step) StepDown() bool {
	if s.state != Leader {
		return false
	}
	s.follow()
	return true
}

// UpdateTerm: a message of a newer term ends every role. Those of pre-votes do not, but for a refusal.
func (s *step) UpdateTerm(m Message) bool {
	if m.Term <= s.currentTerm || m.Type == PreVoteRequest || m.Type == PreVoteResponse && m.Accepted {
		return false
	}
	s.currentTerm, s.votedFor = m.Term, ""
	s.follow()
	s.write()
	return true
}

// HandleStaleRequest: a request of an older term is refused, with the current one.
func (s *step) HandleStaleRequest(m Message) bool {
	response, ok := map[string]string{
		PreVoteRequest: PreVoteResponse, RequestVoteRequest: RequestVoteResponse,
		AppendEntriesRequest: AppendEntriesResponse, InstallSnapshotRequest: AppendEntriesResponse,
	}[m.Type]
	if !ok || m.Term >= s.currentTerm {
		return false
	}
	s.in = nil
	return s.send(Message{Type: response, Term: s.currentTerm, Dest: m.Source})
}

// TransferLeadership: a leader may tell another voter to start an election at once (thesis 3.10).
func (s *step) TransferLeadership(to string) bool {
	if s.state != Leader || !s.votes(to) {
		return false
	}
	return s.send(Message{Type: TimeoutNowRequest, Term: s.currentTerm, Dest: to})
}

// mayVote reports whether the sender of m may have this server's vote in the term of m.
func (s *step) mayVote(m Message) bool {
	free := m.Term > s.currentTerm || s.votedFor == "" || s.votedFor == m.Source
	return free && s.upToDate(m.Index, m.LogTerm)
}

// votes reports whether id is another voter.
func (s *step) votes(id string) bool {
	return id != s.id && slices.Contains(s.members().Voters, id)
}

func (s *step) granted(id string) bool { return slices.Contains(s.votesGranted, id) }

func (s *step) grant(id string) {
	if !s.granted(id) {
		s.votesGranted = append(slices.Clone(s.votesGranted), id)
		slices.Sort(s.votesGranted)
	}
}

// others returns the other members.
func (s *step) others() (ids []string) {
	m := s.members()
	for _, id := range slices.Concat(m.Voters, m.Learners) {
		if id != s.id {
			ids = append(ids, id)
		}
	}
	return ids
}

// follow makes the server a follower.
func (s *step) follow() {
	s.state, s.votesGranted, s.nextIndex, s.matchIndex = Follower, nil, nil, nil
}
