package conform

import (
	"slices"
	"strings"
	"time"

	"glomers/harness/internal/jsonvalue"
	"glomers/harness/service"
)

// A manner is how the services or the other nodes behave in a check.
type manner int

const (
	helpful manner = iota // services answer at once; other nodes never do, as if they were cut off
	slow                  // after half a second
	doubled               // each answer comes twice
	failing               // each request gets an error
)

// slowness is well above the latencies that runs are made with, and still below the time that clients wait.
const slowness = 500 * time.Millisecond

// echoLimit is how many messages to itself a node gets.
const echoLimit = 1000

// A world is what a node can talk to besides clients: services, itself, and other nodes. The session's lock guards it.
type world struct {
	ids      []string // of the nodes
	services map[string]service.Service
	serving  manner
	nodes    manner
	asked    bool       // a service
	echoes   int        // messages that the node has sent to itself
	strays   []*message // to nobody, the first of them
}

func newWorld(ids []string) world {
	w := world{ids: ids, services: map[string]service.Service{}}
	for _, s := range service.All(0) {
		w.services[s.Name()] = s
	}
	return w
}

// take takes a message that is not for a client. It reports whether something comes back.
func (w *world) take(s *session, m *message) bool {
	if w.services == nil { // no init yet: there is nobody to talk to
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
		// A program that sends back whatever it gets would keep both sides busy for ever.
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

// refuse answers a request with an error.
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
