package conform

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A call is a request that was sent.
type call struct {
	client string
	id     string // its msg_id, as JSON
	body   string
	line   string
}

// newCall makes a request by a new client from a body without msg_id. It does not send the request.
func (s *session) newCall(body string) call {
	s.msgIDs++
	return s.callWithID(body, strconv.Itoa(s.msgIDs))
}

// newClient returns the id of a new client.
func (s *session) newClient() string {
	s.clients++
	return fmt.Sprintf("c%d", s.clients)
}

func (s *session) callWithID(body, id string) call {
	return s.callFrom(s.newClient(), body, id)
}

func (s *session) callFrom(client, body, id string) call {
	return call{client, id, body, envelope(client, s.id, with(body, `"msg_id":`+id))}
}

// replies returns the replies to c that have arrived. The caller holds the lock.
func (s *session) replies(c call) []*message {
	var all []*message
	for _, m := range s.answers {
		if m.dest == c.client && string(m.body["in_reply_to"]) == c.id {
			all = append(all, m)
		}
	}
	return all
}

// reply waits for the first reply to c. It ignores other messages to the client, unless they are replies to another request:
// then the reply to c will not come, and waiting is pointless.
func (s *session) reply(c call) (*message, error) { return s.replyWithin(c, s.patience()) }

func (s *session) replyWithin(c call, patience time.Duration) (*message, error) {
	var found, wrong *message
	err := s.until(patience, func() bool {
		if all := s.replies(c); len(all) > 0 {
			found = all[0]
			return true
		}
		for _, m := range s.answers {
			if m.dest == c.client && m.body["in_reply_to"] != nil {
				wrong = m
			}
		}
		return wrong != nil
	})
	switch {
	case err != nil:
		return nil, s.explain(err)
	case found == nil:
		return nil, failf("in_reply_to is %s, not %s", clip(wrong.body["in_reply_to"]), c.id)
	}
	return found, nil
}

// explain adds to a failure that the node wrote a line that is not a message: it may have been the expected message.
func (s *session) explain(err error) error {
	f, failed := asFailure(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed && len(s.noise) > s.step.noise {
		return failf("%s, but for a line that %s", f.text, s.noise[s.step.noise].problem)
	}
	return err
}

// ask sends a request and waits for its reply.
func (s *session) ask(body string) (*message, error) { return s.call(s.newCall(body)) }

func (s *session) call(c call) (*message, error) {
	s.send(c.line)
	return s.reply(c)
}

// ping sends the ping of the profile. Any answer will do.
func (s *session) ping() error {
	_, err := s.ask(s.profile.ping)
	return err
}

// goesOn fails unless the node still answers requests after the earlier lines. Those lines remain in the evidence.
func (s *session) goesOn() error {
	err := s.ping()
	if f, ok := asFailure(err); ok && !strings.HasPrefix(f.text, "the node ended") {
		return failf("a proper request after it is not answered: %s", f.text)
	}
	return err
}

// initialise sends init and waits for init_ok.
func (s *session) initialise(id string, ids ...string) error {
	_, err := s.initWith(id, ids, "1", "")
	return err
}

// initWith sends an init with the given msg_id and, if more is not empty, more fields. It returns the answer.
func (s *session) initWith(id string, ids []string, msgID, more string) (*message, error) {
	s.change(func() {
		manner := s.world.nodes
		s.id, s.world = id, newWorld(ids)
		s.world.nodes = manner
	})
	body := fmt.Sprintf(`{"type":"init","node_id":%s,"node_ids":%s}`, quote(id), quote(ids))
	if more != "" {
		body = with(body, more)
	}
	c := s.callWithID(body, msgID)
	s.send(c.line)
	var m *message
	err := s.until(s.run.options.InitTimeout, func() bool {
		for _, answer := range s.answers {
			if answer.dest == c.client {
				m = answer
			}
		}
		return m != nil
	})
	switch {
	case err != nil:
		return nil, err
	case m.isError():
		return nil, failf("init is answered with an error")
	case m.kind() != "init_ok":
		return nil, failf("init is answered with type %s, not init_ok", clip(m.body["type"]))
	case m.body["in_reply_to"] == nil:
		return nil, failf("init_ok has no in_reply_to")
	case string(m.body["in_reply_to"]) != msgID:
		return nil, failf("in_reply_to of init_ok is %s, not %s", clip(m.body["in_reply_to"]), msgID)
	case m.src != id:
		return nil, failf("init_ok comes from %s, not %s", quote(m.src), quote(id))
	}
	return m, nil
}

// setUp initialises the node, alone in its cluster, as a run does.
func (s *session) setUp() error {
	if err := s.initialise("n1", "n1"); err != nil {
		return err
	}
	return s.requestSetUp()
}

// requestSetUp sends the requests that precede all others.
func (s *session) requestSetUp() error {
	for _, body := range s.profile.setup([]string{"n1"}) {
		if _, err := s.ask(body); err != nil {
			return err
		}
	}
	return nil
}

// ready sets the node up, waits for it to have a leader if it needs one, and begins a new step.
func (s *session) ready() error {
	if err := s.setUp(); err != nil {
		return err
	}
	if s.run.answers && s.run.elects.Load() {
		if _, err := s.askPatiently(s.profile.ping); err != nil {
			return err
		}
	}
	s.begin()
	return nil
}
