package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
)

// early answers the client's next request, too, and then not again. Clients number their messages in order, so it knows which.
func early(n *node.Node) {
	done := make(map[string]int) // by client: the last that has been answered
	n.Handle("echo", func(m node.Message) error {
		var body node.MessageBody
		if err := json.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		if body.MsgID <= done[m.Src] {
			return nil
		}
		done[m.Src] = body.MsgID + 1
		var request message
		if err := json.Unmarshal(m.Body, &request); err != nil {
			return err
		}
		if err := n.Reply(m, map[string]any{"type": "echo_ok", "echo": request.Echo}); err != nil {
			return err
		}
		return n.Send(m.Src, map[string]any{"type": "echo_ok", "echo": request.Echo, "in_reply_to": body.MsgID + 1})
	})
}

// A client hears nothing before it has asked. What came too early is no answer.
func TestTooEarly(t *testing.T) {
	test := challenge1()
	test.NodeCount, test.Concurrency, test.Rate, test.TimeLimit = 1, 1, 10, 20*time.Second
	test.Program = harness.InProcess(early)
	res, err := sim.Run(t, test)
	require.NoError(t, err)
	require.InDelta(t, res.Stats.Count/2, res.Stats.OKCount, 1, "every second request is answered")
	require.Greater(t, res.Stats.Count, 4)
}
