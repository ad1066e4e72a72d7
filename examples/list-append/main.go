// List-append is a node of a strictly serializable database, for the workload txn-list-append: the lists of package lists, replicated by
// Raft.
package main

import (
	"flag"
	"fmt"
	"os"

	"glomers/examples/list-append/lists"
	"glomers/examples/raft/rsm"
	"glomers/node"
)

func main() {
	s := rsm.Flags(flag.CommandLine, "raft")
	flag.Parse()
	if err := s.Check("raft"); err != nil {
		fmt.Fprintln(os.Stderr, "list-append:", err)
		os.Exit(2)
	}
	n := node.NewNode()
	lists.Serve(n, *s, rsm.Raft(*s))
	node.Main(n)
}
