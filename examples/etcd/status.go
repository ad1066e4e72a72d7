package etcd

import (
	"slices"

	etcdraft "go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"

	"glomers/examples/raft"
)

// Show returns a raft.Status, so that the same checker looks at cores of both kinds.
func (e *Engine) Show() any { return e.Status() }

// Status returns a view of the engine. It has what the cores have in common.
func (e *Engine) Status() raft.Status {
	hard, snapshot := e.hardState(), e.snapshot()
	s := raft.Status{
		ID: e.cfg.ID, Term: hard.GetTerm(), Voted: e.name(hard.GetVote()), Role: role(e.role), Leader: e.leader,
		Snapshot: *e.asSnapshot(snapshot), Entries: []raft.Entry{}, Commit: hard.GetCommit(), Handed: e.handed,
		Members: raft.Members{Voters: slices.Clone(e.cfg.Voters)}, Waiting: slices.Clone(e.reads.waiting),
	}
	for _, entry := range e.entries() {
		s.Entries = append(s.Entries, asEntry(entry))
	}
	if e.role != etcdraft.StateLeader {
		return s
	}
	e.raw.WithProgress(func(id uint64, _ etcdraft.ProgressType, p tracker.Progress) {
		if id != e.id {
			s.Peers = append(s.Peers, raft.PeerStatus{ID: e.name(id), State: state(p.State), Match: p.Match, Next: p.Next})
		}
	})
	return s
}

func role(s etcdraft.StateType) raft.Role {
	return map[etcdraft.StateType]raft.Role{
		etcdraft.StateFollower: raft.Follower, etcdraft.StatePreCandidate: raft.PreCandidate,
		etcdraft.StateCandidate: raft.Candidate, etcdraft.StateLeader: raft.Leader,
	}[s]
}

func state(s tracker.StateType) raft.PeerState {
	return map[tracker.StateType]raft.PeerState{
		tracker.StateProbe: raft.StateProbe, tracker.StateReplicate: raft.StateReplicate, tracker.StateSnapshot: raft.StateSnapshot,
	}[s]
}

func asEntry(e *raftpb.Entry) raft.Entry {
	return raft.Entry{Index: e.GetIndex(), Term: e.GetTerm(), Data: e.GetData()}
}

func (e *Engine) asSnapshot(s *raftpb.Snapshot) *raft.Snapshot {
	at := s.GetMetadata()
	return &raft.Snapshot{Index: at.GetIndex(), Term: at.GetTerm(), Members: raft.Members{Voters: slices.Clone(e.cfg.Voters)}, Data: s.GetData()}
}
