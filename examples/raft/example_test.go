package raft_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"glomers/examples/raft"
)

// A cluster of one node: its disk takes the part of the others. A real caller saves the records, and sends the messages.
func Example() {
	core, err := raft.New(raft.Config{ID: "n0", Voters: []string{"n0"}, Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		panic(err)
	}
	records, now := 0, time.Duration(0)
	save := func() {
		for more := core.Unsaved(); more != nil; more = core.Unsaved() {
			records += len(more)
			core.Saved(records, now)
		}
	}
	now = core.Next() // nobody leads: an election
	core.Tick(now)
	save()
	fmt.Println(core.Leader())

	index, term, _, err := core.Propose([]byte(`"x = 1"`), now)
	fmt.Println(index, term, err)
	save()
	for _, e := range core.Committed() {
		if e.Data != nil { // without, it is the entry with which a term begins
			fmt.Println(e.Index, string(e.Data))
		}
	}

	if _, err := core.Read(7, now); err != nil {
		panic(err)
	}
	fmt.Println(core.Reads())
	// Output:
	// n0 1
	// 2 1 <nil>
	// 2 "x = 1"
	// [{7 false}]
}

func ExampleRestore() {
	cfg := raft.Config{ID: "n0", Voters: []string{"n0", "n1", "n2"}, Rand: rand.New(rand.NewPCG(1, 2))}
	core, err := raft.New(cfg)
	if err != nil {
		panic(err)
	}
	core.Receive("n1", raft.Message{Kind: raft.Vote, Term: 3}, 0)
	records := core.Unsaved()

	core, err = raft.Restore(cfg, nil, records)
	if err != nil {
		panic(err)
	}
	fmt.Println(core)

	_, err = raft.Restore(cfg, nil, [][]byte{[]byte("damaged")})
	fmt.Println(err)
	// Output:
	// follower in term 3, voted for n1; committed 0 of []
	//
	// raft: record 1 of 1: it is of the unknown kind 'd'
}
