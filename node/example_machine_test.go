package node_test

import (
	"context"
	"fmt"
	"time"

	"glomers/node"
)

// A sum is the message of a counter.
type sum struct {
	Total int `json:"total"`
}

// A counter decides when to tell the other nodes its total: a second after a change, once for all changes until then.
type counter struct {
	others []string
	total  int
	due    time.Duration // of the next tick
}

// add is a request of a client.
func (c *counter) add(delta int, now time.Duration) []node.Envelope[sum] {
	c.total += delta
	if c.due == node.Never {
		c.due = now + time.Second
	}
	return nil
}

func (c *counter) Receive(_ string, m sum, _ time.Duration) []node.Envelope[sum] {
	c.total = max(c.total, m.Total)
	return nil
}

func (c *counter) Tick(now time.Duration) (out []node.Envelope[sum]) {
	if now < c.due {
		return nil
	}
	c.due = node.Never
	for _, id := range c.others {
		out = append(out, node.Envelope[sum]{Dest: id, Message: sum{c.total}})
	}
	return out
}

func (c *counter) Next() time.Duration { return c.due }

// A machine is tested as functions of events and times: without a node, a clock or a network.
func ExampleMachine() {
	c := &counter{others: []string{"n2"}, due: node.Never}
	c.add(2, 5*time.Second)
	c.add(1, 5500*time.Millisecond)
	fmt.Println("next:", c.Next())
	fmt.Println("early:", c.Tick(5900*time.Millisecond))
	for _, e := range c.Tick(6 * time.Second) {
		fmt.Println("due:", e.Dest, e.Message)
	}
	c.Receive("n2", sum{7}, 7*time.Second)
	fmt.Println("total:", c.total, "never:", c.Next() == node.Never)
	// Output:
	// next: 6s
	// early: []
	// due: n2 {3}
	// total: 7 never: true
}

// The same machine on a node: Drive calls it, and sends what it returns.
func ExampleDrive() {
	var n *node.Node
	network := node.NewMem(func(line []byte) {
		fmt.Println(string(line))
		if m, err := node.ParseMessage(line); err == nil && m.Dest == "n2" {
			n.Shutdown()
		}
	})
	n = node.New(node.Options{Transport: network})
	driver := node.Drive(n, "sum", func() *counter { return &counter{others: n.Others(), due: node.Never} })
	node.HandleRPC(n, "add", func(_ context.Context, req struct{ Delta int }) (struct{}, error) {
		driver.Do(func(c *counter, now time.Duration) []node.Envelope[sum] { return c.add(req.Delta, now) })
		return struct{}{}, nil
	})
	for _, line := range []string{
		`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`,
		`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":1,"delta":2}}`,
		`{"src":"c1","dest":"n1","body":{"type":"add","msg_id":2,"delta":3}}`,
	} {
		network.Deliver([]byte(line))
	}
	if err := n.Run(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"add_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"add_ok","in_reply_to":2}}
	// {"src":"n1","dest":"n2","body":{"type":"sum","total":5}}
}
