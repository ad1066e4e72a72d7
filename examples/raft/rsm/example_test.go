package rsm_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"glomers/examples/raft"
	"glomers/examples/raft/rsm"
)

// A counter is a state machine: a command adds to it, and the reply is the sum.
type counter int

func (c *counter) Apply(n int) int               { *c += counter(n); return int(*c) }
func (c *counter) Read(int) int                  { return int(*c) }
func (c *counter) Snapshot() ([]byte, error)     { return json.Marshal(*c) }
func (c *counter) Restore(snapshot []byte) error { return json.Unmarshal(snapshot, c) }

// A replica is pure, so a cluster of one node is a few calls, each with its time. On a node, Serve makes them.
func Example() {
	start := func(state []byte, records [][]byte) (rsm.Engine[raft.Message], error) {
		core, err := raft.Restore(raft.Config{ID: "n0", Voters: []string{"n0"}, Rand: rand.New(rand.NewPCG(1, 2))}, state, records)
		return rsm.Of(core), err
	}
	var disk [][]byte
	live := func() {
		r, err := rsm.Restore("n0", rsm.Options{}, new(counter), start, nil, disk)
		if err != nil {
			panic(err)
		}
		before, now := len(disk), time.Duration(0)
		save := func() {
			for more := r.Unsaved(); more != nil; more = r.Unsaved() {
				disk = append(disk, more...)
				r.Saved(len(disk)-before, now)
			}
		}
		now = r.Next() // nobody leads: an election
		r.Tick(now)
		save()
		write, _ := r.Write(5, now)
		fmt.Println("written, not yet on disk:", write.Done)
		save()
		fmt.Println("on disk:", write.Done, write.Reply)
		read, _ := r.Read(0, now)
		fmt.Println("read:", read.Done, read.Reply)
		fmt.Println(r)
	}
	live()
	live() // after a kill
	// Output:
	// written, not yet on disk: false
	// on disk: true 5
	// read: true 5
	// life 1, leader "n0" in term 1, applied 2, waiting: 0 writes, 0 reads
	// written, not yet on disk: false
	// on disk: true 10
	// read: true 10
	// life 2, leader "n0" in term 2, applied 4, waiting: 0 writes, 0 reads
}
