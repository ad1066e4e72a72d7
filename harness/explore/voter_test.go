package explore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/node"
)

// A voter is a machine that has one vote, and remembers whom it went to.
type voter struct {
	Vote    string
	Won     bool // n0's vote
	unsaved [][]byte

	early   bool // it is broken: the vote leaves before it is on disk
	forgets bool // it is broken: the vote is no record
}

type ballot struct{ Granted bool }

func (v *voter) Receive(from string, b ballot, _ time.Duration) []node.Envelope[ballot] {
	if b.Granted {
		v.Won = true
		return nil
	}
	if v.Vote == "" {
		v.Vote = from
		if !v.forgets {
			v.unsaved = append(v.unsaved, []byte(from))
		}
	}
	if v.Vote != from {
		return nil
	}
	return []node.Envelope[ballot]{{Dest: from, Message: ballot{true}, Early: v.early}}
}

func (v *voter) Tick(time.Duration) []node.Envelope[ballot] { return nil }

func (v *voter) Next() time.Duration { return node.Never }

func (v *voter) Unsaved() [][]byte {
	all := v.unsaved
	v.unsaved = nil
	return all
}

func (v *voter) Saved(int, time.Duration) []node.Envelope[ballot] { return nil }

func (v *voter) State() []byte { return []byte(v.Vote) }

// election returns a scope in which n1 and n2 want the vote of n0, which is killed once.
func election(broken voter) explore.Scope {
	program := func(n *node.Node) {
		d := node.DriveDurable(n, "ballot", node.OpenStore(n, ""), func(_ []byte, records [][]byte) (*voter, error) {
			v := broken
			for _, r := range records {
				v.Vote = string(r)
			}
			return &v, nil
		})
		n.Show(func() any { return d.Machine })
		node.HandleRPC(n, "echo", func(_ context.Context, e map[string]any) (map[string]any, error) {
			if _, asks := e["echo"].(float64); asks {
				d.Do(func(*voter, time.Duration) []node.Envelope[ballot] { return []node.Envelope[ballot]{{Dest: "n0"}} })
			}
			return map[string]any{"echo": e["echo"]}, nil
		})
	}
	won := func(c explore.Cluster, i int) bool {
		v, _ := c.Shown(i).(*voter)
		return v != nil && v.Won
	}
	return explore.Scope{
		Program: program, Workload: "echo", Kills: 1, Given: []explore.Op{{Client: 1, F: "echo", Value: 1}, {Client: 2, F: "echo", Value: 2}},
		Invariant: func(c explore.Cluster) error {
			if won(c, 1) && won(c, 2) {
				return fmt.Errorf("n1 and n2 have the vote of n0")
			}
			return nil
		},
	}
}

// A machine's messages wait for its records, so a vote that anybody has heard of survives.
func TestDurableVote(t *testing.T) {
	t.Parallel()
	for shown, executions := range map[bool]int{false: 88, true: 20} {
		s := election(voter{})
		s.Shown = shown
		require.Equal(t, executions, explore.Explore(t, s).Executions)
		for _, broken := range []voter{{early: true}, {forgets: true}} {
			s := election(broken)
			s.Shown = shown
			explore.Catch(t, s, "n1 and n2 have the vote of n0")
		}
	}
}
