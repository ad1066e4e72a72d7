// Node hands out tickets. With -local each node counts by itself, which is wrong as soon as there are two.
package main

import (
	"context"
	"flag"

	"glomers/node"
)

type ticket struct {
	Ticket int64 `json:"ticket"`
}

func main() {
	local := flag.Bool("local", false, "count without asking anybody")
	flag.Parse()
	n := node.NewNode()
	oracle, last := node.NewLinTSO(n), int64(0)
	node.HandleRPC(n, "take", func(ctx context.Context, _ struct{}) (ticket, error) {
		if *local {
			last++
			return ticket{last}, nil
		}
		number, err := oracle.Next(ctx)
		return ticket{number}, err
	})
	node.Main(n)
}
