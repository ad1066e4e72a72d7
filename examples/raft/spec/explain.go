package spec

import (
	"maps"
	"slices"
)

// A step is a server on the way through one event: what the actions so far have made of it.
type step struct {
	server
	in   *Message  // it has received, and no action has taken yet
	made []Message // that the event has made, and no action has sent yet
	goal *View     // where the event ends

	path []string // the names of the actions
}

// explains reports whether m is the next message that the event has made. Without a goal, any message may be.
func (s *step) explains(m Message) bool {
	if s.goal == nil {
		return true
	}
	if len(s.made) == 0 || s.made[0].key() != m.key() {
		return false
	}
	s.made = s.made[1:]
	return true
}

// A move is an action with its parameters.
type move struct {
	name string
	do   func(s *step) bool
}

// moves returns what may come next. Of an action's parameters it needs only those that lead to the goal: so the messages that were made
// say what is sent, and the goal says which entries come and how far the commit index goes.
func (s *step) moves() (all []move) {
	may := func(name string, do func(s *step) bool) { all = append(all, move{name, do}) }
	if s.in != nil {
		m := *s.in
		may("UpdateTerm", func(s *step) bool { return s.UpdateTerm(m) })
		may("HandleStaleRequest", func(s *step) bool { return s.HandleStaleRequest(m) })
		for _, grant := range []bool{true, false} {
			may("HandlePreVoteRequest", func(s *step) bool { return s.HandlePreVoteRequest(m, grant) })
			may("HandleRequestVoteRequest", func(s *step) bool { return s.HandleRequestVoteRequest(m, grant) })
		}
		may("HandlePreVoteResponse", func(s *step) bool { return s.HandlePreVoteResponse(m) })
		may("HandleRequestVoteResponse", func(s *step) bool { return s.HandleRequestVoteResponse(m) })
		may("HandleAppendEntriesRequest", func(s *step) bool { return s.HandleAppendEntriesRequest(m) })
		may("HandleAppendEntriesResponse", func(s *step) bool { return s.HandleAppendEntriesResponse(m) })
		may("HandleInstallSnapshotRequest", func(s *step) bool { return s.HandleInstallSnapshotRequest(m) })
	}
	may("CountOwnVote", (*step).CountOwnVote)
	may("BecomeLeader", (*step).BecomeLeader)
	may("AdvanceCommitIndex", func(s *step) bool { return s.AdvanceCommitIndex(s.goal.CommitIndex) })
	may("CompactLog", func(s *step) bool { return s.CompactLog(s.goal.SnapshotIndex) })
	if next := s.last() + 1; s.state == Leader && next > s.goal.SnapshotIndex && next <= s.goal.last() {
		e := s.goal.Log[next-s.goal.SnapshotIndex-1]
		may("ClientRequest", func(s *step) bool { return s.ClientRequest(e.Value) })
		may("ChangeMembers", func(s *step) bool { return s.ChangeMembers(e.Members) })
	}
	if len(s.made) > 0 {
		all = append(all, s.sends(s.made[0])...)
	}
	for _, to := range slices.Sorted(maps.Keys(s.goal.NextIndex)) {
		if next := s.goal.NextIndex[to]; next != s.nextIndex[to] && len(s.made) == 0 {
			may("MoveNextIndex", func(s *step) bool { return s.MoveNextIndex(to, next) })
		}
	}
	may("StepDown", (*step).StepDown)
	may("Timeout", (*step).Timeout)
	may("StartElection", (*step).StartElection)
	if s.in != nil {
		may("DropMessage", func(s *step) bool { s.in = nil; return true }) // it is ignored
	}
	return all
}

// sends returns the actions that send m.
func (s *step) sends(m Message) []move {
	switch m.Type {
	case PreVoteRequest:
		return []move{{"RequestPreVote", func(s *step) bool { return s.RequestPreVote(m.Dest) }}}
	case RequestVoteRequest:
		return []move{{"RequestVote", func(s *step) bool { return s.RequestVote(m.Dest, m.Transfer) }}}
	case AppendEntriesRequest:
		return []move{
			{"AppendEntries", func(s *step) bool { return s.AppendEntries(m.Dest, uint64(len(m.Entries))) }},
			{"Heartbeat", func(s *step) bool { return s.Heartbeat(m.Dest) }},
			{"MoveNextIndex", func(s *step) bool { return s.nextIndex[m.Dest] != m.Index+1 && s.MoveNextIndex(m.Dest, m.Index+1) }},
		}
	case InstallSnapshotRequest:
		return []move{{"SendSnapshot", func(s *step) bool { return s.SendSnapshot(m.Dest) }}}
	case TimeoutNowRequest:
		return []move{{"TransferLeadership", func(s *step) bool { return s.TransferLeadership(m.Dest) }}}
	}
	return nil
}

// once are the actions that an event has at most once, and that would otherwise let the search go round for ever.
var once = []string{"CountOwnVote", "BecomeLeader", "StepDown", "Timeout", "StartElection"}

// explain searches, depth first, for actions that lead from s to the goal, with all messages that the event made. If there are none it
// returns the end of the path that comes closest.
func (s *step) explain() (found *step, ok bool) {
	if len(s.made) == 0 && s.in == nil && len(s.differences()) == 0 {
		return s, true
	}
	closest := s
	for _, m := range s.moves() {
		if slices.Contains(once, m.name) && slices.Contains(s.path, m.name) {
			continue
		}
		next := *s
		if !m.do(&next) {
			continue
		}
		next.path = append(slices.Clip(s.path), m.name)
		end, ok := next.explain()
		if ok {
			return end, true
		}
		if d, c := end.distance(), closest.distance(); d < c || d == c && len(end.path) < len(closest.path) {
			closest = end
		}
	}
	return closest, false
}

// distance tells how much of the event is not explained.
func (s *step) distance() int {
	n := 4*len(s.made) + len(s.differences())
	if s.in != nil {
		n += 4
	}
	return n
}

// differences says in which variables the server is not as the event left it.
func (s *step) differences() differences {
	v := s.goal
	all := s.image.differences(v.Image)
	all.note("state", s.state == v.State, s.state, v.State)
	all.note("commitIndex", s.commitIndex == v.CommitIndex, s.commitIndex, v.CommitIndex)
	all.note("votesGranted", slices.Equal(s.votesGranted, v.VotesGranted), s.votesGranted, v.VotesGranted)
	all.note("nextIndex", maps.Equal(s.nextIndex, v.NextIndex), s.nextIndex, v.NextIndex)
	all.note("matchIndex", maps.Equal(s.matchIndex, v.MatchIndex), s.matchIndex, v.MatchIndex)
	return all
}
