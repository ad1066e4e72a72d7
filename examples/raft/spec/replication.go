package spec

import "slices"

// ClientRequest: a leader adds a value to its log.
func (s *step) ClientRequest(value string) bool {
	if s.state != Leader || value == "" {
		return false
	}
	s.add(Entry{Term: s.currentTerm, Value: value})
	return true
}

// ChangeMembers: a leader adds or removes one voter, and any learners. The last change is committed, and so is an entry of this term.
func (s *step) ChangeMembers(to Members) bool {
	old := s.members()
	distance := 0
	for _, id := range slices.Concat(old.Voters, to.Voters) {
		if slices.Contains(old.Voters, id) != slices.Contains(to.Voters, id) {
			distance++
		}
	}
	settled := old.equal(s.membersAt(s.commitIndex)) && s.termAt(s.commitIndex) == s.currentTerm
	if s.state != Leader || !settled || distance > 1 || len(to.Voters) == 0 {
		return false
	}
	s.add(Entry{Term: s.currentTerm, Members: to})
	next, match := s.nextIndex, s.matchIndex
	s.nextIndex, s.matchIndex = make(map[string]uint64), make(map[string]uint64)
	for _, id := range s.others() {
		if s.nextIndex[id] = next[id]; next[id] == 0 {
			s.nextIndex[id] = s.last()
		}
		s.matchIndex[id] = match[id]
	}
	return true
}

// AppendEntries: a leader sends a member the next n entries, or none, and tells how much is committed.
func (s *step) AppendEntries(to string, n uint64) bool {
	next := s.nextIndex[to]
	if s.state != Leader || next == 0 || next-1 < s.snapshotIndex || next-1+n > s.last() {
		return false
	}
	return s.send(Message{
		Type: AppendEntriesRequest, Term: s.currentTerm, Dest: to,
		Index: next - 1, LogTerm: s.termAt(next - 1), Entries: s.log[next-1 : next-1+n], Commit: s.commitIndex,
	})
}

// Heartbeat: a leader tells a member only that it leads. All logs agree before their beginning.
func (s *step) Heartbeat(to string) bool {
	if s.state != Leader || s.nextIndex[to] == 0 {
		return false
	}
	return s.send(Message{Type: AppendEntriesRequest, Term: s.currentTerm, Dest: to})
}

// MoveNextIndex: what a leader sends next is its guess. Only what a member has acknowledged it need not send again.
func (s *step) MoveNextIndex(to string, next uint64) bool {
	if s.state != Leader || s.nextIndex[to] == 0 || next <= s.matchIndex[to] || next > s.last()+1 {
		return false
	}
	s.nextIndex = set(s.nextIndex, to, next)
	return true
}

// HandleAppendEntriesRequest: a server takes the entries of its leader if the logs agree up to there, and removes its own only from the first
// conflict on.
func (s *step) HandleAppendEntriesRequest(m Message) bool {
	if m.Type != AppendEntriesRequest || m.Term != s.currentTerm || s.state == Leader {
		return false
	}
	s.follow()
	s.in = nil
	answer := Message{Type: AppendEntriesResponse, Term: s.currentTerm, Dest: m.Source, Index: m.Index}
	end := m.Index + uint64(len(m.Entries))
	switch {
	case m.Index < s.commitIndex:
		answer.Accepted, answer.Index = true, s.commitIndex
	case m.Index > s.last() || s.termAt(m.Index) != m.LogTerm:
		answer.Accepted = false
	default:
		for k, e := range m.Entries {
			if at := m.Index + uint64(k) + 1; s.termAt(at) != e.Term {
				s.log = slices.Concat(s.log[:at-1], m.Entries[k:])
				break
			}
		}
		s.commitIndex = max(s.commitIndex, min(m.Commit, end))
		answer.Accepted, answer.Index = true, end
		s.write()
	}
	return s.send(answer)
}

// HandleAppendEntriesResponse: a leader learns up to where a member's log is on disk and agrees with its own.
func (s *step) HandleAppendEntriesResponse(m Message) bool {
	if m.Type != AppendEntriesResponse || m.Term != s.currentTerm || s.nextIndex[m.Source] == 0 || m.Index > s.last() {
		return false
	}
	if m.Accepted {
		match := max(s.matchIndex[m.Source], m.Index)
		s.matchIndex = set(s.matchIndex, m.Source, match)
		s.nextIndex = set(s.nextIndex, m.Source, max(s.nextIndex[m.Source], match+1))
	}
	s.in = nil
	return true
}

// AdvanceCommitIndex: an entry of the leader's term that is on the disks of a majority is committed, with all before it.
func (s *step) AdvanceCommitIndex(to uint64) bool {
	if s.state != Leader || to <= s.commitIndex || s.termAt(to) != s.currentTerm || !s.quorum(func(id string) bool {
		if id == s.id {
			return s.durable() >= to
		}
		return s.matchIndex[id] >= to
	}) {
		return false
	}
	s.commitIndex = to
	return true
}

// CompactLog: a snapshot takes the place of entries that are committed.
func (s *step) CompactLog(to uint64) bool {
	if to <= s.snapshotIndex || to > s.commitIndex {
		return false
	}
	s.snapshotIndex = to
	s.write()
	return true
}

// SendSnapshot: a leader sends its snapshot in place of entries that it no longer has.
func (s *step) SendSnapshot(to string) bool {
	if s.state != Leader || s.nextIndex[to] == 0 {
		return false
	}
	at := s.snapshotIndex
	return s.send(Message{
		Type: InstallSnapshotRequest, Term: s.currentTerm, Dest: to,
		Index: at, LogTerm: s.termAt(at), Members: s.membersAt(at), log: s.log[:at],
	})
}

// HandleInstallSnapshotRequest: the snapshot becomes the log, unless the log has its last entry, and so all of it.
func (s *step) HandleInstallSnapshotRequest(m Message) bool {
	if m.Type != InstallSnapshotRequest || m.Term != s.currentTerm || s.state == Leader {
		return false
	}
	s.follow()
	s.in = nil
	if m.Index > s.commitIndex {
		if s.termAt(m.Index) != m.LogTerm {
			s.log, s.snapshotIndex = slices.Clip(m.log), m.Index
		}
		s.commitIndex = m.Index
	}
	s.write()
	return s.send(Message{Type: AppendEntriesResponse, Term: s.currentTerm, Dest: m.Source, Index: s.commitIndex, Accepted: true})
}

func (s *step) add(e Entry) {
	s.log = append(slices.Clip(s.log), e)
	s.write()
}
