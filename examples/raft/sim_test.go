package raft

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

var seedsFlag = flag.Int("seeds", 0, "simulate so many seeds (default 200, or 50 with -short)")

// A cluster is a simulated cluster of cores, each with a state machine, in which everything that can go wrong does. It checks after every event
// what figure 3 promises, and that reads are linearizable.
type cluster struct {
	*puresim.Cluster[Message, *Core]
	rng *rand.Rand

	checker  Checker
	machines []machine
	states   map[uint64]machine // by index
	err      error              // the first promise that was broken

	lastRead      uint64
	reads         map[uint64]uint64 // by ids: how much was committed when the read began
	ended, failed int               // of the reads

	reign  func() time.Duration // how long a leader lasts before it is killed; nil: as long as it can
	unrest int                  // how much more often members change, in percent of what clients and operators do
	ruled  uint64               // the last term of a leader that will be killed
}

// A machine is a state machine: a hash of everything that was applied.
type machine struct {
	Index uint64 `json:"index"`
	Hash  uint64 `json:"hash"`
}

func (m *machine) apply(e Entry) {
	if e.Snapshot != nil {
		if err := json.Unmarshal(e.Snapshot.Data, m); err != nil {
			panic(err)
		}
		return
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %d %s", m.Hash, e.Index, e.Term, e.Data)
	*m = machine{e.Index, h.Sum64()}
}

const timeout = 150 * time.Millisecond // for elections

func newCluster(seed uint64, nodes int, change func(*Config)) *cluster {
	s := &cluster{
		rng: rand.New(rand.NewPCG(seed, 0)), machines: make([]machine, nodes),
		states: make(map[uint64]machine), reads: make(map[uint64]uint64),
	}
	var voters []string
	for i := range nodes {
		voters = append(voters, fmt.Sprintf("n%d", i))
	}
	s.Cluster = puresim.New(nodes, func(c *puresim.Cluster[Message, *Core], i int) *Core {
		cfg := Config{ID: c.IDs[i], Voters: voters, Rand: rand.New(rand.NewPCG(seed, s.rng.Uint64())), ElectionTimeout: timeout, MaxBytes: 64, MaxInflight: 4}
		change(&cfg)
		core, err := Restore(cfg, nil, c.Records(i))
		if err == nil && s.rng.IntN(2) == 0 {
			core, err = Restore(cfg, core.State(), nil)
		}
		if err != nil { // a bug has saved what cannot be
			s.note(err)
			core, err = New(cfg)
		}
		if err != nil {
			panic(err)
		}
		if c.Members[i].Rate == 0 {
			c.Members[i].Rate = 1 + s.rng.Float64()
			if cfg.Lease { // as much as the default of Drift allows
				c.Members[i].Rate = 1 + s.rng.Float64()/10
			}
		}
		s.checker.Restarted(c.IDs[i])
		s.machines[i] = machine{}
		return core
	})
	s.Shared = seed%16 != 0 // what messages refer to is never changed
	s.After = s.observe
	return s
}

// setClocks starts the nodes again, with clocks that run at these rates.
func (s *cluster) setClocks(rates ...float64) {
	for i, rate := range rates {
		s.Members[i].Rate = rate
		s.Start(i)
	}
}

// observe is called after each event of node i.
func (s *cluster) observe(i int) {
	core, m := s.Machine(i), &s.machines[i]
	if s.reign != nil && core.role == Leader && core.term > s.ruled {
		s.ruled = core.term
		s.At(s.Now()+s.reign(), func() {
			switch {
			case s.reign == nil:
			case s.rng.IntN(2) == 0:
				s.Start(i)
			default:
				s.Kill(i)
			}
		})
	}
	s.note(s.checker.Check(core.Status()))
	if s.err != nil {
		return
	}
	for _, e := range core.Committed() {
		if e.Snapshot == nil && e.Index != m.Index+1 {
			s.note(fmt.Errorf("%s applies index %d after %d", s.IDs[i], e.Index, m.Index))
		}
		m.apply(e)
		if known, ok := s.states[m.Index]; ok && known != *m {
			s.note(fmt.Errorf("the state of %s at index %d is not that of others", s.IDs[i], m.Index))
		}
		s.states[m.Index] = *m
	}
	for _, r := range core.Reads() {
		began, ok := s.reads[r.ID]
		switch {
		case !ok:
		case r.Failed:
			s.failed++
		case m.Index < began:
			s.note(fmt.Errorf("a read at %s sees index %d, but %d was committed when it began", s.IDs[i], m.Index, began))
		default:
			s.ended++
		}
		delete(s.reads, r.ID)
	}
	if m.Index > core.log.snapshot.Index+20 && s.rng.IntN(20) == 0 {
		data, _ := json.Marshal(m)
		s.note(core.Compact(m.Index, data))
	}
}

func (s *cluster) note(err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("%v: %w", s.Now(), err)
	}
}

