package bugs

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
	"glomers/node"
)

// sessionLost is a mistake in package rsm, in the rule that sessions are a part of the replicated state (thesis 6.3).
var sessionLost = raft.Bug{Name: "session-lost", Breaks: "leaves the sessions of clients out of snapshots"}

// All returns the bugs of the core, and that of the replicated state machine, sorted by their names.
func All() []raft.Bug {
	all := append(raft.Bugs(), sessionLost)
	slices.SortFunc(all, func(a, b raft.Bug) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// Counter is a program for package explore: a counter that package rsm replicates. It answers
//
//	add     when the command is applied; the node sends it again and again until then
//	peek    at once
//
// A snapshot takes the place of every two entries.
func (o Options) Counter(n *node.Node) {
	var s *sum
	var e *engine
	d := node.DriveDurable(n, "rsm", node.OpenStore(n, ""), func(state []byte, records [][]byte) (*rsm.Replica[raft.Message, int, int], error) {
		s = new(sum)
		start := func(_ []byte, records [][]byte) (rsm.Engine[raft.Message], error) {
			core, err := o.restore(n, records)
			e = &engine{core}
			return e, err
		}
		return rsm.Restore(n.ID(), rsm.Options{Entries: 2, Retry: period / 2}, s, start, state, records)
	})
	n.Show(func() any {
		return State{Raft: e.Status(), Value: int(*s), Applied: d.Machine.Status().Applied}
	})
	node.HandleRPC(n, "add", func(ctx context.Context, v value) (none, error) {
		var q *rsm.Request[int, int]
		d.Do(func(r *rsm.Replica[raft.Message, int, int], now time.Duration) (out []node.Envelope[rsm.Message[raft.Message, int]]) {
			q, out = r.Write(v.Value, now)
			return out
		})
		return none{}, n.Wait(ctx, func() bool { return q.Done })
	})
	node.HandleRPC(n, "peek", func(context.Context, none) (value, error) { return value{int(*s)}, nil })
}

// A sum is a state machine: a command adds to it.
type sum int

func (s *sum) Apply(n int) int               { *s += sum(n); return int(*s) }
func (s *sum) Read(int) int                  { return int(*s) }
func (s *sum) Snapshot() ([]byte, error)     { return json.Marshal(*s) }
func (s *sum) Restore(snapshot []byte) error { return json.Unmarshal(snapshot, s) }

// An engine is a core as package rsm wants it. Its snapshots lack the sessions if that is the bug.
type engine struct{ *core }

func (e *engine) Receive(from string, m raft.Message, now time.Duration) []envelope {
	return e.save(e.core.Receive(from, m, now), now)
}

func (e *engine) Tick(now time.Duration) []envelope { return e.save(e.core.Tick(now), now) }

func (e *engine) Propose(data []byte, now time.Duration) ([]envelope, error) {
	_, _, out, err := e.core.Propose(data, now)
	return e.save(out, now), err
}

func (e *engine) Compact(index uint64, snapshot []byte) error {
	if e.Bug != sessionLost.Name {
		return e.core.Compact(index, snapshot)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(snapshot, &parts); err != nil {
		return err
	}
	parts["sessions"] = json.RawMessage("{}")
	snapshot, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	return e.core.Compact(index, snapshot)
}

func (e *engine) Show() any { return e.Status() }
