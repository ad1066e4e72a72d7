package nodetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"glomers/node"
)

// receive handles a line that the node has written.
func (c *Client) receive(line []byte) {
	var m node.Message
	if err := json.Unmarshal(line, &m); err != nil {
		c.tb.Errorf("nodetest: the node wrote %s: %v", line, err)
		return
	}
	if c.carry != nil && c.carry(m, line) {
		return
	}
	c.mu.Lock()
	answer := c.services[m.Dest]
	if answer == nil {
		c.sent = append(c.sent, m)
		close(c.changed)
		c.changed = make(chan struct{})
	}
	c.mu.Unlock()
	if answer == nil {
		return
	}
	if body := answer(m); body != nil {
		c.send(m.Dest, body, replyFields(m, body))
	}
}

// await waits for a message in c.sent that fits, removes the first such message and returns it.
func (c *Client) await(what string, fits func(node.Message) bool) node.Message {
	c.tb.Helper()
	limit := time.NewTimer(c.Timeout)
	defer limit.Stop()
	for ended := false; ; {
		c.mu.Lock()
		i := slices.IndexFunc(c.sent, fits)
		if i >= 0 {
			m := c.sent[i]
			c.sent = slices.Delete(c.sent, i, i+1)
			c.mu.Unlock()
			return m
		}
		changed := c.changed
		c.mu.Unlock()
		if ended {
			c.tb.Fatalf("nodetest: the node has ended without %s", what)
		}
		select {
		case <-changed:
		case <-c.ended:
			ended = true // look once more
		case <-limit.C:
			c.tb.Fatalf("nodetest: no %s within %v", what, c.Timeout)
		}
	}
}

// fields holds the reserved fields of a body.
type fields map[string]any

// send delivers a message to the node, with the fields of body and the reserved fields.
func (c *Client) send(from string, body any, reserved fields) {
	c.tb.Helper()
	raw, err := merge(body, reserved)
	if err != nil {
		c.tb.Errorf("nodetest: message from %s: %v", from, err)
		return
	}
	c.mu.Lock()
	id := c.id
	c.mu.Unlock()
	line, _ := json.Marshal(node.Message{Src: from, Dest: id, Body: raw}) // cannot fail: raw is JSON
	c.mem.Deliver(line)
}

// merge returns the JSON of body with the reserved fields added. The other values stay as they are, byte for byte.
func merge(body any, reserved fields) ([]byte, error) {
	object := make(map[string]json.RawMessage)
	if _, isErr := body.(error); body != nil && !isErr { // the reserved fields already contain the error
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, err
		}
	}
	for key, value := range reserved {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		object[key] = raw
	}
	return json.Marshal(object)
}

// replyFields returns the reserved fields of the reply body to req.
func replyFields(req node.Message, body any) fields {
	reserved := fields{"type": req.Type() + "_ok"}
	if err, ok := body.(error); ok {
		rpc, ok := errors.AsType[*node.RPCError](err)
		if !ok {
			rpc = node.NewRPCError(node.Crash, err.Error())
		}
		reserved = fields{"type": "error", "code": rpc.Code, "text": rpc.Text}
	}
	var ids struct {
		MsgID *int64 `json:"msg_id"`
	}
	if json.Unmarshal(req.Body, &ids) == nil && ids.MsgID != nil {
		reserved["in_reply_to"] = *ids.MsgID
	}
	return reserved
}

// inReplyTo returns the message's in_reply_to, or nil.
func inReplyTo(m node.Message) *int64 {
	var ids struct {
		InReplyTo *int64 `json:"in_reply_to"`
	}
	_ = json.Unmarshal(m.Body, &ids) // a body that does not fit is not a reply
	return ids.InReplyTo
}

// checkLeaks fails the test if goroutines of the node are still running. Goroutines that are about to end get some time to
// do so.
func (c *Client) checkLeaks() {
	var leaked string
	for pause := time.Millisecond; pause < c.Timeout; pause *= 2 {
		if leaked = c.goroutines(); leaked == "" {
			return
		}
		time.Sleep(pause)
	}
	c.tb.Errorf("nodetest: goroutines of the node go on after its end:\n%s", leaked)
}

// goroutines returns the stacks of the node's goroutines. It finds them by the profiler label of Run, which every goroutine
// that Run starts inherits; only the goroutines of timers lack it.
func (c *Client) goroutines() string {
	var profile strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1) // writing to a Builder cannot fail
	label := fmt.Sprintf("%q:%q", "nodetest", c.label)
	stacks := strings.Split(profile.String(), "\n\n")
	return strings.Join(slices.DeleteFunc(stacks, func(s string) bool { return !strings.Contains(s, label) }), "\n\n")
}
