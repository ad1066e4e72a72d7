// Lin-kv is a node of a linearizable key-value store, for the workload lin-kv: the registers of package registers, replicated by Raft.
package main

import (
	"flag"
	"fmt"
	"os"

	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/node"
)

func main() {
	s := rsm.Flags(flag.CommandLine, "raft")
	flag.Parse()
	if err := s.Check("raft"); err != nil {
		fmt.Fprintln(os.Stderr, "lin-kv:", err)
		os.Exit(2)
	}
	n := node.NewNode()
	registers.Serve(n, *s, rsm.Raft(*s))
	node.Main(n)
}
