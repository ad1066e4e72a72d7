package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// exactValues are JSON texts that a careless runtime changes: it must pass them on as they are.
var exactValues = []string{
	`0`, `-0`, `9007199254740993`, `9223372036854775807`, `-9223372036854775808`,
	`9223372036854775808`, `123456789012345678901234567890`, // more than an int64 holds
	`1e2`, `1E+2`, `1.0`, `1.50`, `-1.5e-3`, `1e400`, `0.1000000000000000055511151231257827`,
	`""`, `"é😀"`, `"\u00e9\ud83d\ude00"`, `"\"\\\/\b\f\n\r\t\u0000"`, `"\u2028"`,
	`null`, `true`, `[]`, `{}`,
	`[[[1,[2,{"a":[3]}]]]]`, `{"type":"inner","msg_id":9,"in_reply_to":8,"body":{"type":"x"}}`,
	`{"a":1,"a":2}`, `{"b":1,"a":{"d":9007199254740993,"c":2}}`,
}

func echoes(n *node.Node) {
	type exact struct {
		Value json.RawMessage `json:"value"`
	}
	node.HandleRPC(n, "typed", func(_ context.Context, req exact) (exact, error) { return req, nil })
	n.Handle("official", func(msg node.Message) error {
		body := json.RawMessage(strings.Replace(string(msg.Body), `"official"`, `"official_ok"`, 1))
		return n.Reply(msg, body)
	})
	node.Receive(n, "notify", func(ctx context.Context, m exact) { _ = node.Notify(n, node.From(ctx), "notified", m) })
	node.HandleRPC(n, "call", func(ctx context.Context, req exact) (exact, error) {
		return node.Call[exact](ctx, n, "n2", "call", req)
	})
	n.Handle("send", func(msg node.Message) error {
		body := json.RawMessage(strings.Replace(string(msg.Body), `"send"`, `"sent"`, 1))
		return n.Send(msg.Src, body)
	})
}

// No value changes on its way through the runtime, in any of the ways there are.
func TestValuesPassUnchanged(t *testing.T) {
	c := nodetest.Start(t, echoes, "n1", "n2")
	var asked string
	c.Service("n2", func(req node.Message) any {
		asked = string(req.Body)
		return map[string]any{"value": nodetest.Body[map[string]json.RawMessage](c, req)["value"]}
	})
	for i, value := range exactValues {
		for request, want := range map[string]string{
			"typed": "typed_ok", "official": "official_ok", "notify": "notified", "call": "call_ok", "send": "sent",
		} {
			c.Deliver(fmt.Sprintf(`{"src":"c%d","dest":"n1","body":{"type":%q,"msg_id":%d,"value":%s}}`, i, request, i, value))
			reply := c.Expect(fmt.Sprint("c", i), want)
			got := nodetest.Body[map[string]json.RawMessage](c, reply)["value"]
			// json.Marshal, which encodes the structs, may write some characters as escapes.
			require.Equal(t, canonical(t, value), canonical(t, string(got)), "%s %s", request, value)
		}
		require.Equal(t, canonical(t, fmt.Sprintf(`{"type":"call","msg_id":%d,"value":%s}`, i+1, value)), canonical(t, asked))
	}
}

// canonical returns value without white space and escapes, but with its numbers and the order of its keys.
func canonical(t *testing.T, value string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	var tokens []json.Token
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return fmt.Sprintf("%#v", tokens)
		}
		require.NoError(t, err, value)
		tokens = append(tokens, token)
	}
}

// Identifiers are 64-bit integers, and 0 is one of them.
func TestIdentifiersAreExact(t *testing.T) {
	c := nodetest.Start(t, echoes)
	for _, id := range []int64{0, 1, -1, 1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
		for _, typ := range []string{"typed", "official", "unknown"} {
			c.Deliver(fmt.Sprintf(`{"src":"c7","body":{"type":%q,"msg_id":%d,"value":1}}`, typ, id))
			want := typ + "_ok"
			if typ == "unknown" {
				want = "error"
			}
			body := nodetest.Body[map[string]json.RawMessage](c, c.Expect("c7", want))
			require.Equal(t, fmt.Sprint(id), string(body["in_reply_to"]))
		}
	}
}

