package spec_test

import (
	"fmt"
	"math/rand/v2"

	"glomers/examples/raft"
	"glomers/examples/raft/spec"
)

// A core alone elects itself. Somebody then claims that this was in another term.
func Example() {
	cfg := raft.Config{ID: "n0", Voters: []string{"n0"}, Rand: rand.New(rand.NewPCG(1, 2))}
	core, err := raft.New(cfg)
	if err != nil {
		panic(err)
	}
	var r spec.Recorder
	n := r.Start(cfg, core)
	n.Tick(n.Next())
	n.Saved(len(n.Unsaved()), n.Next())

	taken, err := spec.Check(r.Trace)
	fmt.Println(taken, err)

	last := r.Trace[len(r.Trace)-1]
	last.View.CurrentTerm = 2
	_, err = spec.Check(r.Trace)
	fmt.Println(err)
	// Output:
	// map[BecomeLeader:1 CountOwnVote:1 StartElection:1 Sync:1 Timeout:1] <nil>
	// spec: line 5, n0, step: the closest that the specification allows is CountOwnVote, BecomeLeader; then currentTerm is 2, and should be 1
}
