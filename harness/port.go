package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"glomers/harness/internal/proc"
	"glomers/node"
)

// stamp is a time since the start of the run.
type stamp = time.Duration

// A port is where a node is plugged in: it takes the lines that the node writes, and turns them into messages
// or into the error that ends the run.
type port struct {
	id    string
	index int
	seed  uint64
	run   *scheduler
	log   *output
	guard *proc.Guard

	messages atomic.Int64 // so far
	lines    int          // so far; touched only by whoever calls line
	broken   atomic.Bool  // it has been reported; what else it writes is not looked at
}

// line takes a line of the node's stdout, without its newline, and does not keep it. The calls
// come one at a time.
func (p *port) line(b []byte) {
	p.lines++
	p.log.note(b)
	if p.broken.Load() {
		return
	}
	dest, body, problem := parseMessage(p.id, b)
	if problem != "" {
		p.fail(&NodeError{Reason: "wrote a line to stdout that " + problem + stdoutHint(b), Line: clip(b), Number: p.lines})
		return
	}
	p.messages.Add(1)
	p.run.post(p.index, sent{dest: dest, body: body, line: p.lines})
}

// fail reports that the node broke the test. The first report counts. The rest of e is filled in here.
func (p *port) fail(e *NodeError) {
	if p.broken.Swap(true) {
		return
	}
	e.Node = p.id
	e.Log = p.log.tail()
	p.run.post(p.index, failed{e})
}

// parseMessage takes a message of the node id apart. If the line is not one, problem
// completes the sentence "the line …".
func parseMessage(id string, line []byte) (dest string, body json.RawMessage, problem string) {
	if m, err := node.ParseMessage(line); err == nil && m.Src == id && m.Dest != "" && m.Body[0] == '{' {
		return m.Dest, bytes.Clone(m.Body), ""
	}
	// Something is unusual, if not wrong. Speed does not matter any more.
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return "", nil, "is empty"
	}
	var m struct {
		Src  json.RawMessage `json:"src"`
		Dest json.RawMessage `json:"dest"`
		Body json.RawMessage `json:"body"`
	}
	var src string
	err := json.Unmarshal(line, &m)
	switch {
	case err != nil && line[0] != '{' && json.Valid(line):
		return "", nil, "is not a JSON object"
	case err != nil:
		return "", nil, fmt.Sprintf("is not JSON (%v)", err)
	case line[0] != '{':
		return "", nil, "is not a JSON object"
	case m.Src == nil:
		return "", nil, "has no src"
	case json.Unmarshal(m.Src, &src) != nil || src != id:
		return "", nil, fmt.Sprintf("has src %s, not %q", m.Src, id)
	case m.Dest == nil:
		return "", nil, "has no dest"
	case m.Dest[0] != '"' || json.Unmarshal(m.Dest, &dest) != nil:
		return "", nil, fmt.Sprintf("has dest %s, not a string", m.Dest)
	case m.Body == nil:
		return "", nil, "has no body"
	case m.Body[0] != '{':
		return "", nil, "has a body that is not an object"
	}
	return dest, m.Body, ""
}

// clip returns a line as it is quoted in errors.
func clip(line []byte) string { return clipTo(line, 1<<10) }

func clipTo(line []byte, limit int) string {
	if len(line) > limit {
		return fmt.Sprintf("%s… (%d bytes)", bytes.ToValidUTF8(line[:limit], nil), len(line))
	}
	return string(line)
}
