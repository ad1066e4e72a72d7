package bugs

import (
	"math/rand/v2"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

type envelope = node.Envelope[raft.Message]

// A core is a core of package raft whose disk and timers are those of the Options.
type core struct {
	*raft.Core
	Options
	id      string
	begins  bool          // it starts an election with its first tick, which is due at once: before the explored part
	records int           // that were saved at once
	ticked  time.Duration // when the last tick was
}

// leads reports whether this node is the leader.
func (c *core) leads() bool {
	leader, _ := c.Leader()
	return leader == c.id
}

// Tick lets a leader send heartbeats, and another node start an election: without Timeouts, as if the leader had asked for it.
func (c *core) Tick(now time.Duration) []envelope {
	asked := c.begins || !c.Timeouts && !c.leads()
	if now < c.Next() {
		return nil
	}
	c.ticked, c.begins = now, false
	if !asked {
		return c.Core.Tick(now)
	}
	_, term := c.Leader()
	return c.Receive(c.id, raft.Message{Kind: raft.TimeoutNow, Term: term}, now)
}

// Next returns the time of the next Tick.
func (c *core) Next() time.Duration {
	switch {
	case c.begins:
		return 0
	case c.Timeouts:
		return c.Core.Next()
	}
	return c.ticked + period
}

// Unsaved returns what is to be saved.
func (c *core) Unsaved() [][]byte {
	if !c.Disk {
		return nil
	}
	return c.Core.Unsaved()
}

// save saves at once what an event has changed, without a disk, and returns what the event sends.
func (c *core) save(out []envelope, now time.Duration) []envelope {
	for !c.Disk {
		records := len(c.Core.Unsaved())
		if records == 0 {
			break
		}
		c.records += records
		out = append(out, c.Saved(c.records, now)...)
	}
	return out
}

// restore returns the core of a node from what is on its disk. An append has one entry, so that entries may arrive one by one.
func (o Options) restore(n *node.Node, records [][]byte) (*core, error) {
	voters := o.Voters
	if voters == nil {
		voters = n.NodeIDs()
	}
	bug := o.Bug
	if bug == sessionLost.Name {
		bug = "" // it is not in the core
	}
	c, err := raft.Restore(raft.Config{
		ID: n.ID(), Voters: voters, Rand: rand.New(rand.NewPCG(1, 0)),
		ElectionTimeout: 1000 * period, Heartbeat: period, MaxBytes: 1, Lease: o.Lease, Drift: Drift, Bug: bug,
	}, nil, records)
	return &core{Core: c, Options: o, id: n.ID(), begins: o.Led && len(records) == 0 && n.ID() == n.NodeIDs()[0]}, err
}
