package etcd_test

import (
	"fmt"
	"math/rand/v2"

	"glomers/examples/etcd"
)

// A cluster of one node decides as soon as its disk has what it promised.
func Example() {
	e, err := etcd.New(etcd.Config{ID: "n0", Voters: []string{"n0"}, Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		panic(err)
	}
	records := 0
	save := func() {
		for more := e.Unsaved(); len(more) > 0; more = e.Unsaved() {
			records += len(more)
			e.Saved(records, 0)
		}
	}
	e.Tick(e.Next()) // nobody leads: an election
	save()
	if _, err := e.Propose([]byte(`"a command"`), 0); err != nil {
		panic(err)
	}
	fmt.Println("proposed:", len(e.Committed()), "committed")
	save()
	for _, entry := range e.Committed() {
		fmt.Println("on disk:", entry.Index, string(entry.Data))
	}
	// Output:
	// proposed: 1 committed
	// on disk: 2 "a command"
}