// Of a body, encoding/json decides what fits the request: the runtime neither adds to that nor takes away.
func TestRequestsAreDecodedByEncodingJSON(t *testing.T) {
	type request struct {
		I int64          `json:"i"`
		F float64        `json:"f"`
		S string         `json:"s"`
		M map[string]int `json:"m"`
	}
	type reply struct {
		Got string `json:"got"`
	}
	c := nodetest.Start(t, func(n *node.Node) {
		node.HandleRPC(n, "t", func(_ context.Context, req request) (reply, error) {
			return reply{fmt.Sprintf("%+v", req)}, nil
		})
	})
	for i, fields := range []string{
		`"i":9223372036854775807`, `"i":9223372036854775808`, `"i":1e2`, `"i":1.0`, `"i":"1"`, `"i":null`, `"I":5`, `"i":1,"i":2`,
		`"f":1e2`, `"f":1e999`, `"f":9007199254740993`, `"s":"\u00e9\ud83d\ude00\ud800"`, `"s":"é😀"`, `"s":5`, "\"s\":\"\xff\"",
		`"m":{"a":1,"a":2,"b":3}`, `"m":{"a":1},"m":{"b":2}`, `"m":[1]`, `"unknown":{"i":[[[]]]}`, `"m":null`,
	} {
		body := fmt.Sprintf(`{"type":"t","msg_id":%d,%s}`, i, fields)
		c.Deliver(`{"src":"c1","body":` + body + `}`)
		var want request
		if err := json.Unmarshal([]byte(body), &want); err != nil {
			e := nodetest.Body[struct {
				Code *int
				Text string
			}](c, c.Expect("c1", "error"))
			require.Equal(t, node.MalformedRequest, *e.Code, body)
			require.Equal(t, err.Error(), e.Text)
			continue
		}
		got := nodetest.Body[reply](c, c.Expect("c1", "t_ok"))
		require.Equal(t, fmt.Sprintf("%+v", want), got.Got, body)
	}
}

// Fields that the runtime sets replace those of the body; it leaves the others alone.
func TestReservedFields(t *testing.T) {
	type greedy struct {
		Type      string `json:"type"`
		MsgID     int    `json:"msg_id"`
		InReplyTo int    `json:"in_reply_to"`
		Value     int    `json:"value"`
	}
	mine := greedy{"mine", 70, 80, 5}
	c := nodetest.Start(t, func(n *node.Node) {
		node.HandleRPC(n, "ask", func(ctx context.Context, _ none) (greedy, error) {
			if err := node.Notify(n, "n2", "told", mine); err != nil {
				return greedy{}, err
			}
			_, err := node.Call[none](ctx, n, "n2", "question", mine)
			return mine, err
		})
	})
	c.Deliver(`{"src":"c2","body":{"type":"ask","msg_id":3}}`)
	require.JSONEq(t, `{"type":"told","msg_id":70,"in_reply_to":80,"value":5}`, string(c.Expect("n2", "told").Body))
	question := c.Expect("n2", "question")
	require.JSONEq(t, `{"type":"question","msg_id":1,"in_reply_to":80,"value":5}`, string(question.Body))
	c.Reply(question, none{})
	require.JSONEq(t, `{"type":"ask_ok","msg_id":70,"in_reply_to":3,"value":5}`, string(c.Expect("c2", "ask_ok").Body))
}

// A body is an object. Whoever asks is told when a handler returns something else.
func TestReplyMustBeAnObject(t *testing.T) {
	c := nodetest.Start(t, func(n *node.Node) {
		node.HandleRPC(n, "list", func(context.Context, none) ([]int, error) { return []int{1}, nil })
		node.HandleRPC(n, "nil map", func(context.Context, none) (map[string]any, error) { return nil, nil })
		node.HandleRPC(n, "channel", func(context.Context, none) (chan int, error) { return nil, nil })
	})
	require.Equal(t, "node: a body must be an object, not [1]", c.ExpectError(node.Crash, "list", nil).Text)
	require.Equal(t, "node: a body must be an object, not null", c.ExpectError(node.Crash, "nil map", nil).Text)
	require.Contains(t, c.ExpectError(node.Crash, "channel", nil).Text, "unsupported type")
}
