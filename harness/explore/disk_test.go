package explore_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/node"
)

// A register is a counter whose total survives, or one that is broken on purpose. Its records are totals.
type register struct {
	earlyAck   bool // it acknowledges what is not on disk
	forgetful  bool // it never opens its store
	backwards  bool // it replays the records in the wrong order
	checkpoint bool // it writes a state that lacks the records which wait
}

// checkpointFrom is the size in bytes from which on the register writes its state: that of two records.
const checkpointFrom = 2

func (r register) serve(n *node.Node) {
	total := 0
	var s *node.Store
	if !r.forgetful {
		s = node.OpenStore(n, "")
		n.OnInit(func(context.Context) (err error) {
			total, err = r.replay(s)
			return err
		})
	}
	node.HandleRPC(n, "add", func(ctx context.Context, e struct{ Delta int }) (struct{}, error) {
		total += e.Delta
		if r.forgetful {
			return struct{}{}, nil
		}
		state, _ := json.Marshal(total)
		s.Append(state)
		if !r.earlyAck {
			if err := s.Sync(ctx); err != nil {
				return struct{}{}, err
			}
		}
		if !r.checkpoint {
			state, _ = json.Marshal(total) // others may have added meanwhile
		}
		if s.Size() >= checkpointFrom {
			s.Checkpoint(state)
		}
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (map[string]int, error) {
		return map[string]int{"value": total}, nil
	})
}

func (r register) replay(s *node.Store) (total int, err error) {
	var records [][]byte
	keep := func(b []byte) error { records = append(records, b); return nil }
	if err := s.Replay(keep, keep); err != nil {
		return 0, err
	}
	if r.backwards {
		slices.Reverse(records)
	}
	for _, b := range records {
		if err := json.Unmarshal(b, &total); err != nil {
			return 0, err
		}
	}
	return total, nil
}

func registerScope(r register) explore.Scope {
	return explore.Scope{Program: r.serve, Workload: "g-counter", Nodes: 1, Clients: 2, Kills: 1, Given: []explore.Op{
		{Client: 0, F: "add", Value: 1}, {Client: 1, F: "add", Value: 2}, {Client: 0, F: "add", Value: 4},
	}}
}

// What a register has acknowledged survives a kill at any place, whether the disk has written before it or not.
func TestDurableRegister(t *testing.T) {
	t.Parallel()
	r := explore.Explore(t, registerScope(register{}))
	require.Equal(t, []int{142, 556}, []int{r.Executions, r.States})
}

func TestBrokenRegisters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		register
		executions int
	}{
		"acknowledges before the sync":             {register{earlyAck: true}, 3},
		"never opens its store":                    {register{forgetful: true}, 2},
		"replays backwards":                        {register{backwards: true}, 3},
		"checkpoint without the records that wait": {register{checkpoint: true}, 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := registerScope(c.register)
			require.Equal(t, c.executions, explore.Catch(t, s, "too few").Executions)
			s.Strategy = explore.Delays(1)
			explore.Catch(t, s, "too few")
		})
	}
}
