// Unique-ids is a node of the unique id generation challenge. It gives out ids without asking any other node. No other node gives out the
// same id, nor does this node after a restart. With -durable that is so whatever the clock says.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"glomers/node"
)

func main() {
	durable := flag.Bool("durable", false, "reserve ids on the disk, so that none is repeated after a restart with a clock that was set back")
	data := flag.String("data", os.Getenv("GLOMERS_DATA"), "directory for -durable, which must exist")
	flag.Parse()
	if *durable && *data == "" {
		fmt.Fprintln(os.Stderr, "unique-ids: -durable needs a directory: give it with -data, or in GLOMERS_DATA")
		os.Exit(2)
	}
	n := node.NewNode()
	var disk *node.Store
	if *durable {
		disk = node.OpenStore(n, *data)
	}
	serve(n, disk)
	node.Main(n)
}

type generated struct {
	ID int64 `json:"id"`
}

// serve registers the handlers of a unique-ids node. With a disk, its ids do not depend on the clock.
func serve(n *node.Node, disk *node.Store) {
	var next func(context.Context) (int64, error) // nil until the node has been initialised: no client is served before

	n.OnInit(func(ctx context.Context) error {
		start := n.Now()
		ids, err := newGenerator(start, n.Index())
		if err != nil {
			return err
		}
		if disk != nil {
			r, err := reserving(ids, disk)
			next = r.next
			return err
		}
		next = func(context.Context) (int64, error) { return ids.next(), nil }
		return waitPast(ctx, n, start)
	})
	node.HandleRPC(n, "generate", func(ctx context.Context, _ struct{}) (generated, error) {
		id, err := next(ctx)
		return generated{id}, err
	})
}

// waitPast waits until the clock shows a later millisecond than that of start. A process that is killed and
// started again at once then has a start of its own.
func waitPast(ctx context.Context, n *node.Node, start time.Time) error {
	next := start.Truncate(time.Millisecond).Add(time.Millisecond)
	for n.Now().Before(next) {
		if err := n.Sleep(ctx, next.Sub(n.Now())); err != nil {
			return err
		}
	}
	return nil
}
