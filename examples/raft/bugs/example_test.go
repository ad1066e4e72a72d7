package bugs_test

import (
	"context"
	"fmt"

	"glomers/examples/raft/bugs"
	"glomers/harness/explore"
)

// Two nodes, each of which takes half of the votes for a majority, both win the same election.
func ExampleOptions() {
	elections := explore.Scope{
		Program: bugs.Options{Bug: "half-majority"}.Register, Workload: "echo",
		Nodes: 2, Ticks: 1, Given: []explore.Op{},
		Invariant: func(c explore.Cluster) error {
			leaders := 0
			for i := range c.Nodes() {
				if s := c.Shown(i).(bugs.State).Raft; s.Term == 1 && s.Role == "leader" {
					leaders++
				}
			}
			if leaders > 1 {
				return fmt.Errorf("%d leaders of one term", leaders)
			}
			return nil
		},
	}
	r, err := explore.Run(context.Background(), elections)
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Failure.Reasons[0])
	// Output: 2 leaders of one term
}
