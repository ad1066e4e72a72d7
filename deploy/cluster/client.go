// Package cluster brings nodes up on the agents of a broker, and talks to them.
package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/agent"
	"glomers/deploy/wire"
)

// A Client talks to a cluster. Its methods may be called concurrently.
type Client struct {
	Conn *nats.Conn // with wire.Options
	Name string     // of the cluster
}

// ErrNotUp is wrapped by errors about a cluster that is not up.
var ErrNotUp = errors.New("it is not up")

// A Status describes a cluster.
type Status struct {
	Cluster string            `json:"cluster"`
	Program string            `json:"program"` // the words of its command
	Placed  map[string]string `json:"placed"`  // the name of each node's agent, by the node's id
	IDs     []string          `json:"ids"`     // in their order
	Agents  []agent.Hello     `json:"agents"`  // those that answer
}

// The operations of a control request.
const (
	opStatus  = "status"
	opRestart = "restart"
	opDown    = "down"
)

type control struct {
	Op   string `json:"op"`
	Node string `json:"node,omitempty"`
}

type reply struct {
	Error  string  `json:"error,omitempty"`
	Status *Status `json:"status,omitempty"`
}

// Status asks the coordinator of the cluster for its state.
func (c Client) Status(ctx context.Context) (Status, error) {
	r, err := c.ask(ctx, control{Op: opStatus})
	if err != nil {
		return Status{}, err
	}
	if r.Status == nil {
		return Status{}, fmt.Errorf("cluster %s: the answer has no status", c.Name)
	}
	return *r.Status, nil
}

// Restart kills a node if it is running, starts it again in its directory, and returns when it has answered init.
func (c Client) Restart(ctx context.Context, node string) error {
	_, err := c.ask(ctx, control{Op: opRestart, Node: node})
	return err
}

// Down kills all nodes, and ends the coordinator.
func (c Client) Down(ctx context.Context) error {
	_, err := c.ask(ctx, control{Op: opDown})
	return err
}

func (c Client) ask(ctx context.Context, q control) (reply, error) {
	data, err := json.Marshal(q)
	if err != nil {
		return reply{}, err
	}
	const most = controlTimeout + 5*time.Second
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("its coordinator does not answer within %v", most))
	defer cancel()
	m, err := c.Conn.RequestWithContext(ctx, wire.Subject(c.Name, "control"), data)
	var r reply
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		err = ErrNotUp
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case err == nil:
		err = json.Unmarshal(m.Data, &r)
	}
	if err == nil && r.Error != "" {
		err = errors.New(r.Error)
	}
	if err != nil {
		return reply{}, fmt.Errorf("cluster %s: %w", c.Name, err)
	}
	return r, nil
}

// Call sends a request to a node, as a client of its own, and returns the body of the answer. body is a JSON object with a type; Call adds the msg_id.
func (c Client) Call(ctx context.Context, dest string, body json.RawMessage) (json.RawMessage, error) {
	return Call(ctx, wire.NATS(c.Conn, c.Name), dest, body)
}

// Call is [Client.Call] over any wire.
func Call(ctx context.Context, w wire.Wire, dest string, body json.RawMessage) (json.RawMessage, error) {
	line, src, err := asRequest(dest, body)
	if err != nil {
		return nil, err
	}
	answers := make(chan json.RawMessage, 1)
	stop, err := w.Receive(src, func(m wire.Message) {
		if answer, ok := answerTo(m.Line); ok {
			select {
			case answers <- answer:
			default: // a second answer
			}
		}
	})
	if err != nil {
		return nil, err
	}
	defer stop()
	m, err := wire.Parse(line)
	if err != nil {
		return nil, fmt.Errorf("the request %w", err)
	}
	if err := w.Send(m); err != nil {
		return nil, err
	}
	select {
	case answer := <-answers:
		return answer, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s has not answered: %w", dest, context.Cause(ctx))
	}
}

const callID = 1

// asRequest returns a message to a node from a client that nobody else is.
func asRequest(dest string, body json.RawMessage) (line []byte, src string, err error) {
	var fields map[string]json.RawMessage
	var kind string
	if json.Unmarshal(body, &fields) != nil || fields == nil || json.Unmarshal(fields["type"], &kind) != nil {
		return nil, "", fmt.Errorf(`the body %.100q is not a JSON object with a type: want one, as in {"type":"read"}`, body)
	}
	fields["msg_id"] = json.RawMessage(fmt.Sprint(callID))
	src = "c" + strings.ToLower(rand.Text()[:12])
	line, err = json.Marshal(map[string]any{"src": src, "dest": dest, "body": fields})
	return line, src, err
}

// answerTo returns the body of a message that answers the request of asRequest.
func answerTo(line []byte) (body json.RawMessage, ok bool) {
	var m struct{ Body json.RawMessage }
	var head struct {
		InReplyTo int `json:"in_reply_to"`
	}
	ok = json.Unmarshal(line, &m) == nil && json.Unmarshal(m.Body, &head) == nil && head.InReplyTo == callID
	return m.Body, ok
}

// controlTimeout is how long a coordinator takes for a request, at most.
const controlTimeout = time.Minute

// patience is how long agents have to answer a roll call.
const patience = 300 * time.Millisecond
