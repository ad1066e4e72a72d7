package workload

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A request is the body of a request that has no fields besides its type.
type request struct {
	Type string `json:"type"`
}

// call sends body and expects a reply of the type whose fields do not matter.
func call(c Client, body any, wantType string) error {
	var reply json.RawMessage
	return c.Call(body, wantType, &reply)
}

// callFor sends body and returns the field of the reply. The reply is malformed if the
// field is missing, which encoding/json would let pass, or if ok says no to it; shape
// says in words what ok accepts.
func callFor(c Client, body any, wantType, field, shape string, ok func(json.RawMessage) bool) (json.RawMessage, error) {
	var reply json.RawMessage
	if err := c.Call(body, wantType, &reply); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(reply, &fields); err == nil {
		if value, has := fields[field]; has && ok(value) {
			return value, nil
		}
	}
	return nil, &MalformedReply{Reply: reply, Want: fmt.Sprintf("%s with %s, %s", wantType, field, shape)}
}

// anyValue accepts every JSON value.
func anyValue(json.RawMessage) bool { return true }

// integers accepts an array of integers. As the value is known to be valid JSON, it
// is enough that nothing is in the brackets that only other values have.
func integers(value json.RawMessage) bool {
	inside, ok := bytes.CutPrefix(value, []byte("["))
	if !ok {
		return false
	}
	inside = bytes.TrimSuffix(inside, []byte("]"))
	return len(bytes.Trim(inside, "0123456789-, \t\r\n")) == 0
}
