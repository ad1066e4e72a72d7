package trial

import (
	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
	"glomers/harness/explore"
)

// Invariant is what figure 3 of the Raft paper promises of the nodes at one time: leaders, logs and what is committed.
func Invariant(c explore.Cluster) error {
	var cores []raft.Status
	for i := range c.Nodes() {
		if s, ok := c.Shown(i).(rsm.Status); ok {
			cores = append(cores, s.Engine.(raft.Status))
		}
	}
	return new(raft.Checker).Check(cores...)
}
