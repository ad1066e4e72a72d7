package conform

import (
	"slices"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/harness/internal/jsonvalue"
	"glomers/harness/service"
)

// A manner is the behaviour of the services or of the other nodes in a check.
type manner int

const (
	helpful manner = iota // services answer at once; other nodes never do, as if they were cut off
	slow                  // answers come after half a second
	doubled               // each answer comes twice
	failing               // each request is answered with an error
)

// slowness is well above the usual latencies of runs, but below the timeout of clients.
const slowness = 500 * time.Millisecond

// echoLimit is how many of its messages to itself a node gets back.
const echoLimit = 1000

// A world has the parties that a node can talk to besides clients: services, itself, and other nodes. The session's lock
// guards it.
type world struct {
	ids      []string // of the nodes
	services map[string]service.Service
	serving  manner     // of the services
	nodes    manner     // of the other nodes
	asked    bool       // the node has asked a service
	echoes   int        // the number of messages that the node has sent to itself
	strays   []*message // the first message to a party that does not exist
}

func newWorld(ids []string) world {
	w := world{ids: ids, services: map[string]service.Service{}}
	for _, s := range service.All(choice.Seeded(0)) {
		w.services[s.Name()] = s
	}
	return w
}

// take handles a message that is not for a client. It reports whether the message counts as progress.
func (w *world) take(s *session, m *message) bool {
	if w.services == nil { // no init yet, so there are no other nodes
		*w = newWorld(nil)
	}
	server, isService := w.services[m.dest]
	switch {
	case isService:
		w.asked = true
		s.run.services.Store(true)
		if w.serving == failing {
			return w.refuse(s, m, "13")
		}
		reply := server.Handle(m.src, m.body.raw())
		if reply == nil {
			return false
		}
		line := envelope(m.dest, m.src, string(reply)) + "\n"
		switch w.serving {
		case slow:
			time.AfterFunc(slowness, func() { s.in.add(line) })
		case doubled:
			s.in.add(line + line)
		default:
			s.in.add(line)
		}
		return true
	case m.dest == s.id:
		// Without the limit, a program that sends every message back would keep both sides busy for ever.
		if w.echoes++; w.echoes <= echoLimit {
			s.in.add(string(m.line) + "\n")
		}
		return false
	case slices.Contains(w.ids, m.dest):
		if w.nodes == failing {
			return w.refuse(s, m, "10")
		}
		return false
	default:
		if w.strays == nil {
			w.strays = []*message{m}
		}
		return true
	}
}

// refuse answers a request with an error. It returns false if the message is not a request.
func (w *world) refuse(s *session, m *message, code string) bool {
	id := m.body["msg_id"]
	if !jsonvalue.IsInteger(id) || m.body["in_reply_to"] != nil {
		return false
	}
	body := `{"type":"error","in_reply_to":` + string(id) + `,"code":` + code + `,"text":"refused, to see what the node does"}`
	s.in.add(envelope(m.dest, m.src, body) + "\n")
	return true
}

// raw returns the object as JSON.
func (f fields) raw() []byte {
	var parts []string
	for name, value := range f {
		parts = append(parts, quote(name)+":"+string(value))
	}
	slices.Sort(parts)
	return []byte("{" + strings.Join(parts, ",") + "}")
}
