package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

// TestScenarios carries out the schedules in testdata/scenarios; see [puresim.RunScenarios]. A message is shown as the value of what it
// carries. The commands are also
//
//	add NODE DELTA  a client adds something
//	read            what each node would answer
func TestScenarios(t *testing.T) {
	type (
		cluster  = puresim.Cluster[gossip, *replica]
		scenario = puresim.Scenario[gossip, *replica]
	)
	puresim.RunScenarios(t, puresim.Solution[gossip, *replica]{
		Hop: 10 * time.Millisecond,
		Begin: func(*scenario, []string) func(*cluster, int) *replica {
			return func(c *cluster, i int) *replica { return newReplica(c.IDs[i], c.IDs, c.Wall(i)) }
		},
		Message: func(g gossip) string {
			if g.Ask {
				return g.Totals.value().String() + ", asks"
			}
			return g.Totals.value().String()
		},
		Commands: map[string]func(*scenario, []string){
			"add": func(s *scenario, args []string) {
				s.Request(args[0], func(r *replica, _ time.Duration) []envelope {
					require.NoError(t, r.add(s.Int(args[1])))
					return nil
				})
			},
			"read": func(s *scenario, _ []string) {
				for i, id := range s.IDs {
					fmt.Fprintf(s, "%s reads %v\n", id, s.Machine(i).totals.value())
				}
			},
		},
	})
}
