package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

// requestIDs is a node without clock, random bits, disk or memory. Its ids are what differs in the requests: each client has a name of its own, and
// numbers its messages.
func requestIDs(n *node.Node) {
	n.Handle("generate", func(m node.Message) error {
		var body node.MessageBody
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		return n.Reply(m, map[string]string{"type": "generate_ok", "id": fmt.Sprint(m.Src, "-", body.MsgID)})
	})
}

// TestRequestsDiffer: what a program can do after a restart it may also owe to its clients. These ids survive kills together with wrong clocks, which ours do
// not. But they are only as unique as the names and numbers that strangers choose.
func TestRequestsDiffer(t *testing.T) {
	test := challenge2("kill", "skew")
	test.NodeCount, test.Concurrency, test.Rate = 1, 200, 20
	test.NemesisInterval, test.TimeLimit = 300*time.Millisecond, 20*time.Second
	test.Program = harness.InProcess(requestIDs)
	for test.Seed = 1; test.Seed <= 5; test.Seed++ {
		sim.Check(t, test)
	}
}
