// Package rsmtest has the tests that package rsm must pass on every engine. Only tests may import it.
package rsmtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
	"glomers/internal/puresim"
	"glomers/node"
)

// ElectionTimeout is that of the engines.
const ElectionTimeout = 150 * time.Millisecond

// A Start starts the engine of a node from what survives. The engine's Show is a raft.Status.
type Start[M any] func(id string, voters []string, rng *rand.Rand, state []byte, records [][]byte) (rsm.Engine[M], error)

// Raft starts the engine of package raft.
func Raft(id string, voters []string, rng *rand.Rand, state []byte, records [][]byte) (rsm.Engine[raft.Message], error) {
	core, err := raft.Restore(raft.Config{ID: id, Voters: voters, Rand: rng, ElectionTimeout: ElectionTimeout}, state, records)
	return rsm.Of(core), err
}

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
	message[M any]  = rsm.Message[M, int]
	envelope[M any] = node.Envelope[message[M]]
	replica[M any]  = rsm.Replica[M, int, []int]
	request         = rsm.Request[int, []int]
)

// A Cluster is a simulated one of replicas, with clients. It checks after each event what clients are promised, and figure 3 of the Raft paper.
type Cluster[M any] struct {
	*puresim.Cluster[message[M], *replica[M]]
	t        *testing.T
	rng      *rand.Rand // of the network, the disks and the engines
	checker  raft.Checker
	journals []*journal // of the nodes
	longest  journal    // the journal, as far as any node has it
	answered []int      // commands with a reply
	open     []*pending[M]
	commands []Command // in the order of their numbers, from 1 on
	reads    int       // that were answered
}

// A Command was taken by a node.
type Command struct {
	Number, Node int
	Lost         bool // the node was killed later: nobody knows whether the command is applied
}

// A pending is a request that was not answered.
type pending[M any] struct {
	*request
	command int // 0 for a read
	node    int
	replica *replica[M]
	before  []int // commands that were answered before a read began
}

// New starts a cluster.
func New[M any](t *testing.T, seed uint64, nodes int, o rsm.Options, start Start[M]) *Cluster[M] {
	c := &Cluster[M]{t: t, rng: rand.New(rand.NewPCG(seed, 0)), journals: make([]*journal, nodes)}
	var voters []string
	for i := range nodes {
		voters = append(voters, fmt.Sprintf("n%d", i))
	}
	c.Cluster = puresim.New(nodes, func(p *puresim.Cluster[message[M], *replica[M]], i int) *replica[M] {
		rng := rand.New(rand.NewPCG(seed, c.rng.Uint64()))
		restore := func(state []byte, records [][]byte) *replica[M] {
			c.journals[i] = new(journal)
			engine := func(state []byte, records [][]byte) (rsm.Engine[M], error) {
				return start(p.IDs[i], voters, rng, state, records)
			}
			r, err := rsm.Restore(p.IDs[i], o, c.journals[i], engine, state, records)
			require.NoError(t, err)
			return r
		}
		c.checker.Restarted(p.IDs[i])
		r := restore(nil, p.Records(i))
		if c.rng.IntN(2) == 0 { // the store has replaced the records
			r = restore(r.State(), nil)
		}
		return r
	})
	c.After = c.observe
	return c
}

// observe checks after each event of node i that its journal is a part of the one, in which no command is twice.
func (c *Cluster[M]) observe(i int) {
	require.NoError(c.t, c.checker.Check(c.Status(i)))
	j := *c.journals[i]
	n := min(len(j), len(c.longest))
	require.True(c.t, slices.Equal(c.longest[:n], j[:n]), "the journals of two nodes differ")
	for ; n < len(j); n++ {
		require.NotContains(c.t, c.longest, j[n], "a command was applied twice")
		c.longest = append(c.longest, j[n])
	}
	c.open = slices.DeleteFunc(c.open, func(p *pending[M]) bool {
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

// Status returns a view of the engine of node i.
func (c *Cluster[M]) Status(i int) raft.Status { return c.Machine(i).Status().Engine.(raft.Status) }

// Write lets a client ask node i for the next command.
func (c *Cluster[M]) Write(i int) {
	p := &pending[M]{command: len(c.commands) + 1, node: i, replica: c.Machine(i)}
	c.commands = append(c.commands, Command{Number: p.command, Node: i, Lost: true})
	c.Do(i, func(r *replica[M], now time.Duration) (out []envelope[M]) {
		c.commands[p.command-1].Lost = false
		p.request, out = r.Write(p.command, now)
		c.open = append(c.open, p)
		return out
	})
}

// Read lets a client read at node i.
func (c *Cluster[M]) Read(i int) {
	p := &pending[M]{node: i, replica: c.Machine(i), before: slices.Clone(c.answered)}
	c.Do(i, func(r *replica[M], now time.Duration) (out []envelope[M]) {
		p.request, out = r.Read(0, now)
		c.open = append(c.open, p)
		return out
	})
}

// Crash kills node i. Its clients' commands may be lost.
func (c *Cluster[M]) Crash(i int) {
	for k := range c.commands {
		if c.commands[k].Node == i {
			c.commands[k].Lost = true
		}
	}
	c.Kill(i)
}

// Heal ends all faults.
func (c *Cluster[M]) Heal() {
	c.Cut, c.Copies, c.Sync = puresim.Whole, func(int, int) int { return 1 }, nil
	c.Latency = func() time.Duration { return time.Millisecond }
	for i, m := range c.Members {
		m.Paused = 0
		if m.Down {
			c.Start(i)
		}
	}
}
