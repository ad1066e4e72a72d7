package rsm

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft"
	"glomers/internal/puresim"
)

var seedsFlag = flag.Int("seeds", 60, "simulate so many seeds")

// A journal is a state machine that has every command that was applied, in order. The reply is the whole journal.
type journal []int

func (j *journal) Apply(c int) []int {
	*j = append(*j, c)
	return slices.Clone(*j)
}

func (j *journal) Read(int) []int            { return slices.Clone(*j) }
func (j *journal) Snapshot() ([]byte, error) { return json.Marshal(*j) }

func (j *journal) Restore(snapshot []byte) error {
	*j = nil
	return json.Unmarshal(snapshot, j)
}

type (
	replica = Replica[raft.Message, int, []int]
	sent    = envelope[raft.Message, int]
	request = Request[int, []int]
)

// A cluster is a simulated one of replicas on package raft, with clients. It checks what clients are promised.
type cluster struct {
	*puresim.Cluster[Message[raft.Message, int], *replica]
	t        *testing.T
	rng      *rand.Rand
	checker  raft.Checker
	longest  journal // the journal, as far as any node has it
	answered []int   // commands with a reply
	open     []*pending
	commands int
	reads    int
}

// A pending is a request that was not answered.
type pending struct {
	*request
	command int // 0 for a read
	node    int
	replica *replica
	before  []int // commands that were answered before a read began
}

func newCluster(t *testing.T, seed uint64, nodes int, o Options, change func(*raft.Config)) *cluster {
	c := &cluster{t: t, rng: rand.New(rand.NewPCG(seed, 0))}
	var voters []string
	for i := range nodes {
		voters = append(voters, fmt.Sprintf("n%d", i))
	}
	c.Cluster = puresim.New(nodes, func(p *puresim.Cluster[Message[raft.Message, int], *replica], i int) *replica {
		cfg := raft.Config{ID: p.IDs[i], Voters: voters, Rand: rand.New(rand.NewPCG(seed, c.rng.Uint64())), ElectionTimeout: 150 * time.Millisecond}
		if change != nil {
			change(&cfg)
		}
		start := func(state []byte, records [][]byte) (Engine[raft.Message], error) {
			core, err := raft.Restore(cfg, state, records)
			return Of(core), err
		}
		c.checker.Restarted(p.IDs[i])
		r, err := Restore(p.IDs[i], o, new(journal), start, nil, p.Records(i))
		require.NoError(t, err)
		if c.rng.IntN(2) == 0 { // the store has replaced the records
			r, err = Restore(p.IDs[i], o, new(journal), start, r.State(), nil)
			require.NoError(t, err)
		}
		return r
	})
	c.After = c.observe
	return c
}

// observe checks after each event of node i that its journal is a part of the one, in which no command is twice.
func (c *cluster) observe(i int) {
	r := c.Machine(i)
	require.NoError(c.t, c.checker.Check(r.engine.Show().(raft.Status)))
	require.NoError(c.t, r.broken)
	j := *r.machine.(*journal)
	n := min(len(j), len(c.longest))
	require.True(c.t, slices.Equal(c.longest[:n], j[:n]), "the journals of two nodes differ")
	for ; n < len(j); n++ {
		require.NotContains(c.t, c.longest, j[n], "a command was applied twice")
		c.longest = append(c.longest, j[n])
	}
	c.open = slices.DeleteFunc(c.open, func(p *pending) bool {
		if p.replica != c.Members[p.node].Machine || c.Members[p.node].Down {
			return true // the client has lost its node
		}
		if !p.Done {
			return false
		}
		if p.command == 0 {
			c.reads++
			for _, before := range p.before {
				require.Contains(c.t, p.Reply, before, "a read does not see what was answered before it began")
			}
			return true
		}
		require.Equal(c.t, p.command, p.Reply[len(p.Reply)-1])
		c.answered = append(c.answered, p.command)
		return true
	})
}

// write lets a client ask node i for the next command.
func (c *cluster) write(i int) {
	c.commands++
	p := &pending{command: c.commands, node: i, replica: c.Machine(i)}
	c.Do(i, func(r *replica, now time.Duration) (out []sent) {
		p.request, out = r.Write(p.command, now)
		c.open = append(c.open, p)
		return out
	})
}

// read lets a client read at node i.
func (c *cluster) read(i int) {
	p := &pending{node: i, replica: c.Machine(i), before: slices.Clone(c.answered)}
	c.Do(i, func(r *replica, now time.Duration) (out []sent) {
		p.request, out = r.Read(0, now)
		c.open = append(c.open, p)
		return out
	})
}

// heal ends all faults.
func (c *cluster) heal() {
	c.Cut, c.Copies, c.Sync = puresim.Whole, func(int, int) int { return 1 }, nil
	c.Latency = func() time.Duration { return time.Millisecond }
	for i, m := range c.Members {
		if m.Down {
			c.Start(i)
		}
	}
}

// Whatever happens to messages, nodes and disks, each command is applied at most once, in one order; a reply is a promise; a read sees
// all that was answered before it began; and when the faults are over, everything that clients wait for is answered.
func TestPromises(t *testing.T) {
	total := struct{ answered, reads, snapshots int }{}
	for seed := range uint64(*seedsFlag) {
		c := newCluster(t, seed, 3+2*int(seed%2), Options{Window: time.Duration(seed%3) * 5 * time.Millisecond, Entries: 20}, nil)
		c.Shared = seed%8 != 0
		c.Latency = func() time.Duration { return time.Duration(c.rng.ExpFloat64() * float64(10*time.Millisecond)) }
		c.Copies = func(int, int) int {
			switch c.rng.IntN(40) {
			case 0, 1:
				return 0
			case 2:
				return 2
			}
			return 1
		}
		c.Sync = func() time.Duration { return time.Duration(c.rng.IntN(5)) * time.Millisecond }
		c.Kept = c.rng.IntN
		nodes := len(c.IDs)
		c.Run(time.Second)
		for range 200 {
			i := c.rng.IntN(nodes)
			switch what := c.rng.IntN(100); {
			case what < 2:
				if !c.Members[i].Down && !slices.ContainsFunc(c.Members, func(m *puresim.Member[Message[raft.Message, int], *replica]) bool { return m.Down }) {
					c.Kill(i)
					c.At(c.Now()+time.Duration(c.rng.IntN(1000))*time.Millisecond, func() { c.Start(i) })
				}
			case what < 4:
				cuts := puresim.Cuts(nodes, c.rng)
				c.Cut = cuts[c.rng.IntN(len(cuts))].Drops
			case what < 8:
				c.Cut = puresim.Whole
			case what < 60:
				c.write(i)
			default:
				c.read(i)
			}
			c.Run(c.Now() + time.Duration(c.rng.IntN(40))*time.Millisecond)
		}
		c.heal()
		c.Run(c.Now() + 5*time.Second)
		require.Empty(t, c.open, "seed %d: after the faults, everything is answered", seed)
		for i := range c.Members {
			require.Equal(t, c.longest, *c.Machine(i).machine.(*journal), "seed %d: node %d has everything", seed, i)
		}
		total.answered += len(c.answered)
		total.reads += c.reads
		for i := range c.Members {
			if c.Machine(i).snapshot > 0 {
				total.snapshots++
			}
			for _, s := range c.Machine(i).sessions {
				require.LessOrEqual(t, len(s.Replies), 200, "sessions are bounded")
			}
		}
	}
	t.Logf("%+v", total)
	require.Positive(t, total.snapshots)
	require.Greater(t, total.answered, 50**seedsFlag)
	require.Greater(t, total.reads, 30**seedsFlag)
}
