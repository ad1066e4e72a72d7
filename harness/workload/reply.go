package workload

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// A request is the body of a request that has no fields besides its type.
type request struct {
	Type string `json:"type"`
}

// call sends body and expects a reply of type wantType without further fields.
func call(c Client, body any, wantType string) error {
	_, err := exchange(c, body, wantType, "", "", nil)
	return err
}

// callFor sends body and returns the value of field, the only field of the reply besides those of every reply. The reply is
// malformed if ok rejects the value; shape describes the values that ok accepts.
func callFor(c Client, body any, wantType, field, shape string, ok func(json.RawMessage) bool) (json.RawMessage, error) {
	return exchange(c, body, wantType, field, shape, ok)
}

func exchange(c Client, body any, wantType, field, shape string, ok func(json.RawMessage) bool) (json.RawMessage, error) {
	var reply json.RawMessage
	if err := c.Call(body, wantType, &reply); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage // not a struct, for which encoding/json would take "Echo" for "echo"
	if err := json.Unmarshal(reply, &fields); err != nil {
		return nil, &MalformedReply{Reply: reply, Type: wantType, Problem: "want an object"}
	}
	if problem := problems(fields, field, shape, ok); problem != "" {
		return nil, &MalformedReply{Reply: reply, Type: wantType, Problem: problem}
	}
	return fields[field], nil
}

// envelope lists the fields that every reply may have. The client has already checked them.
var envelope = []string{"type", "in_reply_to", "msg_id"}

// problems describes what is wrong with the fields of a reply; "" if nothing is wrong. The reference's schemas list all allowed
// fields, so an extra field is wrong, too.
func problems(fields map[string]json.RawMessage, field, shape string, ok func(json.RawMessage) bool) string {
	var all []string
	allowed := envelope
	if field != "" {
		allowed = append([]string{field}, envelope...)
		if value, has := fields[field]; !has {
			all = append(all, fmt.Sprintf("field %q is missing", field))
		} else if !ok(value) {
			all = append(all, fmt.Sprintf("field %q is %s: want %s", field, kind(value, shape), shape))
		}
	}
	var extra []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(allowed, name) {
			extra = append(extra, quoteName(name))
		}
	}
	if len(extra) > 0 {
		all = append(all, fmt.Sprintf("%s not allowed: want only %s", count(extra), strings.Join(allowed, ", ")))
	}
	return strings.Join(all, "; ")
}

// count returns `field "a" is` or `fields "a", "b" are`, with at most the first three names.
func count(names []string) string {
	const most = 3
	switch {
	case len(names) == 1:
		return "field " + names[0] + " is"
	case len(names) > most:
		names = append(slices.Clone(names[:most]), fmt.Sprintf("… (%d)", len(names)))
	}
	return "fields " + strings.Join(names, ", ") + " are"
}

// quoteName quotes the name of a field, which a node may have made up.
func quoteName(name string) string { return fmt.Sprintf("%q", wording.Clip(name, 40)) }

// kind names the kind of a value. It does not show the value, so that replies with the same fault are counted together. If the
// value has the kind with which shape begins, the fault is inside the value.
func kind(value json.RawMessage, shape string) string {
	k := jsonvalue.Kind(value)
	if strings.HasPrefix(shape, k) {
		return k + " of another shape"
	}
	return k
}

// anyValue accepts every JSON value.
func anyValue(json.RawMessage) bool { return true }

// listOrNull accepts a list with any elements, as in the reference, and null. A nil slice of Go and an empty list of Lisp are
// encoded as null, so null counts as an empty list.
func listOrNull(value json.RawMessage) bool { return string(value) == "null" || value[0] == '[' }

// noNull returns a list in the form for a history: [] instead of null, which would stand for a read without a result.
func noNull(value json.RawMessage) json.RawMessage {
	if string(value) == "null" {
		return json.RawMessage("[]")
	}
	return value
}
