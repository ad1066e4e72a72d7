package spec_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"glomers/examples/raft"
	"glomers/examples/raft/spec"
	"glomers/internal/puresim"
	"glomers/node"
)

type envelope = node.Envelope[raft.Message]

// A run is a simulated cluster of cores that is recorded, under partitions, loss, repeats, messages that overtake others, pauses, and kills with disks
// that lose what was not synced.
type run struct {
	*puresim.Cluster[raft.Message, *spec.Node]
	recorder spec.Recorder
	rng      *rand.Rand
	sent     envelope
	value    int
}

// simulate runs a cluster of 3 or 5 nodes for some time.
func simulate(seed uint64, bug string, length time.Duration) *run {
	s := &run{rng: rand.New(rand.NewPCG(seed, 17))}
	nodes := 3 + 2*s.rng.IntN(2)
	cfg := raft.Config{ElectionTimeout: 150 * time.Millisecond, MaxBytes: 16 << s.rng.IntN(3), MaxInflight: 1 + s.rng.IntN(4), Bug: bug}
	for i := range nodes {
		cfg.Voters = append(cfg.Voters, fmt.Sprint("n", i))
	}
	s.Cluster = puresim.New(nodes, func(c *puresim.Cluster[raft.Message, *spec.Node], i int) *spec.Node {
		own := cfg
		own.ID, own.Rand = c.IDs[i], rand.New(rand.NewPCG(seed, s.rng.Uint64()))
		core, err := raft.Restore(own, nil, c.Records(i))
		if err != nil { // as the trace says where it was written
			core, err = raft.New(own)
		}
		if err != nil {
			panic(err)
		}
		return s.recorder.Start(own, core)
	})
	s.Shared = true
	s.Log = func(_ int, e envelope) { s.sent = e }
	s.Copies = func(from, _ int) int {
		copies := [...]int{0, 2, 1}[min(s.rng.IntN(30), 2)]
		s.recorder.Sent(s.IDs[from], s.sent, copies)
		return copies
	}
	s.Latency = func() time.Duration { return s.upTo(20 * time.Millisecond) }
	slow := time.Millisecond << s.rng.IntN(6)
	s.Sync = func() time.Duration { return s.upTo(slow) }
	s.Kept = func(unsynced int) int { return s.rng.IntN(unsynced + 1) }
	s.every(15*time.Millisecond, length, s.request)
	s.every(400*time.Millisecond, length, s.fault)
	s.Run(length)
	return s
}

func (s *run) upTo(longest time.Duration) time.Duration {
	return time.Duration(s.rng.Int64N(int64(longest)))
}

// every schedules do again and again, at most so far apart.
func (s *run) every(apart, end time.Duration, do func(node int)) {
	for at := s.upTo(apart); at < end; at += s.upTo(apart) {
		s.At(at, func() { do(s.rng.IntN(len(s.IDs))) })
	}
}

func (s *run) fault(i int) {
	switch s.rng.IntN(6) {
	case 0:
		cuts := puresim.Cuts(len(s.IDs), s.rng)
		s.Cut = cuts[s.rng.IntN(len(cuts))].Drops
	case 1:
		s.Kill(i)
	case 2:
		s.Start(i)
	case 3:
		s.Members[i].Paused = s.Now() + s.upTo(400*time.Millisecond)
	default:
		s.Cut = puresim.Whole
		for i, m := range s.Members {
			if m.Down {
				s.Start(i)
			}
		}
	}
}

// request lets somebody ask a node for something. Most ask the leader.
func (s *run) request(i int) {
	for k, m := range s.Members {
		if !m.Down && s.Machine(k).Core().Status().Role == raft.Leader && s.rng.IntN(10) > 0 {
			i = k
		}
	}
	s.Do(i, func(n *spec.Node, now time.Duration) []envelope {
		return n.Do(func(c *raft.Core) (out []envelope) {
			switch d := s.rng.IntN(40); {
			case d == 0:
				out, _ = c.Transfer(s.IDs[s.rng.IntN(len(s.IDs))], now)
			case d < 3:
				out, _ = s.changeMembers(c, now)
			case d < 8:
				if all := c.Committed(); len(all) > 0 {
					_ = c.Compact(all[len(all)-1].Index, []byte("1")) // refused if that is the snapshot
				}
			default:
				s.value++
				_, _, out, _ = c.Propose(fmt.Append(nil, s.value), now)
			}
			return out
		})
	})
}

// changeMembers makes a node a voter, a learner, or nothing of both.
func (s *run) changeMembers(c *raft.Core, now time.Duration) ([]envelope, error) {
	m, id := c.Status().Members, s.IDs[s.rng.IntN(len(s.IDs))]
	is := func(other string) bool { return other == id }
	voters, learners := slices.DeleteFunc(slices.Clone(m.Voters), is), slices.DeleteFunc(slices.Clone(m.Learners), is)
	switch s.rng.IntN(4) {
	case 0:
		learners = append(learners, id)
	case 1:
	default:
		voters = append(voters, id)
	}
	return c.ChangeMembers(voters, learners, now)
}
