package harness

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A script describes a node that is correct except for the lines of the script. A line is
//
//	[NODE] TYPE[#FIRST[-[LAST]]]: ACTION
//
// and says what the node does on a message of this type. With FIRST and LAST, the line applies only to messages with these
// numbers, counted from 1; with NODE, it applies only to that node. If several lines apply, all are carried out, in their
// order. If no line applies, the node answers correctly. An ACTION is one of
//
//	reply BODY         to the sender, with in_reply_to unless the body has one
//	send DEST BODY     to anybody, in an envelope of its own
//	line TEXT          anything, as it stands
//	hold               the request waits; a later answer takes the oldest that does
//	answer BODY        as reply, to the request that has been held for longest
//	nothing
//
// with "after DURATION" before it to delay it. In the text, $id stands for the msg_id of the request, $me and $from for the
// node and the sender, with quotes, and $NAME for a value of the model node or for a field of the request.
type script struct {
	workload string
	rules    []rule
}

type rule struct {
	node, typ   string
	first, last int
	after       time.Duration
	verb, text  string
}

var ruleLine = regexp.MustCompile(`^(?:(n\d+) )?([a-z_-]+)(?:#(\d+)(-)?(\d+)?)?: (?:after (\S+) )?(\w+)(?: (.*))?$`)

func parseScript(workload string, lines []string) (*script, error) {
	s := &script{workload: workload}
	for _, line := range lines {
		f := ruleLine.FindStringSubmatch(line)
		if f == nil {
			return nil, fmt.Errorf("no line of a script: %s", line)
		}
		r := rule{node: f[1], typ: f[2], first: 1, last: 1 << 30, verb: f[7], text: f[8]}
		if f[3] != "" {
			r.first, _ = strconv.Atoi(f[3])
			if f[4] == "" {
				r.last = r.first
			} else if f[5] != "" {
				r.last, _ = strconv.Atoi(f[5])
			}
		}
		if f[6] != "" {
			var err error
			if r.after, err = time.ParseDuration(f[6]); err != nil {
				return nil, err
			}
		}
		switch r.verb {
		case "reply", "send", "line", "hold", "answer", "nothing":
		default:
			return nil, fmt.Errorf("no action %q: %s", r.verb, line)
		}
		s.rules = append(s.rules, r)
	}
	return s, nil
}

// Describe implements Program.
func (s *script) Describe() ProgramInfo { return ProgramInfo{Kind: "script"} }

// Start implements Program.
func (s *script) Start(p *Port) (Process, error) {
	return &scripted{script: s, port: p, model: newModelNode()}, nil
}

// A scripted is a running node of a script.
type scripted struct {
	*script
	port  *Port
	model *modelNode

	mu   sync.Mutex // line is for one at a time
	held []map[string]string
	gone bool
}

// Deliver implements Process.
func (s *scripted) Deliver(line []byte) int {
	var message struct {
		Src  string
		Body map[string]json.RawMessage
	}
	must(json.Unmarshal(line, &message))
	var typ string
	_ = json.Unmarshal(message.Body["type"], &typ)
	vars := s.model.do(s.workload, message.Src, message.Body)
	vars["me"], vars["from"], vars["id"] = strconv.Quote(s.port.id), strconv.Quote(message.Src), vars["msg_id"]

	if vars["kv"] != "" && vars["code"] != "" {
		typ = "kv-error" // so that a script can say what the node does where its answer is an error
	}
	n, _ := strconv.Atoi(vars["n"])
	applied := false
	for _, r := range s.rules {
		if r.typ == typ && (r.node == "" || r.node == s.port.id) && r.first <= n && n <= r.last {
			s.plan(r, vars)
			applied = true
		}
	}
	if answer, known := correct(s.workload)[typ]; !applied && known {
		s.plan(rule{verb: "reply", text: answer}, vars)
	} else if !applied && typ == "kv-error" {
		s.plan(rule{verb: "reply", text: "$kv"}, vars)
	}
	return 0
}

// plan carries out an action, now or later.
func (s *scripted) plan(r rule, vars map[string]string) {
	if r.after > 0 {
		time.AfterFunc(r.after, func() { s.act(r, vars) })
		return
	}
	s.act(r, vars)
}

func (s *scripted) act(r rule, vars map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return
	}
	switch r.verb {
	case "line":
		s.port.Line([]byte(fill(r.text, vars)))
	case "hold":
		s.held = append(s.held, vars)
	case "send":
		dest, body, _ := strings.Cut(fill(r.text, vars), " ")
		s.write(strconv.Quote(strings.Trim(dest, `"`)), body)
	case "reply":
		s.write(vars["from"], withInReplyTo(fill(r.text, vars), vars["id"]))
	case "answer":
		if len(s.held) > 0 {
			old := s.held[0]
			s.held = s.held[1:]
			s.write(old["from"], withInReplyTo(fill(r.text, old), old["id"]))
		}
	}
}

func (s *scripted) write(dest, body string) {
	s.port.Line(fmt.Appendf(nil, `{"src":%q,"dest":%s,"body":%s}`, s.port.id, dest, body))
}

func withInReplyTo(body, id string) string {
	if strings.Contains(body, `"in_reply_to"`) || !strings.HasSuffix(body, "}") || body == "{}" {
		return body
	}
	return strings.TrimSuffix(body, "}") + `,"in_reply_to":` + id + "}"
}

var placeholder = regexp.MustCompile(`\$[a-z_]+`)

// fill replaces the names in a text by their values.
func fill(text string, vars map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := vars[name[1:]]; ok {
			return value
		}
		return name
	})
}

func (s *scripted) Pause() error  { return nil }
func (s *scripted) Resume() error { return nil }
func (s *scripted) Wait()         {}

func (s *scripted) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
}
