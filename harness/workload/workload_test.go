package workload_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines/mutants"
	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/node"
)

// A client answers every call with reply, or fails with err, and keeps the requests.
type client struct {
	reply    string
	err      error
	requests []string
	wanted   string
}

func (c *client) Node() string { return "n1" }

func (c *client) Call(body any, wantType string, reply any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	c.requests = append(c.requests, string(b))
	c.wanted = wantType
	if c.err != nil {
		return c.err
	}
	return json.Unmarshal([]byte(c.reply), reply)
}

func newWorkload(t *testing.T, name string) workload.Workload {
	t.Helper()
	w, err := workload.All().New(name, workload.Config{Nodes: []string{"n1", "n2"}, Rand: choice.From(rand.NewPCG(1, 2))})
	require.NoError(t, err)
	return w
}

// do carries out an operation and returns its completion.
func do(w workload.Workload, c workload.Client, op history.Op) history.Op {
	value, err := w.Invoke(c, op)
	done := workload.Complete(w, op, value, err)
	if r, ok := w.(workload.Reactive); ok {
		r.Observe(done)
	}
	return done
}

// An exchange is an operation with its request, the reply, and the value of its completion. A value that begins with the type
// of the reply is an error message about the reply.
type exchange struct{ f, value, request, reply, want string }

// require carries out the exchange.
func (e exchange) require(t *testing.T, w workload.Workload) {
	t.Helper()
	to := &client{reply: e.reply}
	op := history.Op{Type: history.Invoke, F: e.f, Value: json.RawMessage(e.value)}
	done := do(w, to, op)
	require.Equal(t, []string{e.request}, to.requests)
	if strings.Contains(e.want, "_ok: ") {
		require.Equal(t, history.Info, done.Type)
		require.JSONEq(t, fmt.Sprintf(`["malformed-reply",%q,%s,"",""]`, e.want, e.reply), string(done.Error))
		return
	}
	require.Equal(t, history.OK, done.Type)
	require.Equal(t, e.want, string(done.Value))
}

