package conform

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"glomers/harness/internal/jsonvalue"
	"glomers/harness/workload"
)

// A profile has the requests that a node serves, and says how checks can use them.
type profile struct {
	name     string    // of the workload; "" if none is known
	requests []request // all requests of the workload
	ping     string    // a harmless request, without msg_id
	carrier  *carrier  // takes values to the node and back; nil if no request can
}

// A request is a request that the workload's clients send.
type request struct {
	kind  string
	body  string // an example, without msg_id
	takes []field
	reply shape
}

// A field is a field of a request.
type field struct {
	name, kind string // kind is from jsonvalue.Kind, or "any"
	example    string
}

// setup returns the requests that precede all others, as in a run.
func (p *profile) setup(ids []string) []string {
	if p == nil || p.name != "broadcast" {
		return nil
	}
	var lines []string
	for i, id := range ids {
		lines = append(lines, quote(id)+":"+quote(slices.Delete(slices.Clone(ids), i, i+1)))
	}
	return []string{`{"type":"topology","topology":{` + strings.Join(lines, ",") + `}}`}
}

// pings are requests that change nothing, or nothing that matters. The ping of a workload that is not here is its first request.
var pings = map[string]string{
	"broadcast":       `{"type":"read"}`,
	"g-counter":       `{"type":"read"}`,
	"g-set":           `{"type":"read"}`,
	"kafka":           `{"type":"poll","offsets":{"ping":0}}`,
	"lin-kv":          `{"type":"write","key":0,"value":0}`,
	"pn-counter":      `{"type":"read"}`,
	"txn-list-append": `{"type":"txn","txn":[["r",0,null]]}`,
	"txn-rw-register": `{"type":"txn","txn":[["r",0,null]]}`,
}

// profileOf returns the profile of the named workload.
func profileOf(kinds workload.Kinds, name string) (*profile, error) {
	k, err := kinds.Find(name)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	p := &profile{name: name, ping: pings[name], carrier: carriers[name]}
	for _, rpc := range k.RPCs {
		r, err := newRequest(rpc)
		if err != nil {
			return nil, fmt.Errorf("conform: workload %s: %w", name, err)
		}
		p.requests = append(p.requests, r)
	}
	if len(p.requests) == 0 {
		return nil, fmt.Errorf("conform: workload %s does not say what its requests are", name)
	}
	p.ping = cmp.Or(p.ping, p.requests[0].body)
	return p, nil
}

func newRequest(rpc workload.RPC) (request, error) {
	var body fields
	if err := json.Unmarshal([]byte(rpc.Request), &body); err != nil {
		return request{}, fmt.Errorf("example %s: %w", rpc.Request, err)
	}
	r := request{body: rpc.Request}
	r.kind, _ = body.text("type")
	for _, f := range rpc.Fields {
		raw, ok := body[f.Name]
		if !ok {
			continue
		}
		kind := jsonvalue.Kind(raw)
		if strings.HasPrefix(f.Type, "any") {
			kind = "any"
		}
		r.takes = append(r.takes, field{f.Name, kind, string(raw)})
	}
	var err error
	r.reply, err = newShape(rpc)
	return r, err
}

// generic is the profile of a node whose workload was not recognised. Its ping is a request that no node knows.
func generic() *profile { return &profile{ping: unknownRequest} }

const unknownRequest = `{"type":"glomers_unknown"}`

// A sign is a request that shows whether a node serves a workload.
type sign struct {
	body   string
	reply  string // the type of the expected reply
	wanted func(body fields) bool
}

// signs distinguishes the workloads that share requests with others. A workload that is not here is recognised by the reply
// to its first request.
var signs = map[string][]sign{
	"broadcast": {{`{"type":"broadcast","message":1000}`, "broadcast_ok", nil}},
	"g-counter": {
		{`{"type":"add","delta":1}`, "add_ok", nil},
		{`{"type":"read"}`, "read_ok", func(body fields) bool { return jsonvalue.IsInteger(body["value"]) }},
	},
	"g-set": {
		{`{"type":"add","element":1000}`, "add_ok", nil},
		{`{"type":"read"}`, "read_ok", func(body fields) bool { return jsonvalue.Kind(body["value"]) == "a list" }},
	},
	"lin-kv": {{`{"type":"write","key":0,"value":1}`, "write_ok", nil}},
	"txn-list-append": {{
		`{"type":"txn","txn":[["append",1000,1],["r",1000,null]]}`, "txn_ok",
		func(body fields) bool { return strings.Contains(string(body["txn"]), "[1]") },
	}},
	"txn-rw-register": {{
		`{"type":"txn","txn":[["w",1000,1],["r",1000,null]]}`, "txn_ok",
		func(body fields) bool { return !strings.Contains(string(body["txn"]), "null") },
	}},
}

// recognise finds the workloads that the node serves, by asking one process for each.
func (r *runner) recognise(ctx context.Context) ([]string, error) {
	kinds := slices.DeleteFunc(slices.Clone(r.options.Kinds), func(k workload.Kind) bool {
		return k.Name == "pn-counter" || len(k.RPCs) == 0 // pn-counter has the same requests as g-counter
	})
	names := kinds.Names()
	found := make([]bool, len(names))
	errs := make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { found[i], errs[i] = r.serves(ctx, name) })
	}
	all.Wait()
	var served []string
	for i, name := range names {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if found[i] {
			served = append(served, name)
		}
	}
	return served, nil
}

func (r *runner) serves(ctx context.Context, name string) (bool, error) {
	p, err := profileOf(r.options.Kinds, name)
	if err != nil {
		return false, err
	}
	want := signs[name]
	if want == nil {
		first := p.requests[0]
		want = []sign{{first.body, first.reply.kind, nil}}
	}
	err = r.within(ctx, p, func(s *session) error {
		if err := s.ready(); err != nil {
			return err
		}
		for _, sign := range want {
			m, err := s.askPatiently(sign.body)
			if err != nil {
				return err
			}
			if m.isError() && m.code() == "11" {
				return nil // the node knows the request, but needs other nodes
			}
			if m.kind() != sign.reply || sign.wanted != nil && !sign.wanted(m.body) {
				return failf("not this workload")
			}
		}
		return nil
	})
	if _, failed := asFailure(err); failed {
		return false, nil
	}
	return err == nil, err
}