// leader returns a node that leads, the one of the highest term.
func (s *cluster) leader() (leader int, ok bool) {
	best := uint64(0)
	for i, m := range s.Members {
		if st := m.Machine; !m.Down && st.role == Leader && st.term > best {
			leader, best = i, st.term
		}
	}
	return leader, best > 0
}

// propose lets a node propose a value, and reports whether it took it.
func (s *cluster) propose(i int, value int) (took bool) {
	s.Do(i, func(c *Core, now time.Duration) []envelope {
		_, _, out, err := c.Propose([]byte(fmt.Sprint(value)), now)
		took = err == nil
		return out
	})
	return took
}

func (s *cluster) read(i int) {
	s.Do(i, func(c *Core, now time.Duration) []envelope {
		s.lastRead++
		out, err := c.Read(s.lastRead, now)
		if err == nil {
			s.reads[s.lastRead] = uint64(len(s.checker.committed))
		}
		return out
	})
}

// act lets clients and operators do something, at random.
func (s *cluster) act(value int) {
	i := s.rng.IntN(len(s.IDs))
	if leader, ok := s.leader(); ok && s.rng.IntN(2) == 0 {
		i = leader
	}
	switch n := s.rng.IntN(100); {
	case n < 60:
		s.propose(i, value)
	case n < 94-s.unrest:
		s.read(i)
	case n < 96-s.unrest:
		s.Do(i, func(c *Core, now time.Duration) []envelope { return c.Announce(s.IDs[s.rng.IntN(len(s.IDs))], now) })
	case n < 98-s.unrest:
		s.Do(i, func(c *Core, now time.Duration) []envelope {
			out, _ := c.Transfer(s.IDs[s.rng.IntN(len(s.IDs))], now)
			return out
		})
	default:
		s.Do(i, func(c *Core, now time.Duration) []envelope { return s.changeMembers(c, now) })
	}
}

// changeMembers adds or removes a voter, or makes it a learner.
func (s *cluster) changeMembers(c *Core, now time.Duration) []envelope {
	m := newMembers(c.log.members.Voters, c.log.members.Learners)
	id := s.IDs[s.rng.IntN(len(s.IDs))]
	switch {
	case !m.voter(id):
		m.Voters = append(m.Voters, id)
		m.Learners = slices.DeleteFunc(m.Learners, func(l string) bool { return l == id })
	case len(m.Voters) > 2:
		m.Voters = slices.DeleteFunc(m.Voters, func(v string) bool { return v == id })
		if s.rng.IntN(2) == 0 {
			m.Learners = append(m.Learners, id)
		}
	}
	out, err := c.ChangeMembers(m.Voters, m.Learners, now)
	if err != nil && !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrChanging) && !errors.Is(err, ErrTransferring) {
		s.note(err)
	}
	return out
}

// torment runs the cluster for some time, with faults and requests.
func (s *cluster) torment(end time.Duration) {
	between := func(a, b time.Duration) time.Duration { return a + time.Duration(s.rng.Int64N(int64(b-a))) }
	loss, twice, late := s.rng.IntN(10), s.rng.IntN(10), s.rng.IntN(20)
	pause := between(20*time.Millisecond, time.Second)      // between faults, at most
	sync := between(time.Millisecond, 100*time.Millisecond) // at most
	think := between(5*time.Millisecond, 100*time.Millisecond)
	s.Latency = func() time.Duration {
		if s.rng.IntN(100) < late {
			return between(0, 4*timeout)
		}
		return between(time.Millisecond, 20*time.Millisecond)
	}
	s.Copies = func(int, int) int {
		switch n := s.rng.IntN(100); {
		case n < loss:
			return 0
		case n < loss+twice:
			return 2
		}
		return 1
	}
	s.Sync = func() time.Duration { return between(0, sync) }
	s.unrest = 30 * s.rng.IntN(2)
	if s.rng.IntN(4) == 0 {
		s.reign = func() time.Duration { return between(0, 4*sync) }
	}
	s.Kept = func(unsynced int) int { return s.rng.IntN(unsynced + 1) }
	rest := func() {
		for i, m := range s.Members {
			m.Paused = 0
			if m.Down {
				s.Start(i)
			}
		}
		s.Cut = puresim.Whole
	}
	for at := between(0, time.Second); at < end; at += between(0, pause) {
		s.At(at, func() {
			i := s.rng.IntN(len(s.IDs))
			if leader, ok := s.leader(); ok && s.rng.IntN(3) == 0 {
				i = leader
			}
			switch s.rng.IntN(10) {
			case 0, 1:
				cuts := puresim.Cuts(len(s.IDs), s.rng)
				s.Cut = cuts[s.rng.IntN(len(cuts))].Drops
			case 2:
				s.Kill(i)
			case 3: // everybody at once
				for i := range s.Members {
					s.Start(i)
				}
			case 4, 5:
				s.Start(i)
			case 6:
				s.Members[i].Paused = s.Now() + between(0, 5*timeout)
			default:
				rest()
			}
		})
	}
	value := 0
	for at := time.Duration(0); at < end; at += between(0, think) {
		s.At(at, func() { value++; s.act(value) })
	}
	for at := time.Duration(0); at < end && s.err == nil; at += 100 * time.Millisecond {
		s.Run(at)
	}
	s.Run(end)
	s.reign = nil
	rest()
	s.Copies = func(int, int) int { return 1 }
	s.Latency = func() time.Duration { return between(time.Millisecond, 10*time.Millisecond) }
	s.Sync = s.Latency
}