// mutant returns the function that registers the handlers of a mutant.
func mutant(t *testing.T, name string) func(n *node.Node) {
	all := mutants.All()
	i := slices.IndexFunc(all, func(m mutants.Mutant) bool { return m.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return all[i].Register
}

func TestNew(t *testing.T) {
	for _, name := range workload.All().Names() {
		w, err := workload.All().New(name, workload.Config{})
		require.NoError(t, err)
		require.NotEmpty(t, w.Next().F)
	}
	_, err := workload.All().New("ehco", workload.Config{})
	require.EqualError(t, err, `workload: no workload "ehco": did you mean echo?`)
	require.IsIncreasing(t, workload.All().Names())
	_, err = workload.All().New("broadcast", workload.Config{Options: workload.Options{Topology: "ring"}})
	require.EqualError(t, err, `workload: no topology "ring": want grid, line, total, tree, tree2, tree3, tree4`)
}

// The same seed gives the same operations.
func TestNextIsReproducible(t *testing.T) {
	for _, name := range workload.All().Names() {
		a, b := newWorkload(t, name), newWorkload(t, name)
		for range 100 {
			require.Equal(t, a.Next(), b.Next())
		}
	}
}

func TestOperations(t *testing.T) {
	echo := newWorkload(t, "echo")
	for range 1000 {
		op := echo.Next()
		require.Equal(t, "echo", op.F)
		var n int
		_, err := fmt.Sscanf(string(op.Value), `"Please echo %d"`, &n)
		require.NoError(t, err)
		require.True(t, 0 <= n && n < 128)
	}
	require.Empty(t, echo.Final())
	require.NoError(t, echo.Setup(nil))

	ids := newWorkload(t, "unique-ids")
	require.Equal(t, history.Op{F: "generate"}, ids.Next())
	require.Empty(t, ids.Final())
	require.NoError(t, ids.Setup(nil))

	broadcast := newWorkload(t, "broadcast")
	values := 0
	for range 1000 {
		if op := broadcast.Next(); op.F == "broadcast" {
			require.Equal(t, fmt.Sprint(values), string(op.Value))
			values++
		} else {
			require.Equal(t, history.Op{F: "read"}, op)
		}
	}
	require.InDelta(t, 500, values, 50)
	require.Equal(t, []history.Op{{F: "read", Final: true}}, broadcast.Final())
}

func TestBroadcastSetup(t *testing.T) {
	w := newWorkload(t, "broadcast")
	c := &client{reply: `{"type":"topology_ok"}`}
	require.NoError(t, w.Setup(c))
	require.Equal(t, []string{`{"type":"topology","topology":{"n1":["n2"],"n2":["n1"]}}`}, c.requests)
	require.Equal(t, "topology_ok", c.wanted)

	c = &client{err: workload.ErrTimeout}
	err := w.Setup(c)
	require.ErrorIs(t, err, workload.ErrTimeout)
	require.EqualError(t, err, "workload: topology to n1: workload: no reply in time")
}

func TestInvoke(t *testing.T) {
	for _, c := range []struct {
		workload, f, value string
		reply              string
		want               string // the completion's value, or
		malformed          string // what was wanted
		request            string
	}{
		{
			workload: "echo", f: "echo", value: `"Please echo 5"`, request: `{"type":"echo","echo":"Please echo 5"}`,
			reply: `{"type":"echo_ok","echo":{"any":["<thing>"]},"in_reply_to":3}`, want: `{"any":["<thing>"]}`,
		},
		{workload: "echo", f: "echo", value: `1`, reply: `{"type":"echo_ok","echo":null}`, want: `null`},
		{workload: "echo", f: "echo", value: `1`, reply: `{"type":"echo_ok"}`, malformed: `echo_ok: field "echo" is missing`},
		{workload: "echo", f: "echo", value: `1`, reply: `{"type":"echo_ok","Echo":1}`, malformed: `echo_ok: field "echo" is missing; field "Echo" is not allowed: want only echo, type, in_reply_to, msg_id`},
		{workload: "echo", f: "echo", value: `1`, reply: `[]`, malformed: "echo_ok: want an object"},
		{
			workload: "echo", f: "echo", value: `1`, reply: `{"type":"echo_ok","echo":1,"d":1,"c":2,"b":3,"a":4}`,
			malformed: `echo_ok: fields "a", "b", "c", … (4) are not allowed: want only echo, type, in_reply_to, msg_id`,
		},
		{workload: "echo", f: "echo", value: `1`, reply: `{"type":"echo_ok","echo":2,"msg_id":7,"in_reply_to":3}`, want: `2`},

		{
			workload: "unique-ids", f: "generate", value: `null`, request: `{"type":"generate"}`,
			reply: `{"type":"generate_ok","id":9007199254740993}`, want: `9007199254740993`,
		},
		{workload: "unique-ids", f: "generate", value: `null`, reply: `{"type":"generate_ok"}`, malformed: `generate_ok: field "id" is missing`},

		{
			workload: "broadcast", f: "broadcast", value: `12`, request: `{"type":"broadcast","message":12}`,
			reply: `{"type":"broadcast_ok"}`, want: `12`,
		},
		{
			workload: "broadcast", f: "read", value: `null`, request: `{"type":"read"}`,
			reply: `{"type":"read_ok","messages":[3, -1,` + "\n" + `20]}`, want: `[3,-1,20]`,
		},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":[]}`, want: `[]`},
		{
			workload: "broadcast", f: "broadcast", value: `12`, reply: `{"type":"broadcast_ok","message":12}`,
			malformed: `broadcast_ok: field "message" is not allowed: want only type, in_reply_to, msg_id`,
		},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":null}`, want: `[]`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":[1.5,null,"1",[1]]}`, want: `[1.5,null,"1",[1]]`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok"}`, malformed: `read_ok: field "messages" is missing`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":7}`, malformed: `read_ok: field "messages" is an integer: want a list`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":7.0}`, malformed: `read_ok: field "messages" is a float: want a list`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":{"1":1}}`, malformed: `read_ok: field "messages" is an object: want a list`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":"[]"}`, malformed: `read_ok: field "messages" is a string: want a list`},
		{workload: "broadcast", f: "read", value: `null`, reply: `{"type":"read_ok","messages":true}`, malformed: `read_ok: field "messages" is a boolean: want a list`},
	} {
		t.Run(c.workload+" "+c.reply, func(t *testing.T) {
			w := newWorkload(t, c.workload)
			to := &client{reply: c.reply}
			op := history.Op{Type: history.Invoke, Process: 4, F: c.f, Value: json.RawMessage(c.value), Final: true}
			done := do(w, to, op)
			if c.request != "" {
				require.Equal(t, []string{c.request}, to.requests)
			}
			require.Equal(t, op.Process, done.Process)
			require.Equal(t, op.F, done.F)
			require.True(t, done.Final)
			if c.malformed == "" {
				require.Equal(t, history.OK, done.Type)
				require.Equal(t, c.want, string(done.Value))
				require.Empty(t, done.Error)
				return
			}
			require.Equal(t, history.Info, done.Type)
			require.Equal(t, c.value, string(done.Value))
			require.JSONEq(t, fmt.Sprintf(`["malformed-reply",%q,%s,"",""]`, c.malformed, c.reply), string(done.Error))
			require.Len(t, check.NewExceptions([]history.Op{done}).Exceptions, 1)
		})
	}
	_, err := newWorkload(t, "broadcast").Invoke(&client{}, history.Op{F: "reed"})
	require.EqualError(t, err, `workload: broadcast has no operation "reed"`)
}

