package spec

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A walk takes actions of the specification at random. It has no cores and no trace: it asks whether the specification itself keeps
// the promises of figure 3.
type walk struct {
	Checker
	rng   *rand.Rand
	ids   []string
	under []Message

	forgetful bool // disks may lose what was synced
}

func newWalk(seed uint64) *walk {
	w := &walk{rng: rand.New(rand.NewPCG(seed, 3)), ids: []string{"n0", "n1", "n2"}}
	w.servers = make(map[string]*server)
	for _, id := range w.ids {
		s := begin(id, image{initial: Members{Voters: w.ids}})
		w.servers[id] = &s
	}
	return w
}

// take lets a server take an action, if the one that is drawn may be taken.
func (w *walk) take() error {
	n := w.rng.IntN
	s, to := w.servers[w.ids[n(3)]], w.ids[n(3)]
	t := step{server: *s}
	some := func(last uint64) uint64 { return 1 + uint64(n(int(last)+1)) }
	var taken bool
	switch n(24) {
	case 0:
		taken = n(10) == 0 && t.Timeout()
	case 1:
		taken = t.StartElection()
	case 2:
		taken = t.RequestPreVote(to)
	case 3:
		taken = t.RequestVote(to, false)
	case 4:
		taken = t.CountOwnVote()
	case 5:
		taken = t.BecomeLeader()
	case 6:
		taken = n(20) == 0 && (t.StepDown() || t.TransferLeadership(to))
	case 7:
		taken = n(5) == 0 && t.ClientRequest(fmt.Sprint(n(9)))
	case 8:
		taken = n(5) == 0 && t.ChangeMembers(Members{Voters: slices.DeleteFunc(slices.Clone(w.ids), func(id string) bool { return id == to && n(2) == 0 })})
	case 9:
		taken = t.AppendEntries(to, uint64(n(3)))
	case 10:
		taken = t.MoveNextIndex(to, some(s.last()))
	case 11:
		taken = t.AdvanceCommitIndex(some(s.last()))
	case 12:
		taken = n(10) == 0 && (t.CompactLog(some(s.last())) || t.SendSnapshot(to))
	case 13, 14:
		taken = t.Sync(n(len(s.disk)))
	case 15:
		if w.forgetful {
			t.synced = 0
		}
		if n(20) == 0 && t.Restart(n(len(s.disk))) {
			*s = t.server // its commit index may go back
		}
	case 16, 17:
		if len(s.outbox) > 0 {
			var m Message
			if m, taken = t.Send(n(len(s.outbox))); taken {
				w.under = append(w.under, m)
			}
		}
	default:
		taken = w.receive(&t)
	}
	if !taken {
		return nil
	}
	err := w.history.note(s, &t.server)
	*s = t.server
	if err == nil {
		err = w.Invariants()
	}
	return err
}

// receive lets a server handle a message, which may come again.
func (w *walk) receive(t *step) bool {
	if len(w.under) == 0 {
		return false
	}
	k := w.rng.IntN(len(w.under))
	m := w.under[k]
	if m.Dest != t.id {
		return false
	}
	t.in = &m
	t.UpdateTerm(m)
	grant := t.mayVote(m)
	taken := t.HandleStaleRequest(m) || t.HandlePreVoteRequest(m, grant) || t.HandlePreVoteResponse(m) ||
		t.HandleRequestVoteRequest(m, grant) || t.HandleRequestVoteResponse(m) || m.Type == TimeoutNowRequest && t.StartElection() ||
		t.HandleAppendEntriesRequest(m) || t.HandleAppendEntriesResponse(m) || t.HandleInstallSnapshotRequest(m)
	if w.rng.IntN(10) > 0 {
		w.under = slices.Delete(w.under, k, k+1)
	}
	return taken || t.currentTerm == m.Term
}

// The specification keeps the promises, and does not if a disk loses what was synced.
func TestWalk(t *testing.T) {
	var leaders, committed int
	broken := 0
	for seed := range uint64(40) {
		for _, forgetful := range []bool{false, true} {
			w := newWalk(seed)
			w.forgetful = forgetful
			var err error
			for k := 0; k < 10_000 && err == nil; k++ {
				err = w.take()
			}
			if forgetful {
				if err != nil {
					broken++
				}
				continue
			}
			require.NoError(t, err, "seed %d", seed)
			leaders, committed = leaders+len(w.history.leaders), committed+len(w.history.committed)
		}
	}
	t.Logf("%d leaders, %d committed entries; %d walks with forgetful disks broke a promise", leaders, committed, broken)
	require.Greater(t, leaders, 40)
	require.Greater(t, committed, 20)
	require.Positive(t, broken)
}
