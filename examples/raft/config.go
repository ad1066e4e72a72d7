package raft

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// A Config says how a core works. ID and Rand are needed; what is 0 has the default.
type Config struct {
	ID string

	// Voters are the members at the very beginning, the same at each of them. They count in a node's first life; later ones know
	// the members from what was saved. A node that will be added later has none.
	Voters []string

	// Rand draws the election timeouts. Nodes that draw the same ones get in each other's way.
	Rand *rand.Rand

	// ElectionTimeout is how long a leader is believed in that is not heard of. A node becomes a candidate after a random time between
	// one and two of them (§5.2, §9.3). Default: 500 ms. It should be several times the time of a round trip and a sync.
	ElectionTimeout time.Duration

	// Heartbeat is the longest time in which a leader sends nothing to a member. Default: a fifth of the ElectionTimeout.
	Heartbeat time.Duration

	// BatchWindow is how long entries wait for others, so that they travel together: a member gets one append with entries in a
	// window. The first after a pause goes at once. With 0 nothing waits. At most the Heartbeat.
	BatchWindow time.Duration

	MaxBytes    int // of data in one append, which has at least one entry; default: 64 KiB
	MaxInflight int // appends to a member that are not answered yet; default: 64

	// Lease lets a leader answer reads without a round of heartbeats, for an ElectionTimeout divided by Drift after the start of the
	// last round that a majority answered. That is safe only if no node's clock runs more than Drift times as fast as another's
	// (thesis 6.4.1). Default: off, because nothing here can tell whether clocks do. All members must agree on it.
	Lease bool
	Drift float64 // at least 1; default: 1.1

	// Bug is the name of one of Bugs, or empty. That core is broken on purpose.
	Bug string
}

// prepared returns c with its defaults, or the reason why c makes no sense.
func (c Config) prepared() (Config, error) {
	defaulted(&c.ElectionTimeout, 500*time.Millisecond)
	defaulted(&c.Heartbeat, c.ElectionTimeout/5)
	defaulted(&c.MaxBytes, 64<<10)
	defaulted(&c.MaxInflight, 64)
	defaulted(&c.Drift, 1.1)
	initial := newMembers(c.Voters, nil)
	c.Voters = initial.Voters
	switch {
	case c.ID == "":
		return c, errors.New("raft: Config.ID is empty: a core needs the id of its node")
	case c.Rand == nil:
		return c, errors.New("raft: Config.Rand is nil: election timeouts are drawn from it")
	case c.Heartbeat <= 0 || c.ElectionTimeout <= c.Heartbeat:
		return c, fmt.Errorf("raft: with a Heartbeat of %v and an ElectionTimeout of %v, followers would not hear of their leader in time",
			c.Heartbeat, c.ElectionTimeout)
	case c.BatchWindow < 0 || c.BatchWindow > c.Heartbeat:
		return c, fmt.Errorf("raft: a BatchWindow of %v is not between 0 and the Heartbeat, %v", c.BatchWindow, c.Heartbeat)
	case c.MaxBytes < 0 || c.MaxInflight < 0:
		return c, errors.New("raft: MaxBytes and MaxInflight cannot be negative")
	case !(c.Drift >= 1):
		return c, fmt.Errorf("raft: a Drift of %v is less than 1, which stands for clocks that run alike", c.Drift)
	case c.Bug != "" && !slices.ContainsFunc(Bugs(), func(b Bug) bool { return b.Name == c.Bug }):
		return c, fmt.Errorf("raft: no bug is called %q", c.Bug)
	}
	return c, initial.valid()
}

func defaulted[T comparable](value *T, standard T) {
	var zero T
	if *value == zero {
		*value = standard
	}
}
