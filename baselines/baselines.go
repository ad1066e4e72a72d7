// Package baselines has the well-known simple designs: small and correct nodes to compare with, and to learn from
// before the solutions. What each costs and what it teaches is said at its function. `glomers node NAME` runs one
// as a process:
//
//	glomers test -w broadcast --bin glomers --nemesis partition -- node flooding
//
// All of them are correct while links are cut, lose, duplicate or delay messages, and while nodes are slow or
// stand still. The ones of echo and unique-ids are also correct when nodes are killed; those of broadcast keep everything
// in memory, and a node that is started again has lost what only it had, and the topology.
//
// Package mutants has the same, broken on purpose.
package baselines

import "glomers/node"

// A Baseline is a simple design of a workload's node.
type Baseline struct {
	Name     string // for `glomers node`
	Workload string
	About    string // what it does, in a line
	Register func(n *node.Node)
}

// All returns the baselines, sorted by their names.
func All() []Baseline {
	return []Baseline{
		{"echo", "echo", "sends back what it is sent", Echo},
		{"flooding", "broadcast", "passes values on to its neighbours in the topology", Flooding},
		{"gossip", "broadcast", "sends all it has to a random node, again and again", Gossip},
		{"oracle-ids", "unique-ids", "asks the service lin-tso for every id", OracleIDs},
		{"random-ids", "unique-ids", "draws 128 random bits", RandomIDs},
		{"star", "broadcast", "passes values on over one node in the middle", Star},
		{"tree", "broadcast", "passes values on in a tree of degree 4", Tree},
	}
}
