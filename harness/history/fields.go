package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unique"
)

// A field is a field of an Op, or a set of such fields.
type field uint16

const (
	indexField field = 1 << iota
	timeField
	typeField
	processField
	nodeField
	clientField
	fField
	valueField
	finalField
	errorField
	exceptionField
	effectField

	ignoredField field = 0 // a known field at which no checker looks
)

// required are the fields that every operation has, in the order in which the formats write them.
func required() []string { return []string{"index", "time", "type", "process", "f", "value"} }

// ignored are further fields that Jepsen, Maelstrom and the corpus write. They say how an operation was chosen or executed,
// and no checker looks at them.
func ignored() []string {
	return []string{
		"clock-offsets", "clock-skews", // of nemeses that change clocks
		"debug", "duration", "ext", "link", "sub-index", "end-process?", // of Jepsen's own clients
		"poll-ms", "rebalance-log", "seek-to-beginning", "seek-to-beginning?", "unseen", // of kafka
	}
}

// fieldNamed returns the field of exactly the given name; known is false if there is none.
func fieldNamed(name string) (f field, known bool) {
	switch name {
	case "index":
		return indexField, true
	case "time":
		return timeField, true
	case "type":
		return typeField, true
	case "process":
		return processField, true
	case "node":
		return nodeField, true
	case "client":
		return clientField, true
	case "f":
		return fField, true
	case "value":
		return valueField, true
	case "final", "final?":
		return finalField, true
	case "error":
		return errorField, true
	case "exception":
		return exceptionField, true
	case "effect":
		return effectField, true
	}
	return ignoredField, slices.Contains(ignored(), name)
}

// A record is an operation that is being read, field by field.
type record struct {
	op      Op
	seen    field
	unknown string // the first unknown field; "" if there is none
}

// newRecord returns a record without any field.
func newRecord() record { return record{op: Op{Value: json.RawMessage("null")}} }

// set sets a field from its value, which must be valid JSON. The error names the form that the field must have.
func (r *record) set(f field, raw json.RawMessage) (err error) {
	text := string(bytes.TrimSpace(raw))
	var want string
	switch f {
	case indexField:
		want = "an integer from 0"
		if r.op.Index, err = strconv.Atoi(text); err == nil && r.op.Index < 0 {
			err = strconv.ErrRange
		}
	case timeField:
		want = "an integer, in nanoseconds"
		r.op.Time, err = strconv.ParseInt(text, 10, 64)
	case typeField:
		want = "invoke, ok, fail or info"
		types := []Type{Invoke, OK, Fail, Info}
		var name Type
		err = json.Unmarshal(raw, &name)
		if i := slices.Index(types, name); i >= 0 {
			r.op.Type = types[i] // one string for all
		} else {
			err = strconv.ErrSyntax
		}
	case processField:
		want = `a number from 0, or "nemesis"`
		err = r.op.Process.UnmarshalJSON([]byte(text))
	case nodeField, clientField:
		var name string
		if json.Unmarshal(raw, &name) != nil { // other tools may use the field for something else
			break
		}
		if name = unique.Make(name).Value(); f == nodeField { // a run has few of them
			r.op.Node = name
		} else {
			r.op.Client = name
		}
	case fField:
		want = "a string"
		var name string
		if err = json.Unmarshal(raw, &name); text[0] != '"' {
			err = strconv.ErrSyntax
		}
		r.op.F = unique.Make(name).Value() // a history repeats a few names millions of times
	case finalField:
		want = "true or false"
		r.op.Final = text == "true"
		if text != "true" && text != "false" {
			err = strconv.ErrSyntax
		}
	case valueField:
		r.op.Value, err = compact(raw)
	case errorField:
		if r.seen&exceptionField == 0 { // an exception says more
			r.op.Error, err = compact(raw)
		}
	case exceptionField:
		r.op.Error = malformedReply(raw)
	case effectField:
		var e *Effect
		if json.Unmarshal(raw, &e) == nil { // other tools may use it for something else, like node
			r.op.Effect = e
		}
	}
	if err != nil {
		return fmt.Errorf("%.40s: want %s", text, want)
	}
	return nil
}

// add records that the operation has field f, called name. The result again is true if the operation already had it.
func (r *record) add(name string, f field, known bool) (again bool) {
	if !known && r.unknown == "" {
		r.unknown = name
	}
	again = r.seen&f != 0
	r.seen |= f
	return again
}

// missing returns the names of the required fields that the operation lacks.
func (r *record) missing() []string {
	var names []string
	for _, name := range required() {
		if f, _ := fieldNamed(name); r.seen&f == 0 {
			names = append(names, name)
		}
	}
	return names
}

// compact returns a copy without white space between the values.
func compact(raw json.RawMessage) (json.RawMessage, error) {
	if !bytes.ContainsAny(raw, " \t\r\n") {
		return bytes.Clone(raw), nil
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

// malformedReply returns the Error of an operation at which Maelstrom's client threw an exception. The client does that if a
// reply does not have the required form.
func malformedReply(exception json.RawMessage) json.RawMessage {
	var e struct {
		Cause json.RawMessage `json:"cause"`
	}
	if json.Unmarshal(exception, &e) == nil && len(e.Cause) > 0 && string(e.Cause) != "null" {
		exception = e.Cause
	}
	want := strconv.Quote("malformed-reply") + "," + strconv.Quote("Maelstrom's client did not understand it")
	whole, err := compact(json.RawMessage("[" + want + "," + string(exception) + "]"))
	if err != nil { // impossible with valid JSON
		return nil
	}
	return whole
}

// quoted joins names for an error.
func quoted(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
