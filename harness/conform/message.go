package conform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"glomers/internal/terminal"
)

// fields is a JSON object. Its names are matched exactly, unlike those of a struct.
type fields map[string]json.RawMessage

// text returns the named field, if it is a string.
func (f fields) text(name string) (string, bool) {
	var s string
	raw := f[name]
	ok := len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &s) == nil
	return s, ok
}

// A message is a parsed line of the node.
type message struct {
	line      []byte // without its newline
	src, dest string
	body      fields
	cr        bool     // the line ended with CR
	extra     []string // unknown keys of the envelope, sorted
}

// kind returns the type of the body, or "" if it has no type.
func (m *message) kind() string {
	kind, _ := m.body.text("type")
	return kind
}

// isError reports whether m is an error reply.
func (m *message) isError() bool { return m.kind() == "error" }

// code returns the code of an error, as the node wrote it.
func (m *message) code() string { return string(m.body["code"]) }

// parseLine parses a line of the node. If the line is not a message, problem completes the sentence "the line …".
func parseLine(line []byte) (m *message, problem string) {
	cr := bytes.HasSuffix(line, []byte{'\r'})
	line = bytes.TrimSpace(line)
	var envelope, body fields
	switch {
	case len(line) == 0:
		return nil, "is empty"
	case !json.Valid(line):
		return nil, "is not JSON"
	case json.Unmarshal(line, &envelope) != nil || envelope == nil:
		return nil, "is not a JSON object"
	}
	src, hasSrc := envelope.text("src")
	dest, hasDest := envelope.text("dest")
	switch {
	case !hasSrc:
		return nil, "has no src that is a string"
	case !hasDest:
		return nil, "has no dest that is a string"
	case json.Unmarshal(envelope["body"], &body) != nil || body == nil:
		return nil, "has no body that is an object"
	}
	m = &message{line: line, src: src, dest: dest, body: body, cr: cr}
	for name := range envelope {
		switch name {
		case "src", "dest", "body", "id":
		default:
			m.extra = append(m.extra, name)
		}
	}
	slices.Sort(m.extra)
	return m, ""
}

// quote returns one or several texts as JSON.
func quote[T string | []string](text T) string {
	raw, _ := json.Marshal(text) // strings always marshal
	return string(raw)
}

// envelope returns the line of a message.
func envelope(src, dest, body string) string {
	return fmt.Sprintf(`{"src":%s,"dest":%s,"body":%s}`, quote(src), quote(dest), body)
}

// with adds fields, given as JSON, to an object.
func with(body, more string) string {
	body = strings.TrimSuffix(body, "}")
	if strings.HasSuffix(body, "{") {
		return body + more + "}"
	}
	return body + "," + more + "}"
}

// clip returns a line for display: control sequences are escaped, and the middle of a long line is left out.
func clip(line []byte) string {
	const limit, head, tail = 300, 200, 60
	if len(line) <= limit {
		return terminal.Line(string(line))
	}
	return fmt.Sprintf("%s…%s (%d bytes)", terminal.Line(string(line[:head])), terminal.Line(string(line[len(line)-tail:])), len(line))
}