// recovered checks that there is a leader soon after the faults, and that what it takes is applied by all members.
func (s *cluster) recovered() error {
	end := s.Now()
	s.Run(end + 20*timeout)
	leader, ok := s.leader()
	switch {
	case s.err != nil:
		return s.err
	case !ok:
		return errors.New("there is no leader")
	case !s.propose(leader, -1):
		return errors.New("the leader takes no proposals")
	}
	last := s.Machine(leader).log.last()
	var err error
	for deadline := s.Now() + 100*timeout; s.Now() < deadline; s.Run(s.Now() + timeout) {
		if err = s.behind(leader, last); err == nil || s.err != nil {
			break
		}
	}
	return errors.Join(s.err, err)
}

// behind returns which members have not applied the log up to index.
func (s *cluster) behind(leader int, index uint64) error {
	for _, id := range s.Machine(leader).log.members.all() {
		if applied := s.machines[slices.Index(s.IDs, id)].Index; applied < index {
			return fmt.Errorf("%s has applied %d of %d entries", id, applied, index)
		}
	}
	return nil
}

// variants are the ways in which a cluster is set up, one for each seed in turn.
var variants = []func(*Config){
	func(*Config) {},
	func(c *Config) { c.BatchWindow = 10 * time.Millisecond },
	func(c *Config) { c.Lease = true },
	func(c *Config) { c.MaxBytes, c.MaxInflight = 1, 1 },
	func(c *Config) { c.MaxBytes, c.BatchWindow = 1, 30*time.Millisecond }, // logs differ much
}

// simulate torments a cluster.
func simulate(seed uint64, bug string) (*cluster, error) {
	s := newCluster(seed, 3+2*int(seed%2), func(c *Config) {
		variants[seed/2%uint64(len(variants))](c)
		c.Bug = bug
	})
	s.torment(6 * time.Second)
	return s, s.recovered()
}

func TestSimulation(t *testing.T) {
	seeds := 200
	switch {
	case *seedsFlag > 0:
		seeds = *seedsFlag
	case testing.Short():
		seeds = 50
	}
	var entries, reads, failed int
	for seed := range uint64(seeds) {
		s, err := simulate(seed, "")
		require.NoError(t, err, "seed %d", seed)
		entries, reads, failed = entries+len(s.checker.committed), reads+s.ended, failed+s.failed
	}
	t.Logf("%d seeds, %d entries, %d reads, %d failed reads", seeds, entries, reads, failed)
}

// Each bug breaks a promise in some of the seeds.
func TestBugs(t *testing.T) {
	// The first seed that shows it, or one of the next thousand does after a change.
	seeds := map[string]uint64{
		"leader-counts-unsaved": 118, "old-messages": 247, "two-changes": 725, "vote-forgotten": 744, "vote-longest-log": 232,
	}
	// Reads go wrong at a leader that does not know that it is one no longer.
	reads := map[string]func(*Config){
		"lease-ignores-clocks": func(c *Config) { c.Lease, c.Drift = true, 2 },
		"read-any-round":       func(*Config) {},
	}
	// These are rare events here, as figure 8 is: explorations find them (internal/scopes).
	rare := []string{
		"append-to-snapshot", "change-too-early", "commit-older-term", "commit-stops", "install-keeps-log", "leader-stays", "leader-votes", "match-goes-back-rejected", "retry-empty",
		"removed-disrupts", // it breaks no promise of figure 3
	}
	for _, b := range Bugs() {
		if slices.Contains(rare, b.Name) {
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			for seed := seeds[b.Name]; seed < seeds[b.Name]+uint64(max(1000, *seedsFlag)); seed++ {
				_, err := simulate(seed, b.Name)
				if change := reads[b.Name]; change != nil {
					_, err = cutOff(seed, func(c *Config) { change(c); c.Bug = b.Name })
				}
				if err != nil {
					t.Logf("%s: seed %d: %v", b.Breaks, seed, err)
					return
				}
			}
			t.Errorf("%s: nobody noticed", b.Breaks)
		})
	}
}
