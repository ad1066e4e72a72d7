package mutants

import (
	"context"
	"slices"
	"time"

	"glomers/baselines/internal/peers"
	"glomers/baselines/internal/relay"
	"glomers/node"
)

// flooding returns the baseline of that name, for a mutant to replace a piece of it.
func flooding(n *node.Node) *relay.Relay {
	r := relay.New(n)
	r.HearTopology()
	return r
}

// noRetry passes each value on once. A message that is lost is lost.
func noRetry(n *node.Node) { attempts(n, 1) }

// givesUp repeats a message that is not acknowledged twice, a second apart. Partitions last longer.
func givesUp(n *node.Node) { attempts(n, 3) }

// attempts floods with that many attempts for each message.
func attempts(n *node.Node, most int) {
	r := flooding(n)
	r.Spread = func(from string, v int64) {
		for _, to := range r.Neighbours {
			if to == from {
				continue
			}
			n.Go(func(ctx context.Context) {
				for range most {
					_, err := node.Call[struct{}](ctx, n, to, "broadcast", relay.Message{Message: v}, node.WithTimeout(time.Second))
					if err == nil {
						return
					}
				}
			})
		}
	}
}

// headcount repeats each value until there are as many acknowledgements as neighbours, whoever sent them. A neighbour that
// acknowledges a repeat is counted twice, and stands in for one that got nothing.
func headcount(n *node.Node) {
	type unacked struct {
		value int64
		acks  int
	}
	var news []*unacked
	r := flooding(n)
	send := func(v int64) {
		for _, to := range r.Neighbours {
			_ = node.Notify(n, to, "value", relay.Message{Message: v}) // fails only if the node ends
		}
	}
	r.Spread = func(_ string, v int64) {
		news = append(news, &unacked{value: v})
		send(v)
	}
	node.Receive(n, "value", func(ctx context.Context, m relay.Message) {
		from := node.From(ctx)
		r.Accept(from, m.Message)
		_ = node.Notify(n, from, "ack", m)
	})
	node.Receive(n, "ack", func(_ context.Context, m relay.Message) {
		for _, u := range news {
			if u.value == m.Message {
				u.acks++
			}
		}
	})
	n.Every(time.Second, func(context.Context) {
		news = slices.DeleteFunc(news, func(u *unacked) bool { return u.acks >= len(r.Neighbours) })
		for _, u := range news {
			send(u.value)
		}
	})
}

// overtaken numbers its messages, to recognise repeats: it takes a message for a repeat if its number is not above the highest
// from that sender. A message that was overtaken on its way has a lower number, and is not a repeat.
func overtaken(n *node.Node) {
	type numbered struct {
		Number  int   `json:"number"` // from 1
		Message int64 `json:"message"`
	}
	count, highest := 0, make(map[string]int)
	r := flooding(n)
	r.Spread = func(from string, v int64) {
		count++
		for _, to := range r.Neighbours {
			if to != from {
				peers.Pass(n, to, "numbered", numbered{count, v})
			}
		}
	}
	node.HandleRPC(n, "numbered", func(ctx context.Context, m numbered) (struct{}, error) {
		from := node.From(ctx)
		if m.Number > highest[from] {
			highest[from] = m.Number
			r.Accept(from, m.Message)
		}
		return struct{}{}, nil
	})
}

// oneWay believes that every edge of the topology is used from both of its ends, and uses it from one end only. Values travel in one
// direction.
func oneWay(n *node.Node) {
	r := relay.New(n)
	node.HandleRPC(n, "topology", func(_ context.Context, t relay.Topology) (struct{}, error) {
		r.Neighbours = slices.DeleteFunc(t.Topology[n.ID()], func(id string) bool { return id < n.ID() })
		return struct{}{}, nil
	})
}

// reset begins anew when it is told the topology, and forgets the topology, too.
func reset(n *node.Node) {
	r := relay.New(n)
	node.HandleRPC(n, "topology", func(_ context.Context, t relay.Topology) (struct{}, error) {
		r.Neighbours = t.Topology[n.ID()]
		r.Have, r.Neighbours = relay.Set{}, nil
		return struct{}{}, nil
	})
}

// newest leaves the value that came last out of reads.
func newest(n *node.Node) {
	r := flooding(n)
	r.Read = func() relay.List {
		all := r.Have.List().Messages
		return relay.List{Messages: all[:max(0, len(all)-1)]}
	}
}

// body answers with the body of the request, and changes only its type. So broadcast_ok still has the message, but a reply must not
// have other fields than its own: the value has arrived, and the client cannot know it.
func body(n *node.Node) {
	r := &relay.Relay{Node: n}
	r.Spread = r.Flood
	r.HearTopology()
	node.HandleRPC(n, "broadcast", func(ctx context.Context, m relay.Message) (relay.Message, error) {
		r.Accept(node.From(ctx), m.Message)
		return m, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (relay.List, error) { return r.Have.List(), nil })
}
