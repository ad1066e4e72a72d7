package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"glomers/harness/internal/jsonvalue"
	"glomers/harness/workload"
)

// A shape describes the reply to a request, without msg_id and in_reply_to.
type shape struct {
	kind   string            // the reply's type
	fields map[string]string // by name: a kind from jsonvalue.Kind, or "any"
}

// newShape derives the shape from the description of a request.
func newShape(rpc workload.RPC) (shape, error) {
	var example fields
	if err := json.Unmarshal([]byte(rpc.Reply), &example); err != nil {
		return shape{}, fmt.Errorf("example %s: %w", rpc.Reply, err)
	}
	s := shape{fields: map[string]string{}}
	for name, raw := range example {
		if name == "type" {
			s.kind, _ = example.text("type")
			continue
		}
		s.fields[name] = jsonvalue.Kind(raw)
		for _, f := range rpc.Fields {
			if f.Name == name && strings.HasPrefix(f.Type, "any") {
				s.fields[name] = "any"
			}
		}
	}
	return s, nil
}

// problem says why Maelstrom would refuse m, a reply that is not an error. It returns "" if Maelstrom would accept it.
func (s shape) problem(m *message) string {
	if m.kind() != s.kind {
		return fmt.Sprintf("the type is %s, not %s", clip(m.body["type"]), s.kind)
	}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		want, raw := s.fields[name], m.body[name]
		kind := jsonvalue.Kind(raw)
		switch {
		case raw == nil:
			return fmt.Sprintf("%s has no %s", s.kind, name)
		case kind == want, want == "any" && s.kind != "echo_ok", want == "any" && kind != "null":
		case kind == "null" && want == "a list": // null is an empty list
		case kind == "a float" && want == "an integer":
			return fmt.Sprintf("%s of %s is %s: want an integer, without fraction and exponent", name, s.kind, clip(raw))
		default:
			return fmt.Sprintf("%s of %s is %s: want %s", name, s.kind, clip(raw), want)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.body)) {
		switch name {
		case "type", "in_reply_to":
		case "msg_id":
			if !jsonvalue.IsInteger(m.body[name]) {
				return fmt.Sprintf("msg_id of %s is %s: want an integer, or no such field", s.kind, clip(m.body[name]))
			}
		default:
			if s.fields[name] == "" {
				return fmt.Sprintf("%s has a field %s, which does not belong there", s.kind, quote(name))
			}
		}
	}
	return ""
}
