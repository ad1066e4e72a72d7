// Lin-kv is ../../lin-kv with a choice of two engines: the Raft library of etcd, or our own core.
package main

import (
	"flag"
	"fmt"
	"os"

	"glomers/examples/etcd"
	"glomers/examples/lin-kv/registers"
	"glomers/examples/raft/rsm"
	"glomers/node"
)

func main() {
	s := rsm.Flags(flag.CommandLine, "etcd", "raft")
	flag.Parse()
	if err := s.Check("etcd", "raft"); err != nil {
		fmt.Fprintln(os.Stderr, "lin-kv:", err)
		os.Exit(2)
	}
	n := node.NewNode()
	if s.Engine == "raft" {
		registers.Serve(n, *s, rsm.Raft(*s))
	} else {
		registers.Serve(n, *s, etcd.Start(*s))
	}
	node.Main(n)
}
