package workload_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/workload"
)

type object map[string]json.RawMessage

func parseObject(t *testing.T, text string) object {
	t.Helper()
	var o object
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	return o
}

// A documented client talks to a node that knows only the examples of a description. The node accepts requests with the same
// fields, and answers them as in the example; if the reply has a field of the request, it copies the value.
type documented struct {
	t      *testing.T
	rpcs   []workload.RPC
	used   map[string]bool // by type
	except string          // the type of the request whose reply lacks ...
	lacks  string          // ... this field
}

func (documented) Node() string { return "n1" }

func (d documented) Call(body any, wantType string, into any) error {
	b, err := json.Marshal(body)
	require.NoError(d.t, err)
	request := parseObject(d.t, string(b))
	i := slices.IndexFunc(d.rpcs, func(r workload.RPC) bool {
		return string(parseObject(d.t, r.Request)["type"]) == string(request["type"])
	})
	require.GreaterOrEqual(d.t, i, 0, "undocumented: %s", b)
	rpc := d.rpcs[i]
	require.Equal(d.t, fieldNames(parseObject(d.t, rpc.Request)), fieldNames(request))
	reply := parseObject(d.t, rpc.Reply)
	require.Equal(d.t, fmt.Sprintf("%q", wantType), string(reply["type"]))
	d.used[string(request["type"])] = true

	for name := range reply {
		if value, ok := request[name]; ok && name != "type" {
			reply[name] = value
		}
	}
	if d.except == string(request["type"]) {
		delete(reply, d.lacks)
	}
	b, err = json.Marshal(reply)
	require.NoError(d.t, err)
	return json.Unmarshal(b, into)
}

func fieldNames(o object) []string { return slices.Sorted(maps.Keys(o)) }

// drive carries out operations until one gets a malformed reply.
func (d documented) drive(name string) *workload.MalformedReply {
	w := newWorkload(d.t, name)
	err := w.Setup(d)
	for i := 0; err == nil && i < 1000; i++ {
		op := w.Next()
		if each, ok := w.(workload.PerProcess); ok {
			p := history.Process(i % 4)
			op = each.NextFor(p)
			op.Process = p
		}
		var value any
		value, err = w.Invoke(d, op)
		if r, ok := w.(workload.Reactive); ok {
			r.Observe(workload.Complete(w, op, value, err))
		}
		if errors.Is(err, workload.ErrCrashed) {
			err = nil
		}
	}
	if err == nil {
		return nil
	}
	malformed, ok := errors.AsType[*workload.MalformedReply](err)
	require.True(d.t, ok, "%v", err)
	return malformed
}

// A node that follows the descriptions satisfies the clients, and a node that leaves anything out does not.
func TestDescriptions(t *testing.T) {
	for _, desc := range workload.All() {
		t.Run(desc.Name, func(t *testing.T) {
			name := desc.Name
			require.NoError(t, desc.Validate())
			require.NotEmpty(t, desc.About)
			require.NotEmpty(t, desc.Operations)
			require.NotEmpty(t, desc.Verdict)

			d := documented{t: t, rpcs: desc.RPCs, used: make(map[string]bool)}
			require.Nil(t, d.drive(name))
			require.Len(t, d.used, len(desc.RPCs), "a documented request is never made")
			for _, rpc := range desc.RPCs {
				request, reply := parseObject(t, rpc.Request), parseObject(t, rpc.Reply)
				requireFields(t, rpc, request, reply)
				d.except = string(request["type"])
				for field := range reply {
					if d.lacks = field; field != "type" {
						require.NotNil(t, d.drive(name), "the reply to %s need not have %s", d.except, field)
					}
				}
			}
		})
	}
}

// requireFields checks that the described fields are the fields of the examples.
func requireFields(t *testing.T, rpc workload.RPC, request, reply object) {
	all := maps.Clone(request)
	maps.Copy(all, reply)
	delete(all, "type")
	var fields []string
	for _, f := range rpc.Fields {
		require.NotEmpty(t, f.Type)
		require.NotEmpty(t, f.About)
		fields = append(fields, f.Name)
	}
	require.ElementsMatch(t, fieldNames(all), fields, rpc.Request)
	require.NotEmpty(t, rpc.About)
	for _, code := range rpc.Errors {
		require.True(t, slices.ContainsFunc(workload.ErrorCodes(), func(e workload.ErrorCode) bool { return e.Code == code }))
	}
}

func TestErrorCodes(t *testing.T) {
	codes, seen := -1, make(map[string]bool)
	for _, e := range workload.ErrorCodes() {
		require.Greater(t, e.Code, codes)
		require.False(t, seen[e.Name])
		require.NotEmpty(t, e.About)
		codes, seen[e.Name] = e.Code, true
	}
	require.Len(t, seen, 11)
}