func TestComplete(t *testing.T) {
	w := newWorkload(t, "broadcast") // reads are idempotent, broadcasts are not
	rpc := func(code int) error { return fmt.Errorf("wrapped: %w", node.NewRPCError(code, "<why>")) }
	for _, c := range []struct {
		err             error
		broadcast, read history.Type
		reason          string
	}{
		{workload.ErrTimeout, history.Info, history.Fail, `"net-timeout"`},
		{fmt.Errorf("wrapped: %w", workload.ErrTimeout), history.Info, history.Fail, `"net-timeout"`},
		{rpc(0), history.Info, history.Fail, `["timeout","<why>"]`},
		{rpc(1), history.Fail, history.Fail, `["node-not-found","<why>"]`},
		{rpc(10), history.Fail, history.Fail, `["not-supported","<why>"]`},
		{rpc(11), history.Fail, history.Fail, `["temporarily-unavailable","<why>"]`},
		{rpc(12), history.Fail, history.Fail, `["malformed-request","<why>"]`},
		{rpc(13), history.Info, history.Fail, `["crash","<why>"]`},
		{rpc(14), history.Fail, history.Fail, `["abort","<why>"]`},
		{rpc(20), history.Fail, history.Fail, `["key-does-not-exist","<why>"]`},
		{rpc(21), history.Fail, history.Fail, `["key-already-exists","<why>"]`},
		{rpc(22), history.Fail, history.Fail, `["precondition-failed","<why>"]`},
		{rpc(30), history.Fail, history.Fail, `["txn-conflict","<why>"]`},
		{rpc(-1), history.Info, history.Fail, `["error--1","<why>"]`},
		{rpc(15), history.Info, history.Fail, `["error-15","<why>"]`},
		{rpc(1000), history.Info, history.Fail, `["error-1000","<why>"]`},
		{&workload.UncodedError{Code: json.RawMessage(`20.0`), Text: "<why>"}, history.Info, history.Fail, `["no-code","<why>","a float"]`},
		{&workload.UncodedError{}, history.Info, history.Fail, `["no-code","","missing"]`},
		{
			&workload.MalformedReply{Reply: json.RawMessage(`{"type":"<x>"}`), Type: "read_ok", Problem: "odd", To: "c3", From: "n1"},
			history.Info, history.Info, `["malformed-reply","read_ok: odd",{"type":"<x>"},"c3","n1"]`,
		},
		{&workload.MalformedReply{Reply: json.RawMessage(`{`), Type: "read_ok", Problem: "odd"}, history.Info, history.Info, `["malformed-reply","read_ok: odd","{","",""]`},
		{errors.New("gone"), history.Info, history.Fail, `["client-error","gone"]`},
	} {
		t.Run(c.reason, func(t *testing.T) {
			op := history.Op{Index: 3, Process: 2, F: "broadcast", Value: json.RawMessage(`5`), Type: history.Invoke}
			want := op
			want.Type, want.Error = c.broadcast, json.RawMessage(c.reason)
			require.Equal(t, want, workload.Complete(w, op, nil, c.err))
			op.F = "read"
			require.Equal(t, c.read, workload.Complete(w, op, nil, c.err).Type)
		})
	}
	op := workload.Complete(w, history.Op{F: "broadcast", Value: json.RawMessage(`5`)}, func() {}, nil)
	require.Equal(t, history.Info, op.Type)
	require.Equal(t, `5`, string(op.Value))
	require.Contains(t, string(op.Error), "client-error")
}

