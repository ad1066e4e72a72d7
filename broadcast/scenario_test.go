package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"glomers/internal/puresim"
)

// TestScenarios carries out the schedules in testdata/scenarios; see [puresim.RunScenarios]. n0 is the hub, and the commands are also
//
//	nodes COUNT BUDGET    nodes that have been up for a while: none looks for what it may have lost
//	broadcast NODE VALUE  a client gives a node a value
//	read                  what each node has
func TestScenarios(t *testing.T) {
	type scenario = puresim.Scenario[gossip, *replica]
	puresim.RunScenarios(t, puresim.Solution[gossip, *replica]{
		Hop: hop,
		Begin: func(s *scenario, args []string) func(*puresim.Cluster[gossip, *replica], int) *replica {
			p := newPlan(s.Duration(args[0]))
			return func(c *puresim.Cluster[gossip, *replica], i int) *replica {
				r := newReplica(p, c.IDs[i], c.IDs, rand.New(rand.NewPCG(1, uint64(i+1))))
				r.joining = c.Now() > 0
				return r
			}
		},
		Message: func(m gossip) string {
			if m.Ask {
				return m.Have.String() + ", asks"
			}
			return m.Have.String()
		},
		Commands: map[string]func(*scenario, []string){
			"broadcast": func(s *scenario, args []string) {
				s.Request(args[0], func(r *replica, now time.Duration) []envelope { return r.broadcast(s.Int(args[1]), now) })
			},
			"read": func(s *scenario, _ []string) {
				for i, id := range s.IDs {
					fmt.Fprintf(s, "%s has %v\n", id, s.Machine(i).have)
				}
			},
		},
	})
}
