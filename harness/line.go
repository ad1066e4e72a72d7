package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/node"
)

// A line is a message as a node wrote it: an object with the fields src, dest and body, and optionally an id, which is ignored.
// Names are matched exactly, while encoding/json would take Src for src. If a name appears twice, the last value counts.
type line struct {
	src, dest string
	body      json.RawMessage // an object
}

// depthLimit is the maximal nesting of arrays and objects in a message. It is the limit of a history in EDN, of which the
// message becomes a part. encoding/json accepts a depth of 10,000, but a results.json that contains such a message would exceed
// that depth.
const depthLimit = 1000

// parseLine parses a line of a node's stdout. If the line is not a message, problem completes the sentence "the line …".
func parseLine(text []byte) (l line, problem string) {
	if problem := shapeProblem(text); problem != "" {
		return line{}, problem
	}
	if m, err := node.ParseMessage(text); err == nil && m.Src != "" && m.Dest != "" && m.Body[0] == '{' && isPlainEnvelope(text, m.Body) {
		return line{m.Src, m.Dest, bytes.Clone(m.Body)}, ""
	}
	// The slow path: the line is unusual or wrong.
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return line{}, "is empty"
	}
	var value json.RawMessage
	if err := json.Unmarshal(text, &value); err != nil {
		escaped := escapeControls(text)
		if !json.Valid(escaped) {
			return line{}, fmt.Sprintf("is not JSON (%v)", err)
		}
		text = escaped
	}
	if text[0] != '{' {
		return line{}, "is not a JSON object"
	}
	fields, problem := envelopeFields(text)
	if problem != "" {
		return line{}, problem
	}
	if l.src, problem = partyID("src", fields["src"]); problem != "" {
		return line{}, problem
	}
	if l.dest, problem = partyID("dest", fields["dest"]); problem != "" {
		return line{}, problem
	}
	if id := fields["id"]; id != nil && !jsonvalue.IsInteger(id) {
		return line{}, fmt.Sprintf("has id %s, not an integer", clip(id))
	}
	switch l.body = fields["body"]; {
	case l.body == nil, string(l.body) == "null": // as in the reference, an empty body
		l.body = json.RawMessage("{}")
	case l.body[0] != '{':
		return line{}, "has a body that is not an object"
	}
	return l, ""
}

// shapeProblem reports a line, which need not be JSON, that is nested too deeply, or that contains more values than an
// operation of a history may have. Each value takes about a hundred bytes of memory, however short it is in the line.
func shapeProblem(text []byte) string {
	if bytes.Count(text, []byte{'['})+bytes.Count(text, []byte{'{'}) > depthLimit && depth(text) > depthLimit {
		return fmt.Sprintf("is nested more than %d deep", depthLimit)
	}
	if history.CountValues(text) > history.MaxValues {
		return fmt.Sprintf("has more than %d values in it", history.MaxValues)
	}
	return ""
}

// depth returns the nesting depth of the arrays and objects in a text, which need not be JSON.
func depth(text []byte) (deepest int) {
	inString, open := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			i++
		case inString:
		case c == '[' || c == '{':
			open++
			deepest = max(deepest, open)
		case c == ']' || c == '}':
			open--
		}
	}
	return deepest
}

// isPlainEnvelope reports whether the names in a message are those of an envelope. text is known to be a message, and body to
// be a part of text. The result may be false for an unusual but correct message.
func isPlainEnvelope(text, body []byte) bool {
	i := skipSpace(text, 0) + 1 // after the brace
	for {
		i = skipSpace(text, i) + 1 // after the quote
		end := i + bytes.IndexByte(text[i:], '"')
		name := string(text[i:end])
		i = skipSpace(text, end+1)
		if i == len(text) || text[i] != ':' {
			return false // the name has an escaped quote
		}
		i = skipSpace(text, i+1)
		switch name {
		case "src", "dest":
			length := bytes.IndexByte(text[i+1:], '"')
			if text[i] != '"' || bytes.IndexByte(text[i+1:i+1+length], '\\') >= 0 {
				return false
			}
			i += length + 2
		case "body":
			if &text[i] != &body[0] {
				return false // there are two bodies
			}
			i += len(body)
		case "id":
			for i < len(text) && (text[i] == '-' || '0' <= text[i] && text[i] <= '9') {
				i++
			}
		default:
			return false
		}
		i = skipSpace(text, i)
		switch {
		case i == len(text):
			return false
		case text[i] == '}':
			return true
		case text[i] != ',':
			return false // the id is not an integer
		}
		i++
	}
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
		i++
	}
	return i
}

// envelopeFields returns the fields of an object. problem describes a field that an envelope does not have.
func envelopeFields(text []byte) (fields map[string]json.RawMessage, problem string) {
	if err := json.Unmarshal(text, &fields); err != nil { // never: text is an object
		return nil, fmt.Sprintf("is not JSON (%v)", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	_, _ = dec.Token()
	for dec.More() { // in the order of the text, unlike the map
		name, _ := dec.Token()
		var value json.RawMessage
		_ = dec.Decode(&value)
		switch name {
		case "src", "dest", "body", "id":
			continue
		}
		for _, meant := range []string{"src", "dest", "body", "id"} {
			if strings.EqualFold(fmt.Sprint(name), meant) {
				return nil, fmt.Sprintf("has the key %q: it is spelt %q", name, meant)
			}
		}
		return nil, fmt.Sprintf("has the key %q: a message has src, dest, body and perhaps id, and all else is part of its body", clip([]byte(fmt.Sprint(name))))
	}
	return fields, ""
}

// partyID returns the id in the field src or dest.
func partyID(field string, value json.RawMessage) (id, problem string) {
	switch {
	case value == nil:
		return "", "has no " + field
	case value[0] != '"' || json.Unmarshal(value, &id) != nil:
		return "", fmt.Sprintf("has %s %s, not a string", field, clip(value))
	}
	return id, ""
}
