package bugs

import (
	"context"
	"strconv"
	"time"

	"glomers/examples/raft"
	"glomers/node"
)

// Options say how nodes are made.
type Options struct {
	Bug      string   // one of All, or ""
	Voters   []string // at the beginning; nil means all nodes
	Disk     bool     // what is saved takes a time to reach the disk; otherwise it is there at once
	Led      bool     // at the beginning the first node leads term 1, and all have its first entry
	Timeouts bool     // timers are those of the core: a node starts an election when it has not heard of a leader for long enough
	Lease    bool     // the leader answers reads without a round of heartbeats, while its lease lasts
}

// period is the time between ticks. An election timeout is much longer, so that no leader steps down by itself.
const period = time.Second

// Drift is how much faster a node's clock may run than another's if the leader relies on a lease.
const Drift = 2

// A State is what a node shows.
type State struct {
	Raft    raft.Status     `json:"raft"`
	Value   int             `json:"value"`   // of the register; 0 if there is none
	Applied uint64          `json:"applied"` // up to this index of the log
	Asked   uint64          `json:"asked"`   // the id of the last read
	Reads   map[uint64]Read `json:"reads"`   // by id: those that have ended
}

// A Read is the outcome of a read.
type Read struct {
	Index  uint64 `json:"index"`  // in the log: up to where the register was
	Failed bool   `json:"failed"` // the leader has lost its role
}

// Register is a program for package explore.
func (o Options) Register(n *node.Node) {
	carries := node.Always(n, "a probe carries entries")
	d := node.DriveDurable(n, "raft", node.OpenStore(n, ""), func(_ []byte, records [][]byte) (*machine, error) {
		core, err := o.restore(n, records)
		if err != nil {
			return nil, err
		}
		m := &machine{core: core, terms: make(map[uint64]uint64), reads: make(map[uint64]Read), carries: carries}
		m.settle(nil, 0)
		return m, nil
	})
	n.Show(func() any {
		m := d.Machine
		return State{m.core.Status(), m.value, m.applied, m.asked, m.reads}
	})
	serve(n, d)
}

var errRefused = node.NewRPCError(node.TemporarilyUnavailable, "bugs: the core refuses")

type (
	none  struct{}
	value struct {
		Value int `json:"value"`
	}
	members struct {
		Voters []string `json:"voters"`
	}
)

// serve registers the handlers for clients.
func serve(n *node.Node, d *node.Driver[raft.Message, *machine]) {
	leads := func(m *machine) bool { return m.core.leads() }
	// when lets an event happen to the machine as soon as a condition holds.
	when := func(ctx context.Context, cond func(m *machine) bool, event func(m *machine, now time.Duration) ([]envelope, error)) error {
		refused := n.Wait(ctx, func() bool { return cond(d.Machine) })
		if refused != nil {
			return refused
		}
		d.Do(func(m *machine, now time.Duration) (out []envelope) {
			if out, refused = event(m, now); refused != nil {
				refused = errRefused
			}
			return m.settle(out, now)
		})
		return refused
	}
	node.HandleRPC(n, "write", func(ctx context.Context, v value) (none, error) {
		var index, term uint64
		err := when(ctx, leads, func(m *machine, now time.Duration) (out []envelope, err error) {
			index, term, out, err = m.core.Propose(strconv.AppendInt(nil, int64(v.Value), 10), now)
			return out, err
		})
		if err != nil {
			return none{}, err
		}
		if err := n.Wait(ctx, func() bool { return d.Machine.applied >= index }); err != nil {
			return none{}, err
		}
		switch d.Machine.terms[index] {
		case term:
			return none{}, nil
		case 0: // it is in a snapshot, or not
			return none{}, node.NewRPCError(node.Timeout, "bugs: nobody knows")
		}
		return none{}, node.NewRPCError(node.Abort, "bugs: another leader has put another entry there")
	})
	node.HandleRPC(n, "read", func(ctx context.Context, _ none) (value, error) {
		var id uint64
		err := when(ctx, leads, func(m *machine, now time.Duration) ([]envelope, error) {
			m.asked++
			id = m.asked
			return m.core.Read(id, now)
		})
		if err != nil {
			return value{}, err
		}
		ended := func() bool { _, ok := d.Machine.reads[id]; return ok }
		if err := n.Wait(ctx, ended); err != nil {
			return value{}, err
		}
		if d.Machine.reads[id].Failed {
			return value{}, errRefused
		}
		return value{d.Machine.value}, nil
	})
	node.HandleRPC(n, "compact", func(ctx context.Context, _ none) (none, error) {
		return none{}, when(ctx, (*machine).long, func(m *machine, _ time.Duration) ([]envelope, error) {
			return nil, m.core.Compact(m.applied, strconv.AppendInt(nil, int64(m.value), 10))
		})
	})
	node.HandleRPC(n, "members", func(ctx context.Context, v members) (none, error) {
		return none{}, when(ctx, leads, func(m *machine, now time.Duration) ([]envelope, error) {
			return m.core.ChangeMembers(v.Voters, nil, now)
		})
	})
	node.HandleRPC(n, "peek", func(context.Context, none) (value, error) { return value{d.Machine.value}, nil })
}
