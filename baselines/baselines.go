// Package baselines has the well-known simple designs: small and correct nodes to compare with, and to learn from
// before the solutions. What each costs and what it teaches is said at its function. `glomers node NAME` runs one
// as a process:
//
//	glomers test -w broadcast --bin glomers --nemesis partition -- node flooding
//
// All of them are correct while links are cut, lose, duplicate or delay messages, and while nodes are slow or
// stand still. What else each promises is in its Promise.
//
// Package mutants has the same, broken on purpose.
package baselines

import "glomers/node"

// A Baseline is a simple design of a workload's node.
type Baseline struct {
	Name     string // for `glomers node`
	Workload string
	About    string // what it does, in a line
	Promise  Promise
	Register func(n *node.Node)
}

// A Promise says what holds for a baseline beyond what all of them promise.
type Promise struct {
	Available bool     // requests are answered while nodes are cut off from each other
	Durable   bool     // what was acknowledged survives when nodes are killed
	Models    []string // the consistency models that transactions satisfy; nil if there are no transactions
}

// All returns the baselines, sorted by their names.
func All() []Baseline {
	all := Promise{Available: true, Durable: true}
	inMemory := Promise{Available: true}
	owned := Promise{} // what has one place is not to be had elsewhere
	strict := Promise{Models: []string{"strict-serializable"}}
	strictService := Promise{Available: true, Durable: true, Models: strict.Models}
	atomic := Promise{Available: true, Models: []string{"read-atomic"}}
	return []Baseline{
		{"cas-counter", "g-counter", "adds by compare-and-set in seq-kv, and writes before it reads", all, CASCounter},
		{"echo", "echo", "sends back what it is sent", all, Echo},
		{"flooding", "broadcast", "passes values on to its neighbours in the topology", inMemory, Flooding},
		{"gossip", "broadcast", "sends all it has to a random node, again and again", inMemory, Gossip},
		{"gossip-set", "g-set", "sends all it has to a random node, again and again", inMemory, GossipSet},
		{"last-write-wins", "txn-rw-register", "runs transactions where they come in, and sends what they wrote to all", atomic, LastWriteWins},
		{"lin-log", "kafka", "appends by compare-and-set in lin-kv", all, LinLog},
		{"lin-proxy", "lin-kv", "passes requests on to the service lin-kv", all, LinProxy},
		{"lin-root", "txn-list-append", "swaps the whole store, one key of lin-kv, by compare-and-set", strictService, LinRoot},
		{"mesh", "broadcast", "sends each value to all other nodes at once", inMemory, Mesh},
		{"oracle-ids", "unique-ids", "asks the service lin-tso for every id", all, OracleIDs},
		{"owner-log", "kafka", "gives each key an owner; cut off from it, one cannot send", owned, OwnerLog},
		{"pn-counter", "pn-counter", "counts up and down apart, and gossips both", inMemory, PNCounter},
		{"random-ids", "unique-ids", "draws 128 random bits", all, RandomIDs},
		{"single-copy", "txn-rw-register", "runs all transactions on one node; cut off from it, one can do nothing", strict, SingleCopy},
		{"single-lock", "lock", "gives the lock out on one node; cut off from it, one cannot enter", owned, SingleLock},
		{"star", "broadcast", "passes values on over one node in the middle", inMemory, Star},
		{"tree", "broadcast", "passes values on in a tree of degree 4", inMemory, Tree},
	}
}
