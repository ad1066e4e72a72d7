package network_test

import (
	"encoding/json"
	"fmt"
	"time"

	"glomers/harness/network"
)

// A link that is cut loses what is sent over it. The network has no clock: its owner says what time it is.
func ExampleNetwork() {
	n := network.New(network.Config{
		Latency: 10 * time.Millisecond,
		Journal: func(e network.Event) error {
			fmt.Println(e.Time, e.Kind, e.Src, e.Dest, string(e.Body))
			return nil
		},
	})
	n.Add("n1", network.Node)
	n.Add("n2", network.Node)
	send := func(now time.Duration, text string) {
		if _, err := n.Send(now, "n1", "n2", json.RawMessage(text)); err != nil {
			fmt.Println(err)
		}
		due, ok := n.NextDue()
		if ok {
			n.Deliver(due)
		}
	}
	send(0, `{"type":"a"}`)
	if err := n.Impair(time.Second, "islands", []network.Link{{Src: "n1", Dest: "n2"}}, network.Impairment{Cut: true}); err != nil {
		fmt.Println(err)
	}
	send(2*time.Second, `{"type":"b"}`)
	n.Mend(3*time.Second, "islands")
	send(4*time.Second, `{"type":"c"}`)
	// Output:
	// 0s send n1 n2 {"type":"a"}
	// 10ms recv n1 n2 {"type":"a"}
	// 2s send n1 n2 {"type":"b"}
	// 2.01s drop n1 n2 {"type":"b"}
	// 4s send n1 n2 {"type":"c"}
	// 4.01s recv n1 n2 {"type":"c"}
}