// The reference's clients of these workloads throw every error, so that even a definite error does not make an operation fail.
func TestCompleteThrowing(t *testing.T) {
	for _, name := range []string{"g-set", "g-counter", "pn-counter"} {
		for _, f := range []string{"add", "read"} {
			for _, err := range []error{workload.ErrTimeout, node.NewRPCError(node.Abort, "no"), &workload.UncodedError{}} {
				require.Equal(t, history.Info, workload.Complete(newWorkload(t, name), history.Op{F: f}, nil, err).Type)
			}
		}
	}
}

func TestReplyErrors(t *testing.T) {
	m := &workload.MalformedReply{Reply: json.RawMessage(`{"type":"x"}`), Type: "read_ok", Problem: `field "value" is missing`}
	require.EqualError(t, m, `workload: malformed reply: read_ok: field "value" is missing`)
	m.To, m.From = "c3", "n1"
	require.EqualError(t, m, `workload: malformed reply: read_ok to c3 from n1: field "value" is missing`)
	require.EqualError(t, &workload.UncodedError{Code: json.RawMessage(`"20"`), Text: "no key"},
		"workload: an error whose code is a string, not an integer: no key")
}

// The verdict of each workload on a good and on a bad history of its operations.
func TestCheck(t *testing.T) {
	op := func(typ history.Type, p history.Process, f, v string) history.Op {
		return history.Op{Type: typ, Process: p, F: f, Value: json.RawMessage(v)}
	}
	for _, c := range []struct {
		workload string
		want     check.Verdict
		history  []history.Op
	}{
		{"echo", check.Valid, []history.Op{op("invoke", 0, "echo", `"a"`), op("ok", 0, "echo", `"a"`)}},
		{"echo", check.Invalid, []history.Op{op("invoke", 0, "echo", `"a"`), op("ok", 0, "echo", `"b"`)}},
		{"unique-ids", check.Valid, []history.Op{op("ok", 0, "generate", `1`), op("ok", 0, "generate", `2`)}},
		{"unique-ids", check.Invalid, []history.Op{op("ok", 0, "generate", `1`), op("ok", 0, "generate", `1`)}},
		{"broadcast", check.Valid, []history.Op{
			op("invoke", 0, "broadcast", `1`), op("ok", 0, "broadcast", `1`), op("invoke", 0, "read", ``), op("ok", 0, "read", `[1]`),
		}},
		{"broadcast", check.Invalid, []history.Op{
			op("invoke", 0, "broadcast", `1`), op("ok", 0, "broadcast", `1`), op("invoke", 0, "read", ``), op("ok", 0, "read", `[]`),
		}},
	} {
		for i := range c.history {
			c.history[i].Index = i
		}
		require.Equal(t, c.want, newWorkload(t, c.workload).Check(c.history).Verdict(), c.workload)
	}
}
