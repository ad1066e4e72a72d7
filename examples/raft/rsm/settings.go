package rsm

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

// Settings are the operator's choices for a program on this package. The zero value is one that works: nothing waits.
type Settings struct {
	Options
	Data            string        // the directory for what must survive; see node.OpenStore
	ElectionTimeout time.Duration // see raft.Config; 0 means DefaultElectionTimeout
	Lease           bool          // reads without a round of messages, which need clocks that run alike; see raft.Config
	Engine          string        // the name of the engine
}

const (
	// DefaultElectionTimeout is how long a leader is believed in that is not heard of. A candidate waits for up to twice as long, and two
	// round trips later it is the leader. It is for messages that take up to some 50 ms: README.md of package raft has the times.
	DefaultElectionTimeout = 300 * time.Millisecond
	// DefaultWindow is the window of a program that is started without -window.
	DefaultWindow = 10 * time.Millisecond
)

// Flags adds the flags of a program on this package. engines are the names for -engine; the first is the default.
func Flags(f *flag.FlagSet, engines ...string) *Settings {
	s := &Settings{}
	f.StringVar(&s.Data, "data", "", "`directory` for what must survive a kill; by default the one that $GLOMERS_DATA names, and without it, nothing survives")
	f.DurationVar(&s.Window, "window", DefaultWindow, "how long requests wait for others, so that they travel together")
	f.BoolVar(&s.Lease, "lease", false, "let the leader answer reads alone as long as no other can have been elected, which needs clocks that run alike")
	f.DurationVar(&s.ElectionTimeout, "election-timeout", DefaultElectionTimeout, "how long a leader is believed in that is not heard of; a candidate waits for up to twice as long")
	f.StringVar(&s.Engine, "engine", engines[0], "what decides the order of commands: "+strings.Join(engines, " or "))
	return s
}

// Check returns an error about flags that make no sense. engines are those of Flags.
func (s *Settings) Check(engines ...string) error {
	switch known := slices.Contains(engines, s.Engine); {
	case !known && s.Engine == "etcd":
		return errors.New("-engine=etcd: not in this program, but in those of examples/etcd: go -C examples/etcd build ./lin-kv, or ./list-append")
	case !known:
		return fmt.Errorf("-engine=%s: want %s", s.Engine, strings.Join(engines, " or "))
	case s.Lease && s.Engine == "etcd":
		return errors.New("-lease: not with -engine=etcd, whose leader believes in itself for longer than the others do: see examples/etcd/README.md")
	case s.Window < 0:
		return fmt.Errorf("-window=%v: want 0 or more", s.Window)
	case s.ElectionTimeout <= 0:
		return fmt.Errorf("-election-timeout=%v: want more than 0", s.ElectionTimeout)
	}
	return nil
}

// A Start makes the engine of a node in a new life from what survives. It is called when the node knows its id and its peers.
type Start[M any] func(n *node.Node, state []byte, records [][]byte) (Engine[M], error)

// Raft starts the engine of package raft, with all nodes as voters.
func Raft(s Settings) Start[raft.Message] {
	if s.ElectionTimeout == 0 {
		s.ElectionTimeout = DefaultElectionTimeout
	}
	return func(n *node.Node, state []byte, records [][]byte) (Engine[raft.Message], error) {
		cfg := raft.Config{ID: n.ID(), Voters: n.NodeIDs(), Rand: n.Rand(), ElectionTimeout: s.ElectionTimeout, Lease: s.Lease}
		core, err := raft.Restore(cfg, state, records)
		if err != nil {
			return nil, err
		}
		return Of(core), nil
	}
}

// Of returns a core of package raft as an engine.
func Of(core *raft.Core) Engine[raft.Message] { return raftEngine{core} }

// A raftEngine is a core of package raft. A proposal that got lost is sent again by its node, so its index and term do not matter.
type raftEngine struct{ *raft.Core }

func (e raftEngine) Propose(data []byte, now time.Duration) ([]node.Envelope[raft.Message], error) {
	_, _, out, err := e.Core.Propose(data, now)
	return out, err
}

func (e raftEngine) Show() any { return e.Core.Status() }
